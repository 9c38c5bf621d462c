import { isObject, type JsonObject } from "../../base/json.ts";
import { toYaml } from "../print/yaml.ts";
import { complaint } from "./command.ts";
import { configPath, readConfig } from "./config.ts";
import type { Flags } from "./flags.ts";
import type { Host } from "./host.ts";

/** The lists of a kubeconfig, and the word for what each entry holds. */
export const ENTRIES = { clusters: "cluster", contexts: "context", users: "user" } as const;
export type EntryList = keyof typeof ENTRIES;

export interface Entry {
  readonly name: string;
  /** What it holds, whatever it is called there. */
  readonly value: JsonObject;
}

/** A kubeconfig that commands look into and change. */
export interface ConfigFile {
  readonly path: string;
  readonly lists: { readonly [list in EntryList]: readonly Entry[] };
  readonly currentContext: string;
  /** What else stands in the file. */
  readonly rest: JsonObject;
}

/** Reads the file that a command line means; one that isn't there is empty. */
export async function openConfig(flags: Flags, host: Host): Promise<ConfigFile> {
  const config = (await readConfig(flags, host, true)) as unknown as JsonObject;
  const { clusters, contexts, users, "current-context": current, ...rest } = config;
  const entries = (list: EntryList, value: unknown): Entry[] =>
    (Array.isArray(value) ? value.filter(isObject) : []).map((each) => {
      const held = each[ENTRIES[list]];
      return { name: String(each.name), value: isObject(held) ? held : {} };
    });
  return {
    path: await configPath(flags, host),
    lists: {
      clusters: entries("clusters", clusters),
      contexts: entries("contexts", contexts),
      users: entries("users", users),
    },
    currentContext: typeof current === "string" ? current : "",
    rest,
  };
}

/** The file's content as kubectl writes it: entries sorted by name. */
export function configObject({ lists, currentContext, rest }: ConfigFile): JsonObject {
  const written = (list: EntryList) => {
    const sorted = [...lists[list]].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return sorted.length === 0 ? null : sorted.map(({ name, value }) => ({ name, [ENTRIES[list]]: value }));
  };
  return {
    ...rest,
    apiVersion: "v1",
    kind: "Config",
    clusters: written("clusters"),
    contexts: written("contexts"),
    "current-context": currentContext,
    users: written("users"),
  };
}

export async function saveConfig(host: Host, config: ConfigFile): Promise<void> {
  const done = await host.files.write(config.path, toYaml(configObject(config)));
  if (!done.ok) throw complaint(`open ${config.path}: ${done.error}`);
}

export function entryOf(config: ConfigFile, list: EntryList, name: string): JsonObject | undefined {
  return config.lists[list].find((each) => each.name === name)?.value;
}

/** The file with an entry set, or with it gone when there is no value. */
export function withEntry(
  config: ConfigFile,
  list: EntryList,
  name: string,
  value: JsonObject | undefined,
): ConfigFile {
  const others = config.lists[list].filter((each) => each.name !== name);
  const entries = value === undefined ? others : [...others, { name, value }];
  return { ...config, lists: { ...config.lists, [list]: entries } };
}
