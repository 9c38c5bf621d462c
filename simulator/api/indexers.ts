import type { Kind } from "./kind.ts";
import { type Indexer, indexBy } from "./store.ts";

const BY_NAMESPACE = indexBy(
  ({ metadata }) => metadata.namespace,
  (namespace) => namespace,
);

const BY_OWNER = indexBy(
  ({ metadata }) => metadata.ownerReferences,
  // Most have one, if any: a text is compared at a glance.
  (owners) => (owners?.length === 1 ? owners[0]?.uid : owners?.map(({ uid }) => uid)),
);

/** Every resource is indexed by namespace and by the uids of its owners; kinds add their own. */
export function indexersOf(kind: Kind): { readonly [name: string]: Indexer } {
  return {
    ...(kind.namespaced && { namespace: BY_NAMESPACE }),
    owner: BY_OWNER,
    ...kind.indexes,
  };
}

/** An index that has all objects of a kind under one value, for hooks, which can look along indexes only. */
export const EVERY_OBJECT: { readonly [name: string]: Indexer } = { every: () => "true" };
