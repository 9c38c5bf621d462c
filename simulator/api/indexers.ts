import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import type { Indexer } from "./store.ts";

/** Every resource is indexed by namespace and by the uids of its owners; kinds add their own. */
export function indexersOf(kind: Kind): { readonly [name: string]: Indexer } {
  return {
    ...(kind.namespaced && { namespace: (object: KubeObject) => object.metadata.namespace }),
    owner: (object: KubeObject) => object.metadata.ownerReferences?.map(({ uid }) => uid),
    ...kind.indexes,
  };
}
