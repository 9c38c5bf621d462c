import type { Cache } from "../../api/client.ts";
import { keyOf } from "../../api/object.ts";
import { PODS, type Pod, SERVICES, type Service } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { equalJson } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { isPodReady, isPodTerminal } from "./pods.ts";

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
}

/** Which pods each service selects, kept by watching: a namespace's pods are looked through once a service. */
export class ServicePods {
  readonly #context: ComponentContext;
  /** Namespace -> name of a service -> its pods. */
  readonly #followed = new Map<string, Map<string, Followed>>();

  constructor(context: ComponentContext) {
    this.#context = context;
    context.watcher.watch(PODS, (change) => this.#note(change));
  }

  /** The pods that a service selects now, in no order to rely on. */
  of(service: Service): Pod[] {
    const { cache } = this.#context;
    const pods: Pod[] = [];
    for (const key of this.#follow(service).podKeys) {
      const pod = cache.get(PODS, key);
      if (pod !== undefined) pods.push(pod);
    }
    return pods;
  }

  count(service: Service): number {
    return this.#follow(service).podKeys.size;
  }

  forget(namespace: string, name: string): void {
    const services = this.#followed.get(namespace);
    services?.delete(name);
    if (services?.size === 0) this.#followed.delete(namespace);
  }

  #follow(service: Service): Followed {
    const { name, namespace = "" } = service.metadata;
    const { selector } = service.spec;
    let services = this.#followed.get(namespace);
    if (services === undefined) {
      services = new Map();
      this.#followed.set(namespace, services);
    }
    const known = services.get(name);
    if (known !== undefined && (known.selector === selector || equalJson(known.selector, selector))) return known;
    const followed: Followed = { selector, podKeys: new Set() };
    for (const pod of this.#context.cache.byIndex(PODS, "namespace", namespace)) {
      if (selects(selector, pod.metadata.labels)) followed.podKeys.add(keyOf(pod));
    }
    services.set(name, followed);
    return followed;
  }

  #note({ type, object, previous }: Change<Pod>): void {
    if (type === "MODIFIED" && previous?.metadata.labels === object.metadata.labels) return;
    const services = this.#followed.get(object.metadata.namespace ?? "");
    if (services === undefined) return;
    const key = keyOf(object);
    for (const { selector, podKeys } of services.values()) {
      if (type !== "DELETED" && selects(selector, object.metadata.labels)) podKeys.add(key);
      else podKeys.delete(key);
    }
  }
}
