import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulation } from "../../simulator/index.ts";
import { RACES, REFUSED, WAITING } from "./website/expected.ts";
import { needsOf } from "./website/needs.ts";
import { newCluster, play } from "./website/play.ts";

/**
 * The examples of kubernetes.io (content/en/examples of its repository), which are not part of this one: the environment
 * variable WEBSITE_EXAMPLES names their folder.
 */
const folder = process.env.WEBSITE_EXAMPLES;

const paths =
  folder === undefined
    ? []
    : readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => /\.ya?ml$/.test(path))
        .sort();

const read = (path: string): string => readFileSync(join(folder ?? "", path), "utf8");

describe.skipIf(folder === undefined)("kubernetes.io's examples", () => {
  let cluster: Simulation;
  const shares = { accepted: 0, refused: 0, ready: 0, waiting: 0 };

  beforeAll(() => {
    cluster = newCluster();
  });

  afterAll(() => {
    const { accepted, refused, ready, waiting } = shares;
    console.info(
      `of ${paths.length} examples ${accepted} accepted and ${refused} refused as expected; of those with workloads ` +
        `${ready} ready or complete, ${waiting} not, as expected`,
    );
  });

  it.each(paths)("%s", async (path) => {
    const { documents, workloads, waiting } = await play(cluster, read(path), needsOf(path), read);
    const problems = documents.filter(({ ok }) => !ok).map(({ message }) => message);
    const refusal = REFUSED[path];
    if (refusal !== undefined) {
      expect(problems.join("\n")).toContain(refusal);
      shares.refused++;
      return;
    }
    expect(problems).toEqual([]);
    shares.accepted++;
    if (workloads === 0) return;
    const lack = WAITING[path];
    if (lack === undefined) {
      if (!RACES.has(path)) expect(waiting).toEqual([]);
      shares.ready += waiting.length === 0 ? 1 : 0;
    } else {
      expect(waiting.join("\n")).toContain(lack);
      shares.waiting++;
    }
  });
});
