import { internalError, type Status } from "../../api/errors.ts";
import type { KubeObject } from "../../api/object.ts";
import { NAMESPACES } from "../../api/refs.ts";
import type { OwnerReference } from "../../api/schema/generated/types.ts";
import type { Change } from "../../api/store.ts";
import { equalJson } from "../../base/json.ts";
import type { ComponentContext, ServedResource } from "../../controller-runtime/component.ts";
import type { Controller, Outcome, Reconciler, WatchRule } from "../../controller-runtime/controller.ts";
import {
  awaitsDependents,
  FOREGROUND,
  Graph,
  hasFinalizer,
  type Item,
  isDeleting,
  ORPHAN,
  ownersOf,
} from "./owners.ts";

const NO_KEYS: readonly string[] = [];
/** Owns nothing and is owned by nothing, and there are many of them. Models DefaultIgnoredResources. */
const IGNORED = "events";

// Models pkg/controller/garbagecollector
/**
 * Deletes what has lost its owners, and carries out foreground and orphaning deletions, for every kind that the API
 * serves. Keys are `<resource>/<namespace>/<name>`.
 */
export const garbageCollector: Controller = {
  name: "garbage-collector-controller",
  watches: [],
  create: (context) => new GarbageCollector(context),
};

/** The owner references of an object by what has become of their owners. */
interface Classified {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  /** Their owners are being deleted and wait for their dependents. */
  readonly waiting: readonly OwnerReference[];
}

class GarbageCollector implements Reconciler {
  readonly #context: ComponentContext;
  readonly #graph: Graph;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#graph = new Graph(context);
  }

  watchEach({ ref }: ServedResource): WatchRule | undefined {
    if (ref.plural === IGNORED) return undefined;
    return { of: ref, keys: (change) => this.#keysOf({ ref, object: change.object }, change) };
  }

  reconcile(key: string): Outcome {
    const item = this.#graph.find(key);
    if (item === undefined) return undefined;
    const failed = this.#process(item);
    return failed === undefined || failed.code === 404 ? undefined : { failed };
  }

  // Models graph_builder.go processGraphChanges
  /** What must be looked at after a change. Most changes touch no ownership and cost next to nothing. */
  #keysOf(item: Item, { type, object, previous }: Change): readonly string[] {
    const sameOwners =
      type === "MODIFIED" && equalJson(object.metadata.ownerReferences, previous?.metadata.ownerReferences);
    if (sameOwners && !isDeleting(object)) return NO_KEYS;
    if (type === "DELETED") {
      const dependents = this.#graph.dependents(object.metadata.uid);
      const waiting = this.#waitingOwners(object, ownersOf(object));
      return [...dependents, ...waiting].map((other) => this.#graph.keyOf(other));
    }
    const keys: string[] = [];
    if (!sameOwners) {
      if (ownersOf(object).some((reference) => !this.#isSolid(reference, object))) keys.push(this.#graph.keyOf(item));
      for (const owner of this.#waitingOwners(object, unblocked(object, previous))) keys.push(this.#graph.keyOf(owner));
    }
    if (begins(ORPHAN, object, previous)) keys.push(this.#graph.keyOf(item));
    else if (begins(FOREGROUND, object, previous)) {
      for (const dependent of this.#graph.dependents(object.metadata.uid)) keys.push(this.#graph.keyOf(dependent));
      keys.push(this.#graph.keyOf(item));
    }
    return keys;
  }

  #waitingOwners(object: KubeObject, references: readonly OwnerReference[]): Item[] {
    return references.flatMap((reference) => {
      const owner = this.#graph.owner(reference, object);
      return typeof owner !== "string" && awaitsDependents(owner.object) ? [owner] : [];
    });
  }

  #isSolid(reference: OwnerReference, object: KubeObject): boolean {
    const owner = this.#graph.owner(reference, object);
    return typeof owner !== "string" && !awaitsDependents(owner.object);
  }

  // Models attemptToDeleteItem and attemptToOrphanWorker
  #process(item: Item): Status | undefined {
    const { object } = item;
    if (isDeleting(object)) {
      if (hasFinalizer(object, ORPHAN)) return this.#orphanDependents(item);
      return hasFinalizer(object, FOREGROUND) ? this.#awaitDependents(item) : undefined;
    }
    if (ownersOf(object).length === 0) return undefined;
    const classified = this.#classify(object);
    if (classified === "invalid") return undefined;
    if ("code" in classified) return classified;
    const { solid, dangling, waiting } = classified;
    if (solid.length > 0) {
      return dangling.length + waiting.length === 0 ? undefined : this.#setOwners(item, solid);
    }
    this.#reportForeignOwners(item, dangling);
    return waiting.length > 0 ? this.#deleteForOwner(item) : this.#delete(item, policyOf(object));
  }

  // Models classifyReferences
  #classify(object: KubeObject): Classified | "invalid" | Status {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of ownersOf(object)) {
      const owner = this.#graph.owner(reference, object);
      if (owner === "invalid") return owner;
      if (owner === "unknown") {
        return internalError(`unable to get REST mapping for ${reference.apiVersion}/${reference.kind}.`);
      }
      const kind = owner === "absent" ? dangling : awaitsDependents(owner.object) ? waiting : solid;
      kind.push(reference);
    }
    return { solid, dangling, waiting };
  }

  /** An object whose last owners wait for it; one with dependents of its own makes them go first, too. */
  #deleteForOwner(item: Item): Status | undefined {
    const dependents = this.#graph.dependents(item.object.metadata.uid);
    if (dependents.length === 0) return this.#delete(item, policyOf(item.object));
    if (dependents.some(({ object }) => awaitsDependents(object))) {
      // Perhaps a circle, in which each would wait for the other.
      const unblocking = ownersOf(item.object).map((reference) => ({ ...reference, blockOwnerDeletion: false }));
      const failed = this.#setOwners(item, unblocking);
      if (failed !== undefined) return failed;
    }
    return this.#delete(item, "Foreground");
  }

  // Models processDeletingDependentsItem
  #awaitDependents(item: Item): Status | undefined {
    const { uid } = item.object.metadata;
    const blocked = this.#graph
      .dependents(uid)
      .some(({ object }) =>
        ownersOf(object).some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true),
      );
    return blocked ? undefined : this.#removeFinalizer(item, FOREGROUND);
  }

  // Models orphanDependents
  #orphanDependents(item: Item): Status | undefined {
    const { uid } = item.object.metadata;
    for (const dependent of this.#graph.dependents(uid)) {
      const others = ownersOf(dependent.object).filter((reference) => reference.uid !== uid);
      const failed = this.#setOwners(dependent, others);
      if (failed !== undefined && failed.code !== 404) return failed;
    }
    return this.#removeFinalizer(item, ORPHAN);
  }

  #delete({ ref, object }: Item, propagationPolicy: Policy): Status | undefined {
    const { client } = this.#context;
    const { uid } = object.metadata;
    const key = this.#graph.keyOf({ ref, object }).slice(ref.id.length + 1);
    const deleted = client.delete(ref, key, { uid, propagationPolicy });
    return deleted.ok ? undefined : deleted.error;
  }

  #setOwners({ ref, object }: Item, owners: readonly OwnerReference[]): Status | undefined {
    const ownerReferences = owners.length === 0 ? undefined : owners;
    return this.#update(ref, { ...object, metadata: { ...object.metadata, ownerReferences } });
  }

  #removeFinalizer({ ref, object }: Item, finalizer: string): Status | undefined {
    const left = object.metadata.finalizers?.filter((other) => other !== finalizer);
    const finalizers = left?.length ? left : undefined;
    return this.#update(ref, { ...object, metadata: { ...object.metadata, finalizers } });
  }

  #update(ref: Item["ref"], object: KubeObject): Status | undefined {
    const updated = this.#context.client.update(ref, object);
    return updated.ok ? undefined : updated.error;
  }

  // Models graph_builder.go reportInvalidNamespaceOwnerRef
  /** Says why an object goes whose owner lives, but in another namespace. */
  #reportForeignOwners({ object }: Item, dangling: readonly OwnerReference[]): void {
    const { namespace } = object.metadata;
    if (namespace === undefined) return;
    for (const reference of dangling) {
      if (this.#graph.foreignNamespaceOf(reference, this.#context.cache.list(NAMESPACES)) === undefined) continue;
      const { apiVersion, kind, name, uid } = reference;
      const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
      const { metadata } = object;
      const about = { ...object, metadata: { name: metadata.name, namespace, uid: metadata.uid } };
      this.#context.recordEvent(about, {
        type: "Warning",
        reason: "OwnerRefInvalidNamespace",
        message: `ownerRef ${owner} does not exist in namespace "${namespace}"`,
      });
    }
  }
}

type Policy = "Orphan" | "Foreground" | "Background";

/** Finalizers that are there already say how an object wants to go. */
function policyOf(object: KubeObject): Policy {
  if (hasFinalizer(object, ORPHAN)) return "Orphan";
  return hasFinalizer(object, FOREGROUND) ? "Foreground" : "Background";
}

/** Whether a deletion with this finalizer begins with the change. Models deletionStartsWithFinalizer. */
function begins(finalizer: string, object: KubeObject, previous: KubeObject | undefined): boolean {
  if (!isDeleting(object) || !hasFinalizer(object, finalizer)) return false;
  return previous === undefined || !isDeleting(previous) || !hasFinalizer(previous, finalizer);
}

/** References that blocked their owner's deletion before the change and no longer do. */
function unblocked(object: KubeObject, previous: KubeObject | undefined): readonly OwnerReference[] {
  if (previous === undefined) return [];
  const blocking = ownersOf(object).filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
  return ownersOf(previous).filter(
    ({ uid, blockOwnerDeletion }) => blockOwnerDeletion === true && !blocking.some((other) => other.uid === uid),
  );
}
