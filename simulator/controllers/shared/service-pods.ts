import type { Cache } from "../../api/client.ts";
import { joinKey, keyOf, splitKey } from "../../api/object.ts";
import { NODES, PODS, type Pod, SERVICES, type Service } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { equalJson } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { isPodReady, isPodTerminal } from "./pods.ts";

export const ZONE_LABEL = "topology.kubernetes.io/zone";

type Labels = { readonly [key: string]: string } | undefined;

/** Whether a service's selector, which has labels only, takes a pod; one without a selector takes none. */
export function selects(selector: Labels, labels: Labels): boolean {
  let any = false;
  for (const key in selector) {
    if (labels?.[key] !== selector[key]) return false;
    any = true;
  }
  return any;
}

/** Whether the controllers that follow pods have anything to do for a service. */
export function hasEndpoints({ spec }: Service): boolean {
  return spec.type !== "ExternalName" && spec.selector !== undefined && Object.keys(spec.selector).length > 0;
}

// Models staging k8s.io/endpointslice util GetServicesToUpdateOnPodChange
/** Keys of the services whose endpoints a pod's change may change. */
export function servicesOfPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  const before = type === "MODIFIED" ? previous : undefined;
  // A pod without an address is nobody's endpoint.
  if (!object.status.podIP && !before?.status.podIP) return [];
  const changed = before === undefined || endpointChanged(object, before);
  const labels = object.metadata.labels;
  const labelsBefore = before === undefined ? labels : before.metadata.labels;
  const relabelled = labels !== labelsBefore && !equalJson(labels, labelsBefore);
  if (!changed && !relabelled) return [];
  const keys: string[] = [];
  for (const service of cache.byIndex(SERVICES, "namespace", object.metadata.namespace ?? "")) {
    const { selector } = service.spec;
    const now = selects(selector, labels);
    const then = relabelled ? selects(selector, labelsBefore) : now;
    if (changed ? now || then : now !== then) keys.push(keyOf(service));
  }
  return keys;
}

// Models staging k8s.io/endpointslice util podEndpointsChanged
function endpointChanged(pod: Pod, before: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp) return true;
  if (pod.status === before.status) return false;
  return (
    isPodReady(pod) !== isPodReady(before) ||
    isPodTerminal(pod) !== isPodTerminal(before) ||
    !equalJson(pod.status.podIPs, before.status.podIPs)
  );
}

interface Followed {
  readonly selector: Labels;
  readonly podKeys: Set<string>;
  /** Names of pods that changed since the last look, also of those that went; undefined: of any pod. */
  changed: Set<string> | undefined;
}

/** What a controller is to look at for one service. */
export interface Look {
  /** Pods that the service selects and that may have changed since the last look; of no order to rely on. */
  readonly pods: readonly Pod[];
  /** Names of pods that went since then, where they are known: not when `all` may have changed. */
  readonly gone: readonly string[];
  /** Whether a pod of this name may have changed, or gone. */
  changed(name: string): boolean;
  /** Whether that is true of all. */
  readonly all: boolean;
}

/**
 * Which pods each service selects and which of them changed, kept by watching: a namespace's pods are looked through
 * once a service, and one pod's change is one pod's work.
 */
export class ServicePods {
  readonly #context: ComponentContext;
  /** Namespace -> name of a service -> its pods. */
  readonly #followed = new Map<string, Map<string, Followed>>();
  /** Key of a pod -> those who follow it. */
  readonly #followers = new Map<string, readonly Followed[]>();

  constructor(context: ComponentContext) {
    this.#context = context;
    context.watcher.watch(PODS, (change) => this.#note(change));
    // Endpoints tell the zones of nodes.
    context.watcher.watch(NODES, ({ type, object, previous }) => {
      const moved = object.metadata.labels?.[ZONE_LABEL] !== previous?.metadata.labels?.[ZONE_LABEL];
      if (type !== "MODIFIED" || moved) this.#forgetLooks();
    });
  }

  /** How many pods a service selects. */
  count(service: Service): number {
    return this.#follow(service).podKeys.size;
  }

  /** What changed since the last look that was `done`. */
  look(service: Service): Look {
    const { podKeys, changed } = this.#follow(service);
    const { namespace } = service.metadata;
    const keys = changed === undefined ? podKeys : [...changed].map((name) => joinKey(namespace, name));
    const pods: Pod[] = [];
    const gone: string[] = [];
    for (const key of keys) {
      const pod = podKeys.has(key) ? this.#context.cache.get(PODS, key) : undefined;
      if (pod === undefined) gone.push(splitKey(key).name);
      else pods.push(pod);
    }
    return { pods, gone, changed: (name) => changed?.has(name) ?? true, all: changed === undefined };
  }

  /** All that the last look gave was dealt with. */
  done(service: Service): void {
    this.#follow(service).changed = new Set();
  }

  /** The next look is at all pods: what was made of them is no longer there. */
  lookAgain(service: Service): void {
    this.#follow(service).changed = undefined;
  }

  forget(namespace: string, name: string): void {
    const services = this.#followed.get(namespace);
    const followed = services?.get(name);
    if (followed !== undefined) for (const key of followed.podKeys) this.#drop(key, followed);
    services?.delete(name);
    if (services?.size === 0) this.#followed.delete(namespace);
  }

  #follow(service: Service): Followed {
    const { name, namespace = "" } = service.metadata;
    const { selector } = service.spec;
    const known = this.#followed.get(namespace)?.get(name);
    if (known !== undefined && (known.selector === selector || equalJson(known.selector, selector))) return known;
    this.forget(namespace, name);
    const followed: Followed = { selector, podKeys: new Set(), changed: undefined };
    for (const pod of this.#context.cache.byIndex(PODS, "namespace", namespace)) {
      if (selects(selector, pod.metadata.labels)) this.#take(keyOf(pod), followed);
    }
    const services = this.#followed.get(namespace);
    if (services === undefined) this.#followed.set(namespace, new Map([[name, followed]]));
    else services.set(name, followed);
    return followed;
  }

  #take(key: string, followed: Followed): void {
    followed.podKeys.add(key);
    this.#followers.set(key, [...(this.#followers.get(key) ?? []), followed]);
  }

  #drop(key: string, followed: Followed): void {
    followed.podKeys.delete(key);
    const others = this.#followers.get(key)?.filter((other) => other !== followed) ?? [];
    if (others.length === 0) this.#followers.delete(key);
    else this.#followers.set(key, others);
  }

  #note({ type, object, previous }: Change<Pod>): void {
    const { name, namespace = "" } = object.metadata;
    const key = keyOf(object);
    for (const { changed } of this.#followers.get(key) ?? []) changed?.add(name);
    const labels = object.metadata.labels;
    if (type === "MODIFIED" && (previous?.metadata.labels === labels || equalJson(previous?.metadata.labels, labels))) {
      return;
    }
    for (const followed of this.#followed.get(namespace)?.values() ?? []) {
      const selected = type !== "DELETED" && selects(followed.selector, labels);
      if (selected === followed.podKeys.has(key)) continue;
      if (selected) this.#take(key, followed);
      else this.#drop(key, followed);
      followed.changed?.add(name);
    }
  }

  #forgetLooks(): void {
    for (const services of this.#followed.values()) {
      for (const followed of services.values()) followed.changed = undefined;
    }
  }
}
