import type { JsonObject, JsonValue } from "../../simulator/index.ts";
import { plainMessage } from "./messages.ts";

/** Scalars of an object by their paths; list items with a natural key are named by it, as in the recordings. */
export type Leaves = ReadonlyMap<string, Leaf>;
export type Leaf = string | number | boolean | null;

/** Fields that recordings leave out, or that depend on the machines. Matched with the whole path of a leaf. */
const LEFT_OUT = [
  /^(apiVersion|kind)$/,
  /^metadata\.(uid|resourceVersion|managedFields|selfLink|namespace|generateName)\b/,
  /(^|[.\]])uid$|claimRef\.resourceVersion$/,
  /\.(containerID|imageID|lastHeartbeatTime|terminationMessagePath|terminationMessagePolicy|imagePullPolicy)$/,
  /\.(dnsPolicy|enableServiceLinks|serviceAccount|serviceAccountName|preemptionPolicy|schedulerName)$/,
  /\.securityContext$/,
  /^spec\.providerID$|^status\.(nodeInfo|images|daemonEndpoints|runtimeHandlers|features|volumes)/,
  // The token of the service account, and where it is mounted.
  /^spec\.volumes\b|\.volumeMounts\b/,
  /^status\.addresses\b/,
  // There or not, and whose time it is, depends on how many changes one look takes together.
  /^metadata\.annotations\.endpoints\.kubernetes\.io\/last-change-trigger-time$/,
  // The recorded runtime tells of a request of no memory, where none was made.
  /\.resources\.requests\.memory=0$/,
  // Disks are not simulated in the recordings; extended ones only here.
  /ephemeral-storage$|hugepages-/,
];

/** Whose address it is, the names beside it tell: here it only counts that there is one. */
const ADDRESS = /\.(hostIP|podIP|clusterIP|podCIDR|ip)$|\.(clusterIPs|podCIDRs|addresses)\[\d+\]$/;

function plainLeaf(path: string, value: Leaf): Leaf {
  if (ADDRESS.test(path) && value !== "None") return "<ip>";
  return typeof value === "string" ? plainMessage(value) : value;
}

function isLeftOut(path: string): boolean {
  return LEFT_OUT.some((pattern) => pattern.test(path));
}

/** What an item of a list is called: by its natural key, else by its place. */
function itemKey(path: string, item: JsonValue, at: number): string {
  const list = path.slice(path.lastIndexOf(".") + 1);
  if (item === null || typeof item !== "object" || Array.isArray(item)) return String(at);
  const { type, name, key, effect, targetRef, port } = item as { readonly [field: string]: JsonValue };
  if (list === "taints") return `${key as string}:${effect as string}`;
  if (path === "spec.ports") return String(port);
  if (list === "conditions") return type as string;
  if (list === "endpoints" || list === "addresses" || list === "notReadyAddresses") {
    return ((targetRef as JsonObject | undefined)?.name as string | undefined) ?? String(at);
  }
  if (/[cC]ontainer(Statuse)?s$/.test(list)) return name as string;
  return String(at);
}

function walk(path: string, value: JsonValue | undefined, into: Map<string, Leaf>): void {
  if (value === undefined || value === null || isLeftOut(path)) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) walk(`${path}[${itemKey(path, item, at)}]`, item, into);
  } else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) walk(path === "" ? key : `${path}.${key}`, item, into);
  } else if (!isLeftOut(`${path}=${value}`)) into.set(path, plainLeaf(path, value as Leaf));
}

/** The leaves of a value that lies at `path` of an object. */
export function leavesOf(value: JsonValue | undefined, path = ""): Map<string, Leaf> {
  const into = new Map<string, Leaf>();
  walk(path, value, into);
  return into;
}

/** What changed from one to the other: path -> [old, new], null for absent. */
export function leafChanges(before: Leaves, after: Leaves): Map<string, readonly [Leaf, Leaf]> {
  const changes = new Map<string, readonly [Leaf, Leaf]>();
  for (const [path, value] of after) {
    const old = before.get(path) ?? null;
    if (old !== value) changes.set(path, [old, value]);
  }
  for (const [path, old] of before) if (!after.has(path)) changes.set(path, [old, null]);
  return changes;
}
