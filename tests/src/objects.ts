import type { JsonObject } from "../../simulator/index.ts";
import type { Batch, ObjectChange } from "../../src/session/session.ts";
import type { KubeObject } from "../../src/store/objects.ts";
import { applyBatch, emptyProjection, type Projection } from "../../src/store/projection.ts";

// Small objects and batches for the tests of the page.

export function object(kind: string, key: string, rest: JsonObject = {}): ObjectChange {
  const [namespace, name] = key.includes("/") ? key.split("/") : [undefined, key];
  const { metadata, ...others } = rest;
  const meta = { name, ...(namespace ? { namespace } : {}), uid: `uid-${kind}-${key}`, ...(metadata as JsonObject) };
  return { kind, key, object: { kind, metadata: meta, ...others } as JsonObject };
}

export function gone(kind: string, key: string): ObjectChange {
  return { kind, key, object: null };
}

export function batch(changes: readonly ObjectChange[], rest: Partial<Batch> = {}): Batch {
  return {
    reset: false,
    clock: { nowMs: 0, startEpochMs: Date.UTC(2026, 0, 1), speed: 1, paused: false },
    changes,
    components: [],
    ...rest,
  };
}

export function projection(...changes: readonly ObjectChange[]): Projection {
  return applyBatch(emptyProjection(), batch(changes, { reset: true }));
}

/** The `ownerReferences` of something that `owner` controls. */
export function ownedBy(kind: string, key: string): JsonObject {
  const name = key.split("/").at(-1) ?? key;
  return { ownerReferences: [{ apiVersion: "v1", kind, name, uid: `uid-${kind}-${key}`, controller: true }] };
}

export function running(node: string, rest: JsonObject = {}): JsonObject {
  return {
    spec: { nodeName: node, containers: [{ name: "c", image: "i" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "c", image: "i", imageID: "", ready: true, restartCount: 0, state: { running: {} } }],
    },
    ...rest,
  };
}

export function item<T extends KubeObject>(state: Projection, kind: string, key: string): T {
  const found = state.kinds[kind]?.items.get(key);
  if (!found) throw new Error(`no ${kind} ${key}`);
  return found as T;
}
