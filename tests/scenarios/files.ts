import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ScenarioFiles } from "../../simulator/index.ts";
import { repositoryRoot } from "../architecture/sources.ts";

const root = join(repositoryRoot, "scenarios");

/** The folders of scenarios. */
export const folders: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** All files of all scenarios, as the page hands them to the loader. */
export const files: ScenarioFiles = Object.fromEntries(
  folders.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => {
      const path = `${folder}/${name}`;
      return [path, readFileSync(join(root, path), "utf8")] as const;
    }),
  ),
);
