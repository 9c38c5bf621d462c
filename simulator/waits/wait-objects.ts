import type { WaitsDoor } from "../api/kind.ts";
import { formatMicroTime, formatTime } from "../api/meta/time.ts";
import { type KubeObject, keyOf } from "../api/object.ts";
import {
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  JOBS,
  NAMESPACES,
  NODE_GROUPS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ResourceRef,
  SERVICES,
  STATEFUL_SETS,
  WAITS,
  type Wait,
  type WaitItem,
} from "../api/refs.ts";
import type { Collection, Store } from "../api/store.ts";
import type { ComponentBody, Waiting } from "../controller-runtime/component.ts";
import { ControllerBody } from "../controller-runtime/controller-component.ts";
import { controllerTimers } from "./controller-timers.ts";
import { objectWaits } from "./from-objects.ts";

export interface WaitSources {
  readonly store: Store;
  /** A component that runs now. */
  readonly bodyOf: (name: string) => ComponentBody | undefined;
  readonly parseMs: (time: string) => number;
  readonly nowMs: () => number;
  /** Epoch milliseconds of virtual 0. */
  readonly startEpochMs: number;
}

const any = (ref: ResourceRef<never>): ResourceRef<KubeObject> => ref as unknown as ResourceRef<KubeObject>;

/** What is looked through for lists; others are told of when they are asked for by name. */
const LISTED = [
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  JOBS,
  NAMESPACES,
  NODE_GROUPS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
].map((ref) => any(ref as never));

/** The components that know by themselves what objects of a resource wait for. */
const KNOWING: { readonly [resource: string]: readonly string[] } = {
  [PODS.id]: ["kube-scheduler", "taint-eviction-controller"],
  [NODES.id]: ["node-lifecycle-controller", "cluster-autoscaler"],
  [NODE_GROUPS.id]: ["node-group-controller"],
  [JOBS.id]: ["job-controller"],
  [HORIZONTAL_POD_AUTOSCALERS.id]: ["horizontal-pod-autoscaler"],
};

/** Where those of objects without a namespace are found. */
const NO_NAMESPACE = "default";

/**
 * What objects wait for, as objects of the API: `pods.web-1` tells what the pod web-1 waits for. Each item comes from a
 * timer that a component runs on, or from the object's own fields; what nobody knows the end of has none.
 */
export class WaitObjects implements WaitsDoor {
  readonly #sources: WaitSources;

  constructor(sources: WaitSources) {
    this.#sources = sources;
  }

  waits(namespace: string | undefined, name: string | undefined): readonly Wait[] {
    return name === undefined ? this.#all(namespace) : this.#named(namespace ?? NO_NAMESPACE, name);
  }

  #named(namespace: string, name: string): readonly Wait[] {
    for (const collection of this.#sources.store.collections) {
      const { id } = collection.ref;
      if (!name.startsWith(`${id}.`)) continue;
      const own = name.slice(id.length + 1);
      const namespaced = collection.get(`${namespace}/${own}`);
      const object = namespaced ?? (namespace === NO_NAMESPACE ? collection.get(own) : undefined);
      if (object !== undefined) return this.#of(collection, object);
    }
    return [];
  }

  #all(namespace: string | undefined): readonly Wait[] {
    const found: Wait[] = [];
    for (const ref of LISTED) {
      const collection = this.#sources.store.of(ref);
      for (const object of collection.values()) {
        if (namespace !== undefined && (object.metadata.namespace ?? NO_NAMESPACE) !== namespace) continue;
        found.push(...this.#of(collection, object));
      }
    }
    return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** None when the object waits for nothing. */
  #of({ ref }: Collection, object: KubeObject): readonly Wait[] {
    const items = this.#itemsOf(ref.id, object);
    if (items.length === 0) return [];
    const { group, version, kind } = WAITS;
    const { namespace, name } = object.metadata;
    const since = items.flatMap(({ since: text }) => text ?? []).sort()[0];
    const { startEpochMs, nowMs } = this.#sources;
    const wait: Wait = {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: {
        name: `${ref.id}.${name}`,
        namespace: namespace ?? NO_NAMESPACE,
        uid: object.metadata.uid,
        resourceVersion: "",
        creationTimestamp: since ?? formatTime(startEpochMs + nowMs()),
      },
      object: { resource: ref.id, ...(namespace && { namespace }), name },
      items,
    };
    return [wait];
  }

  #itemsOf(resource: string, object: KubeObject): readonly WaitItem[] {
    const { bodyOf, parseMs } = this.#sources;
    const key = keyOf(object);
    const items: WaitItem[] = [];
    const add = (by: string, waits: readonly Waiting[] | undefined) => {
      for (const wait of waits ?? []) items.push(this.#item(by, wait));
    };
    const components = [...(KNOWING[resource] ?? [])];
    const node = resource === PODS.id ? (object as unknown as Pod).spec.nodeName : undefined;
    if (node) components.push(`kubelet/${node}`);
    for (const name of components) add(name, bodyOf(name)?.waits?.(resource, key));
    this.#timers(resource, object, add);
    for (const { by, ...wait } of objectWaits(resource, object, parseMs)) add(by, [wait]);
    return items;
  }

  /** When controllers look again at an object, where that says what it waits for. */
  #timers(resource: string, object: KubeObject, add: (by: string, waits: readonly Waiting[]) => void): void {
    for (const timer of controllerTimers) {
      const body = timer.resource === resource ? this.#sources.bodyOf(timer.controller) : undefined;
      if (!(body instanceof ControllerBody)) continue;
      const looks = timer.prefixes.flatMap((prefix) => body.nextLook(prefix + keyOf(object)) ?? []);
      const next = looks.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) continue;
      const { failures, atMs } = next;
      const refused = `The API refused its last ${failures} tries; the controller tries again then.`;
      const meaning = failures > 0 ? { reason: "Retry", message: refused } : timer.meaning;
      if (meaning !== undefined) add(timer.controller, [{ ...meaning, untilMs: atMs }]);
    }
  }

  #item(by: string, { reason, message, sinceMs, untilMs }: Waiting): WaitItem {
    const text = (ms: number) => formatMicroTime(this.#sources.startEpochMs + ms);
    return {
      reason,
      message,
      by,
      ...(sinceMs !== undefined && { since: text(sinceMs) }),
      ...(untilMs !== undefined && { until: text(untilMs) }),
    };
  }
}
