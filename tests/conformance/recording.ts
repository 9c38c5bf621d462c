import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../../simulator/index.ts";
import { withoutRefused } from "./names.ts";

// The files of the folder timelines/ of the reference, as its TIMELINES.md describes them.

/** An object as manifests and recordings have it: without an API version, and with masked names. */
export interface Manifest extends JsonObject {
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
}

export interface RecordedNode {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
}

export interface RecordedAction {
  /** Seconds since the first action. */
  readonly t: number;
  readonly what: string;
  readonly object?: Manifest;
  readonly patch?: JsonObject;
  readonly patchType?: string;
  readonly propagationPolicy?: string;
  readonly gracePeriodSeconds?: number;
  readonly error?: JsonObject;
}

export type Diff = { readonly [path: string]: readonly [JsonValue, JsonValue] };

export interface RecordedChange {
  readonly t: number;
  readonly verb: "ADDED" | "MODIFIED" | "DELETED";
  readonly kind: string;
  readonly namespace?: string | null;
  readonly name: string;
  readonly object?: JsonObject;
  readonly diff?: Diff;
}

export interface RecordedEvent {
  readonly t: number;
  readonly verb: "ADDED" | "MODIFIED" | "DELETED";
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly fieldPath?: string;
  };
  readonly source: string;
  readonly count: number;
}

export interface Recording {
  readonly name: string;
  readonly setup: {
    readonly namespaces: readonly string[];
    readonly manifests: readonly Manifest[];
    readonly nodes: readonly RecordedNode[];
    readonly pods?: readonly { readonly name: string; readonly node: string }[];
    /** All nodes of the cluster, where messages count them. */
    readonly allNodes?: readonly RecordedNode[];
  };
  readonly actions: readonly RecordedAction[];
  readonly changes: readonly RecordedChange[];
  readonly events: readonly RecordedEvent[];
  readonly notes?: readonly string[];
  readonly leaseRenewals?: { readonly [node: string]: readonly number[] };
}

/** Reads a timeline. In some files a real hash stands beside its mask: here the mask stands everywhere. */
export function readRecording(folder: string, name: string): Recording {
  const text = readFileSync(join(folder, "timelines", `${name}.json`), "utf8");
  const { masks = {} } = JSON.parse(text) as { masks?: { [masked: string]: string } };
  let masked = text;
  for (const [mask, real] of Object.entries(masks)) {
    const base = mask.slice(0, mask.indexOf("<"));
    masked = masked.replaceAll(`${base}${real}-`, `${mask}-`);
  }
  const recording = JSON.parse(withoutRefused(masked)) as Recording;
  // The nodes without a kubelet were taken away when the case was over.
  const changes = recording.changes.filter(({ verb, name }) => verb !== "DELETED" || !isFake(name));
  return { ...recording, changes };
}

/** Whether a node is an object without a kubelet. */
export function isFake(node: string): boolean {
  return node.startsWith("fake-");
}

/** Seconds at which the last recorded thing happened. */
export function endOf({ actions, changes, events }: Recording): number {
  return Math.max(...[...actions, ...changes, ...events].map(({ t }) => t));
}
