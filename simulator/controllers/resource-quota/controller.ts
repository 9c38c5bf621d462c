import type { Quantity } from "../../api/meta/quantity.ts";
import { ZERO_QUANTITY } from "../../api/meta/quantity.ts";
import { timeOf } from "../../api/meta/time.ts";
import { keyOf } from "../../api/object.ts";
import { isInScope } from "../../api/quota/scopes.ts";
import { addAmounts, amountsOf, isCharged, listOf, usageOf } from "../../api/quota/usage.ts";
import { PODS, type Pod, RESOURCE_QUOTAS, type ResourceQuota } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { equalJson } from "../../base/json.ts";
import type { ComponentContext, ServedResource } from "../../controller-runtime/component.ts";
import {
  type Controller,
  type Outcome,
  type Reconciler,
  type WatchRule,
  watchRule,
} from "../../controller-runtime/controller.ts";

/** Everything is counted anew so often: what was charged for and came to nothing is given back then. */
const RESYNC_MS = 5 * 60_000;
/** There are many of them, and nobody limits them. */
const IGNORED = "events";

// Models pkg/controller/resourcequota
/** Counts what the objects of a namespace use and writes it into its quotas. Keys are keys of quotas. */
export const resourceQuotaController: Controller = {
  name: "resourcequota-controller",
  watches: [
    watchRule(RESOURCE_QUOTAS, ({ type, object, previous }) =>
      type === "ADDED" || (type === "MODIFIED" && !equalJson(object.spec, previous?.spec)) ? [keyOf(object)] : [],
    ),
  ],
  create: (context) => new ResourceQuotaReconciler(context),
};

class ResourceQuotaReconciler implements Reconciler {
  readonly #context: ComponentContext;

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  /** Whatever has a namespace can be counted, custom resources as well. */
  watchEach({ ref, namespaced }: ServedResource): WatchRule | undefined {
    if (!namespaced || ref.plural === IGNORED) return undefined;
    return { of: ref, keys: (change) => this.#replenished(ref.id, change) };
  }

  start(): void {
    this.#context.send({ tick: true }, RESYNC_MS);
  }

  tick(): void {
    this.#context.because("full resync");
    this.#context.send({ tick: true }, RESYNC_MS);
    for (const quota of [...this.#context.cache.list(RESOURCE_QUOTAS)]) this.#sync(quota);
  }

  reconcile(key: string): Outcome {
    const quota = this.#context.cache.get(RESOURCE_QUOTAS, key);
    return quota && this.#sync(quota);
  }

  /** The quotas that have room again after a change: something went, or a pod ended. */
  #replenished(resource: string, { type, object, previous }: Change): readonly string[] {
    if (type === "ADDED" || (type === "MODIFIED" && resource !== PODS.id)) return [];
    const now = this.#nowEpochMs();
    const isOver = type === "DELETED" || (isCharged(previous as Pod, now) && !isCharged(object as Pod, now));
    if (!isOver) return [];
    return [...this.#context.cache.byIndex(RESOURCE_QUOTAS, "namespace", object.metadata.namespace ?? "")].map(keyOf);
  }

  // Models syncResourceQuota
  #sync(quota: ResourceQuota): Outcome {
    const hard = quota.spec.hard ?? {};
    const used = listOf(this.#used(quota));
    const { status } = quota;
    if (status.used && equalJson(status.hard, hard) && equalJson(status.used, used)) return undefined;
    const written = this.#context.client.updateStatus(RESOURCE_QUOTAS, { ...quota, status: { hard, used } });
    return written.ok || written.error.code === 404 ? undefined : { failed: written.error };
  }

  #used(quota: ResourceQuota): ReadonlyMap<string, Quantity> {
    const { cache } = this.#context;
    const now = this.#nowEpochMs();
    const namespace = quota.metadata.namespace ?? "";
    const names = Object.keys(quota.spec.hard ?? {});
    const used = new Map(names.map((name) => [name, ZERO_QUANTITY]));
    for (const { ref, namespaced } of this.#context.resources()) {
      if (!namespaced || !names.some((name) => concerns(name, ref.id))) continue;
      for (const object of cache.byIndex(ref, "namespace", namespace)) {
        if (isInScope(quota, ref.id, object)) addAmounts(used, usageOf(ref.id, object, now));
      }
    }
    const limited = amountsOf(quota.spec.hard);
    return new Map([...used].filter(([name]) => limited.has(name)));
  }

  #nowEpochMs(): number {
    return timeOf(this.#context.now) ?? 0;
  }
}

/** Whether objects of a resource can use what a quota limits; what is no count is used by pods, services and claims. */
function concerns(name: string, resource: string): boolean {
  if (name.startsWith("count/")) return name === `count/${resource}`;
  if (name === "services" || name.startsWith("services.")) return resource === "services";
  const isClaims = name.endsWith("persistentvolumeclaims") || name.endsWith("requests.storage");
  if (isClaims) return resource === "persistentvolumeclaims";
  return resource === name || resource === PODS.id;
}
