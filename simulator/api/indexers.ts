import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import type { Indexer } from "./store.ts";

/** Every resource is indexed by namespace and by the uids of its owners; kinds add their own. */
export function indexersOf(kind: Kind): { readonly [name: string]: Indexer } {
  return {
    ...(kind.namespaced && { namespace: (object: KubeObject) => object.metadata.namespace }),
    owner: (object: KubeObject) => {
      const owners = object.metadata.ownerReferences;
      // Most have one, if any: a text is compared at a glance.
      return owners?.length === 1 ? owners[0]?.uid : owners?.map(({ uid }) => uid);
    },
    ...kind.indexes,
  };
}

/** An index that has all objects of a kind under one value, for hooks, which can look along indexes only. */
export const EVERY_OBJECT: { readonly [name: string]: Indexer } = { every: () => "true" };
