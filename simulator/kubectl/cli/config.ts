import { parseDocument } from "yaml";
import { isObject, type JsonObject } from "../../base/json.ts";
import { yamlComplaint } from "../yaml-words.ts";
import { CommandError, complaint } from "./command.ts";
import type { Flags } from "./flags.ts";
import type { Host } from "./host.ts";

interface Named {
  readonly name: string;
}
export interface NamedContext extends Named {
  readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
}
export interface NamedCluster extends Named {
  readonly cluster: JsonObject & { readonly server?: string };
}
export interface NamedUser extends Named {
  readonly user: JsonObject;
}

/** A kubeconfig file's content. */
export interface KubeConfig {
  readonly clusters: readonly NamedCluster[];
  readonly contexts: readonly NamedContext[];
  readonly users: readonly NamedUser[];
  readonly "current-context": string;
}

const EMPTY: KubeConfig = { clusters: [], contexts: [], users: [], "current-context": "" };

// Models client-go tools/clientcmd ClientConfigLoadingRules
/** The files that count, the first one most: `--kubeconfig`, those of `$KUBECONFIG`, or the one at home. */
function configPaths(flags: Flags, host: Host): readonly string[] {
  const given = flags.text("kubeconfig");
  if (given !== "") return [given];
  const listed = (host.env.KUBECONFIG ?? "").split(":").filter((path) => path !== "");
  return listed.length > 0 ? [...new Set(listed)] : [`${host.env.HOME ?? ""}/.kube/config`];
}

/** The file that is written to: the first that is there, or else the last. */
export async function configPath(flags: Flags, host: Host): Promise<string> {
  const paths = configPaths(flags, host);
  for (const path of paths) if ((await host.files.read(path)).ok) return path;
  return paths.at(-1) ?? "";
}

/** Reads the files as one; one that was asked for must be there, unless it may be made (`mayMiss`). */
export async function readConfig(flags: Flags, host: Host, mayMiss = false): Promise<KubeConfig> {
  let config = EMPTY;
  for (const path of configPaths(flags, host)) {
    const text = await host.files.read(path);
    if (text.ok) config = merged(config, parsed(path, text.value));
    else if (!mayMiss && flags.text("kubeconfig") !== "") throw complaint(`stat ${path}: ${text.error}`);
  }
  return config;
}

/** Two files as one: what the first has counts. */
function merged(first: KubeConfig, second: KubeConfig): KubeConfig {
  const both = <T extends Named>(ours: readonly T[], others: readonly T[]) => [
    ...ours,
    ...others.filter(({ name }) => !ours.some((each) => each.name === name)),
  ];
  return {
    ...second,
    ...first,
    clusters: both(first.clusters, second.clusters),
    contexts: both(first.contexts, second.contexts),
    users: both(first.users, second.users),
    "current-context": first["current-context"] || second["current-context"],
  };
}

function parsed(path: string, text: string): KubeConfig {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw complaint(`error loading config file "${path}": ${yamlComplaint(document, text)}`);
  }
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return EMPTY;
  if (!isObject(value as JsonObject))
    throw complaint(`error loading config file "${path}": cannot unmarshal into Go value of type v1.Config`);
  // A list that is empty is written as null.
  const there = Object.fromEntries(Object.entries(value as JsonObject).filter(([, each]) => each !== null));
  return { ...EMPTY, ...there } as unknown as KubeConfig;
}

/** What a command line says about whom it speaks to. */
export interface Place {
  readonly server: string;
  readonly user: string;
  readonly namespace: string;
}

// Models client-go tools/clientcmd DirectClientConfig
/** The context that counts, with what flags put in its place. */
export function placeOf(config: KubeConfig, flags: Flags): Place {
  const name = flags.text("context") || config["current-context"];
  const context = config.contexts.find((each) => each.name === name)?.context;
  if (flags.text("context") !== "" && context === undefined) {
    throw new CommandError(`Error in configuration: context was not found for specified context: ${name}`);
  }
  const clusterName = flags.text("cluster") || context?.cluster || "";
  const cluster = config.clusters.find((each) => each.name === clusterName)?.cluster;
  if (flags.text("cluster") !== "" && cluster === undefined) {
    throw complaint(`no server found for cluster "${clusterName}"`);
  }
  const user = flags.text("user") || context?.user || "";
  if (flags.text("user") !== "" && !config.users.some((each) => each.name === user)) {
    throw complaint(`auth info "${user}" does not exist`);
  }
  const server = flags.text("server") || cluster?.server || "http://localhost:8080";
  return { server, user, namespace: context?.namespace || "default" };
}
