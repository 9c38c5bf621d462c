import { keyOf } from "../../api/object.ts";
import { SERVICES, type Service } from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";

const FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
/** A cloud takes its time; ours less than most. */
const SETS_UP_MS = 3000;
/** 203.0.113.0/24 is set aside for documents: nobody's own address is in it. */
const NETWORK = "203.0.113.";
const FIRST = 10;
const LAST = 250;

// Models staging k8s.io/cloud-provider controllers/service
/**
 * Stands for a cloud: gives addresses to services of type LoadBalancer, and takes them back. Services with a class of
 * load balancers are left to others. Only in clusters that ask for it (`ClusterOptions.loadBalancers`).
 */
export const loadBalancerController: Controller = {
  name: "service-lb-controller",
  eventSource: "service-controller",
  watches: [watchRule(SERVICES, ({ object }) => (isOurs(object) || hasFinalizer(object) ? [keyOf(object)] : []))],
  create: (context) => new LoadBalancerReconciler(context),
};

const hasFinalizer = ({ metadata }: Service): boolean => metadata.finalizers?.includes(FINALIZER) === true;

function isOurs({ spec, metadata }: Service): boolean {
  return spec.type === "LoadBalancer" && !spec.loadBalancerClass && metadata.deletionTimestamp === undefined;
}

class LoadBalancerReconciler implements Reconciler {
  readonly #context: ComponentContext;
  /** Since when load balancers are being set up, by key of their service. */
  readonly #since = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return Object.fromEntries(this.#since);
  }

  load(state: JsonObject): void {
    for (const [key, sinceMs] of Object.entries(state)) this.#since.set(key, sinceMs as number);
  }

  reconcile(key: string): Outcome {
    const service = this.#context.cache.get(SERVICES, key);
    if (service === undefined || !isOurs(service)) {
      this.#since.delete(key);
      return service !== undefined && hasFinalizer(service) ? this.#takeBack(service) : undefined;
    }
    if ((service.status?.loadBalancer?.ingress?.length ?? 0) > 0) {
      this.#since.delete(key);
      return undefined;
    }
    return this.#setUp(key, service);
  }

  #setUp(key: string, service: Service): Outcome {
    const { client, nowMs } = this.#context;
    const since = this.#since.get(key);
    if (since === undefined) {
      this.#since.set(key, nowMs);
      this.#event(service, "EnsuringLoadBalancer", "Ensuring load balancer");
    }
    if (!hasFinalizer(service)) {
      const finalizers = [...(service.metadata.finalizers ?? []), FINALIZER];
      const updated = client.update(SERVICES, { ...service, metadata: { ...service.metadata, finalizers } });
      if (!updated.ok) return { failed: updated.error };
    }
    const leftMs = (since ?? nowMs) + SETS_UP_MS - nowMs;
    if (leftMs > 0) return { againAfterMs: leftMs };
    const ip = this.#freeAddress(service.spec.loadBalancerIP);
    if (ip === undefined) {
      const message = "Error syncing load balancer: failed to ensure load balancer: no address is free";
      this.#context.recordEvent(service, { type: "Warning", reason: "SyncLoadBalancerFailed", message });
      return { againAfterMs: 60_000 };
    }
    const status = { ...service.status, loadBalancer: { ingress: [{ ip, ipMode: "VIP" }] } };
    const updated = client.updateStatus(SERVICES, { ...service, status });
    if (!updated.ok) return { failed: updated.error };
    this.#event(service, "EnsuredLoadBalancer", "Ensured load balancer");
    return undefined;
  }

  #takeBack(service: Service): Outcome {
    const { client } = this.#context;
    this.#event(service, "DeletingLoadBalancer", "Deleting load balancer");
    let latest = service;
    if ((service.status?.loadBalancer?.ingress?.length ?? 0) > 0) {
      const cleared = client.updateStatus(SERVICES, { ...service, status: { ...service.status, loadBalancer: {} } });
      if (!cleared.ok) return { failed: cleared.error };
      latest = cleared.value;
    }
    const finalizers = latest.metadata.finalizers?.filter((each) => each !== FINALIZER);
    const updated = client.update(SERVICES, { ...latest, metadata: { ...latest.metadata, finalizers } });
    if (!updated.ok && updated.error.code !== 404) return { failed: updated.error };
    this.#event(service, "DeletedLoadBalancer", "Deleted load balancer");
    return undefined;
  }

  /** The address asked for when it is free, or the first free one. */
  #freeAddress(wanted: string | undefined): string | undefined {
    const taken = new Set<string>();
    for (const { status } of this.#context.cache.list(SERVICES)) {
      for (const { ip } of status?.loadBalancer?.ingress ?? []) if (ip !== undefined) taken.add(ip);
    }
    if (wanted?.startsWith(NETWORK) && !taken.has(wanted)) return wanted;
    for (let last = FIRST; last <= LAST; last++) if (!taken.has(`${NETWORK}${last}`)) return `${NETWORK}${last}`;
    return undefined;
  }

  #event(service: Service, reason: string, message: string): void {
    this.#context.recordEvent(service, { type: "Normal", reason, message });
  }
}
