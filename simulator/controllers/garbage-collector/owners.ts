import type { Cache } from "../../api/client.ts";
import { joinKey, type KubeObject, keyOf } from "../../api/object.ts";
import type { ResourceRef } from "../../api/refs.ts";
import type { OwnerReference } from "../../api/schema/generated/types.ts";
import type { ComponentContext, ServedResource } from "../../controller-runtime/component.ts";

export const ORPHAN = "orphan";
export const FOREGROUND = "foregroundDeletion";

const NONE: readonly OwnerReference[] = [];

/** An object with the resource it is of. */
export interface Item {
  readonly ref: ResourceRef<KubeObject>;
  readonly object: KubeObject;
}

/**
 * What a reference leads to: the owner; `absent` when there is none of that name, or one with another uid; `invalid`
 * when a cluster-scoped object names a namespaced owner; `unknown` when the API serves no such kind.
 */
export type Owner = Item | "absent" | "invalid" | "unknown";

export function ownersOf({ metadata }: KubeObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? NONE;
}

export function isDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Being deleted, and waiting for its dependents to go first. */
export function awaitsDependents(object: KubeObject): boolean {
  return isDeleting(object) && hasFinalizer(object, FOREGROUND);
}

/** The graph of owners and dependents, as the cache and its owner index show it. */
export class Graph {
  readonly #context: ComponentContext;
  /** What `#byKind` was made from: another list when kinds have come or gone. */
  #resources: readonly ServedResource[] | undefined;
  readonly #byKind = new Map<string, ServedResource>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  // Models pkg/controller/garbagecollector isDangling
  owner(reference: OwnerReference, dependent: KubeObject): Owner {
    const resource = this.#resourceOf(reference);
    if (resource === undefined) return "unknown";
    const { namespace } = dependent.metadata;
    if (resource.namespaced && namespace === undefined) return "invalid";
    const key = joinKey(resource.namespaced ? namespace : undefined, reference.name);
    const object = this.#cache.get(resource.ref, key);
    return object?.metadata.uid === reference.uid ? { ref: resource.ref, object } : "absent";
  }

  /** Objects that name this uid as an owner's, of all kinds, in the order of the kinds. */
  dependents(uid: string): Item[] {
    const items: Item[] = [];
    for (const { ref } of this.#context.resources()) {
      for (const object of this.#cache.byIndex(ref, "owner", uid)) items.push({ ref, object });
    }
    return items;
  }

  /** The namespace in which a namespaced owner is that is absent where its dependent looks for it. */
  foreignNamespaceOf(reference: OwnerReference, namespaces: Iterable<KubeObject>): string | undefined {
    const resource = this.#resourceOf(reference);
    if (resource?.namespaced !== true) return undefined;
    for (const { metadata } of namespaces) {
      const found = this.#cache.get(resource.ref, joinKey(metadata.name, reference.name));
      if (found?.metadata.uid === reference.uid) return metadata.name;
    }
    return undefined;
  }

  /** `<resource>/<key>`. */
  keyOf({ ref, object }: Item): string {
    return `${ref.id}/${keyOf(object)}`;
  }

  find(key: string): Item | undefined {
    const slash = key.indexOf("/");
    const ref = this.#context.resources().find((resource) => resource.ref.id === key.slice(0, slash))?.ref;
    const object = ref && this.#cache.get(ref, key.slice(slash + 1));
    return ref && object && { ref, object };
  }

  get #cache(): Cache {
    return this.#context.cache;
  }

  #resourceOf({ apiVersion, kind }: OwnerReference): ServedResource | undefined {
    const resources = this.#context.resources();
    if (this.#resources !== resources) this.#read(resources);
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  #read(resources: readonly ServedResource[]): void {
    this.#resources = resources;
    this.#byKind.clear();
    for (const resource of resources) {
      const { group, version, kind } = resource.ref;
      this.#byKind.set(`${group === "" ? version : `${group}/${version}`}/${kind}`, resource);
    }
  }
}
