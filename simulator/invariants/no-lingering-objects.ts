import { keyOf } from "../api/object.ts";
import { NAMESPACES } from "../api/refs.ts";
import type { Invariant } from "./invariant.ts";

/** What was deleted, with no grace and no finalizer left, is gone; a namespaced object's namespace is there. */
export const noLingeringObjects: Invariant = {
  name: "no lingering objects",
  check: (store) => {
    const problems: string[] = [];
    for (const collection of store.collections) {
      for (const object of collection.values()) {
        const { deletionTimestamp, deletionGracePeriodSeconds, finalizers, namespace } = object.metadata;
        const held = finalizers?.length || collection.ref.id === NAMESPACES.id;
        if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !held) {
          problems.push(`${collection.ref.id} ${keyOf(object)} should be gone`);
        }
        if (namespace !== undefined && store.of(NAMESPACES).get(namespace) === undefined) {
          problems.push(`${collection.ref.id} ${keyOf(object)} is in no namespace`);
        }
      }
    }
    return problems;
  },
};
