import { present } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { recordTrustedUpdate } from "./apply/manager.ts";
import { bindPod } from "./binding.ts";
import type { Cache, Client, DeleteOptions } from "./client.ts";
import { connectionRefused, type Status } from "./errors.ts";
import type { Kind } from "./kind.ts";
import type { Incoming, KubeObject } from "./object.ts";
import { keyOf } from "./object.ts";
import type { Operations, Writer } from "./operations.ts";
import { kindOf } from "./operations.ts";
import type { Pod, ResourceRef } from "./refs.ts";
import type { Store } from "./store.ts";

export interface InProcessClientOptions {
  readonly user: string;
  /** The program, as managed fields name it; the user when absent. */
  readonly manager?: string;
  readonly store: Store;
  /** That of the store, where several clients share it. */
  readonly cache?: Cache;
  readonly kinds: { get(id: string): Kind | undefined };
  readonly operations: Operations;
  /** False while the API server, or the way to it, is down for this component. */
  readonly reachable: () => boolean;
}

const ADDRESS = "10.0.0.2:6443";

/** The cache of a component: the store itself, read only. Deliveries lag, contents do not. */
export function storeCache(store: Store): Cache {
  return {
    get: (ref, key) => store.of(ref).get(key),
    list: (ref) => store.of(ref).values(),
    byIndex: (ref, index, value) => store.of(ref).byIndex(index, value),
    countByIndex: (ref, index, value) => store.of(ref).countByIndex(index, value),
    indexValues: (ref, index) => store.of(ref).indexValues(index),
  };
}

/** A client for the cluster's own parts: the API's rules without its encoding. */
export function inProcessClient(options: InProcessClientOptions): Client {
  return new InProcessClient(options);
}

/** A class, not closures: each kubelet has one. */
class InProcessClient implements Client {
  readonly cache: Cache;
  readonly #options: InProcessClientOptions;
  readonly #writer: Writer;

  constructor(options: InProcessClientOptions) {
    this.#options = options;
    this.cache = options.cache ?? storeCache(options.store);
    this.#writer = { user: options.user, trusted: true, warn: NOBODY_HEARS };
  }

  create<T extends KubeObject>(ref: ResourceRef<T>, object: Incoming<T>): Result<T, Status> {
    return this.#refusal ?? this.#operations.create(this.#kindOf(ref), object as unknown as T, this.#writer);
  }

  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status> {
    return this.#put(ref, object, "");
  }

  updateStatus<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status> {
    return this.#put(ref, object, "status");
  }

  updatePart<T extends KubeObject>(ref: ResourceRef<T>, part: string, object: T): Result<T, Status> {
    if (this.#refusal !== undefined) return this.#refusal;
    const kind = this.#kindOf(ref);
    const rules = present(
      kind.subresources?.parts?.find(({ name }) => name === part),
      `${ref.id} has no ${part}`,
    );
    const partKind: Kind<T> = { ...kind, prepareUpdate: rules.prepareUpdate, subresources: {} };
    return this.#operations.update(partKind, keyOf(object), () => ok(object), this.#writer);
  }

  delete<T extends KubeObject>(ref: ResourceRef<T>, key: string, wanted: DeleteOptions = {}): Result<T, Status> {
    if (this.#refusal !== undefined) return this.#refusal;
    const result = this.#operations.delete(this.#kindOf(ref), key, wanted, this.#writer);
    return result.ok ? ok(result.value.object) : result;
  }

  finalize<T extends KubeObject>(ref: ResourceRef<T>, object: T): Result<T, Status> {
    return this.#refusal ?? this.#operations.finalize(this.#kindOf(ref), keyOf(object), () => ok(object), this.#writer);
  }

  bind(podKey: string, podUid: string, nodeName: string): Result<Pod, Status> {
    if (this.#refusal !== undefined) return this.#refusal;
    return bindPod(this.#options.store, podKey, podUid, nodeName, this.#operations.context(this.#writer).now);
  }

  get #operations(): Operations {
    return this.#options.operations;
  }

  /** The answer to everything while the API server, or the way to it, is down. */
  get #refusal(): { readonly ok: false; readonly error: Status } | undefined {
    return this.#options.reachable() ? undefined : fail(connectionRefused(ADDRESS));
  }

  #kindOf<T extends KubeObject>(ref: ResourceRef<T>): Kind<T> {
    return kindOf(this.#options.kinds, ref);
  }

  #put<T extends KubeObject>(ref: ResourceRef<T>, object: T, subresource: "" | "status"): Result<T, Status> {
    if (this.#refusal !== undefined) return this.#refusal;
    const kind = this.#kindOf(ref);
    const change = (live: T) => ok(this.#recorded(kind as unknown as Kind, live, object, subresource));
    return this.#operations.update(kind, keyOf(object), change, this.#writer, subresource);
  }

  #recorded<T extends KubeObject>(kind: Kind, live: T, object: T, subresource: string): T {
    // Most of what the cluster's own parts write nobody tracks: those writes stop here.
    if (live.metadata.managedFields === undefined) return object;
    const { now } = this.#operations.context(this.#writer);
    const { user, manager = user } = this.#options;
    return recordTrustedUpdate({ kind, subresource, now, manager }, live, object);
  }
}

const NOBODY_HEARS = () => {};
