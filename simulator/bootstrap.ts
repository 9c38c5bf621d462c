import type { Kind } from "./api/kind.ts";
import type { Incoming, KubeObject } from "./api/object.ts";
import { kindOf, type Operations } from "./api/operations.ts";
import { CLOCKS, NAMESPACES, type ResourceRef } from "./api/refs.ts";
import { assert } from "./base/assert.ts";

const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Writes what is there before anything runs, as an installer does. */
export function bootstrap(operations: Operations, kinds: { get(id: string): Kind | undefined }): void {
  const create = <T extends KubeObject>(ref: ResourceRef<T>, object: Incoming<T>) => {
    const writer = { user: "bootstrap", trusted: true, warn: () => {} };
    const created = operations.create(kindOf(kinds, ref), object as unknown as T, writer);
    assert(created.ok, created.ok ? "" : `bootstrap: ${created.error.message}`);
  };
  for (const name of SYSTEM_NAMESPACES) {
    create(NAMESPACES, {
      metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
      spec: { finalizers: ["kubernetes"] },
    });
  }
  create(CLOCKS, { metadata: { name: "cluster" }, spec: { speed: 1, paused: false } });
}
