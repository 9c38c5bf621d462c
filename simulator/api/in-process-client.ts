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
import type { ResourceRef } from "./refs.ts";
import type { Store } from "./store.ts";

export interface InProcessClientOptions {
  readonly user: string;
  /** The program, as managed fields name it; the user when absent. */
  readonly manager?: string;
  readonly store: Store;
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
  const { store, operations, kinds, reachable, user, manager = user } = options;
  const writer: Writer = { user, trusted: true, warn: () => {} };
  const when = <T>(action: () => Result<T, Status>): Result<T, Status> =>
    reachable() ? action() : fail(connectionRefused(ADDRESS));
  const put = <T extends KubeObject>(ref: ResourceRef<T>, object: T, subresource: "" | "status") =>
    when(() => {
      const kind = kindOf(kinds, ref);
      const change = (live: T) => ok(recorded(kind as unknown as Kind, live, object, subresource));
      return operations.update(kind, keyOf(object), change, writer, subresource);
    });
  const recorded = <T extends KubeObject>(kind: Kind, live: T, object: T, subresource: string) => {
    // Most of what the cluster's own parts write nobody tracks: those writes stop here.
    if (live.metadata.managedFields === undefined) return object;
    const { now } = operations.context(writer);
    return recordTrustedUpdate({ kind, subresource, now, manager }, live, object);
  };
  return {
    cache: storeCache(store),
    create: <T extends KubeObject>(ref: ResourceRef<T>, object: Incoming<T>) =>
      when(() => operations.create(kindOf(kinds, ref), object as unknown as T, writer)),
    update: (ref, object) => put(ref, object, ""),
    updateStatus: (ref, object) => put(ref, object, "status"),
    updatePart: <T extends KubeObject>(ref: ResourceRef<T>, part: string, object: T) =>
      when(() => {
        const kind = kindOf(kinds, ref);
        const rules = present(
          kind.subresources?.parts?.find(({ name }) => name === part),
          `${ref.id} has no ${part}`,
        );
        const partKind: Kind<T> = { ...kind, prepareUpdate: rules.prepareUpdate, subresources: {} };
        return operations.update(partKind, keyOf(object), () => ok(object), writer);
      }),
    delete: <T extends KubeObject>(ref: ResourceRef<T>, key: string, wanted: DeleteOptions = {}) =>
      when(() => {
        const result = operations.delete(kindOf(kinds, ref), key, wanted, writer);
        return result.ok ? ok(result.value.object) : result;
      }),
    finalize: (ref, object) =>
      when(() => operations.finalize(kindOf(kinds, ref), keyOf(object), () => ok(object), writer)),
    bind: (podKey, podUid, nodeName) =>
      when(() => bindPod(store, podKey, podUid, nodeName, operations.context(writer).now)),
  };
}
