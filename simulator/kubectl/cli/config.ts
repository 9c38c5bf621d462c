import { parse } from "yaml";
import { isObject, type JsonObject } from "../../base/json.ts";
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

/** Where the file is that a command line means: `--kubeconfig`, `$KUBECONFIG`, or the one at home. */
export function configPath(flags: Flags, host: Host): string {
  return flags.text("kubeconfig") || host.env.KUBECONFIG || `${host.env.HOME ?? ""}/.kube/config`;
}

/** Reads the file; one that was asked for must be there, unless it may be made (`mayMiss`). */
export async function readConfig(flags: Flags, host: Host, mayMiss = false): Promise<KubeConfig> {
  const path = configPath(flags, host);
  const text = await host.files.read(path);
  if (!text.ok) {
    // Only a file that was asked for must be there.
    if (mayMiss || flags.text("kubeconfig") === "") return EMPTY;
    throw complaint(`stat ${path}: ${text.error}`);
  }
  let value: unknown;
  try {
    value = parse(text.value);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw complaint(`error loading config file "${path}": yaml: ${why}`);
  }
  if (value === null || value === undefined) return EMPTY;
  if (!isObject(value))
    throw complaint(`error loading config file "${path}": cannot unmarshal into Go value of type v1.Config`);
  // A list that is empty is written as null.
  const there = Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
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
