import type { Result } from "../base/result.ts";
import type { Status } from "./errors.ts";
import type { Incoming, KubeObject } from "./object.ts";
import type { Pod, ResourceRef } from "./refs.ts";
import type { ChangeHandler } from "./store.ts";

/** What a deletion may ask, as metav1.DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  /** Preconditions: the deletion fails with a conflict when the object is another one by now. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * What an informer holds: the objects as last seen. Reading it costs no request and works while the API server is away.
 * Keys are `namespace/name`. Every resource has the indexes `namespace` and `owner` (uid of each owner reference);
 * kinds add their own (pods: `node`).
 */
export interface Cache {
  get<T extends KubeObject>(ref: ResourceRef<T>, key: string): T | undefined;
  list<T extends KubeObject>(ref: ResourceRef<T>): Iterable<T>;
  byIndex<T extends KubeObject>(ref: ResourceRef<T>, index: string, value: string): Iterable<T>;
  countByIndex<T extends KubeObject>(ref: ResourceRef<T>, index: string, value: string): number;
  /** The values of an index that some object has, such as the nodes that pods name. */
  indexValues<T extends KubeObject>(ref: ResourceRef<T>, index: string): Iterable<string>;
}

/**
 * How a component inside the cluster talks to the API: the same rules as for anyone (admission, conflicts, finalizers,
 * grace), without encoding. All writes fail with a 503 `Status` while the API server, or the way to it, is down.
 * Objects written by components are trusted to have valid fields and defaults already.
 */
export interface Client {
  readonly cache: Cache;
  /**
   * An object with a `blankMetadata` is handed over: it is filled in and stored as it is, not as a copy, so its maker must
   * not use it again. For what is written by the million.
   */
  create<T extends KubeObject>(ref: ResourceRef<T>, object: Incoming<T>): Result<T, Status>;
  /** Replaces spec and metadata; 409 when `object` carries an old resourceVersion. The status stays as it was. */
  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status>;
  /** Replaces the status; 409 when `object` carries an old resourceVersion. An equal status writes nothing. */
  updateStatus<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status>;
  /** Replaces what a path below the object is for, such as certificatesigningrequests/approval. */
  updatePart<T extends KubeObject>(ref: ResourceRef<T>, part: string, object: T): Result<T, Status>;
  delete<T extends KubeObject>(ref: ResourceRef<T>, key: string, options?: DeleteOptions): Result<T, Status>;
  /** Replaces the kind's own finalizers: the namespaces/finalize subresource. */
  finalize<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status>;
  /** The pods/binding subresource: sets spec.nodeName and the PodScheduled condition. */
  bind(podKey: string, podUid: string, nodeName: string): Result<Pod, Status>;
}

/** Subscribing to changes, as an informer's event handlers. A handler may note work to do; it must not write. */
export interface Watcher {
  watch<T extends KubeObject>(ref: ResourceRef<T>, handler: ChangeHandler<T>): void;
  /** Only changes of objects that have (or had until the change) this index value: no filter runs for the others. */
  watchByIndex<T extends KubeObject>(
    ref: ResourceRef<T>,
    index: string,
    value: string,
    handler: ChangeHandler<T>,
  ): void;
}
