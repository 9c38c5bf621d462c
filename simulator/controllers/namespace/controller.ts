import { NAMESPACES, type Namespace } from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { deletionConditions } from "./conditions.ts";
import { deleteContent } from "./content.ts";

/** Between a change of a namespace and the look at it: late writes of others are let in first. */
const DELAY_MS = 5_000;
const MIN_RETRY_MS = 5;
const MAX_RETRY_MS = 60_000;
const FINALIZER = "kubernetes";

// Models pkg/controller/namespace
/** Empties deleted namespaces and lets them go. Keys are names of namespaces. */
export const namespaceController: Controller = {
  name: "namespace-controller",
  watches: [
    watchRule(NAMESPACES, ({ type, object }) =>
      type === "DELETED" || object.metadata.deletionTimestamp === undefined ? [] : [object.metadata.name],
    ),
  ],
  create: (context) => new NamespaceReconciler(context),
};

/** A namespace in deletion: the version last seen, when to look at it next, and how often that failed in a row. */
interface Plan {
  readonly version: string;
  readonly dueMs: number;
  readonly failures: number;
}

class NamespaceReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #plans = new Map<string, Plan>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  reconcile(name: string): Outcome {
    const { cache, nowMs } = this.#context;
    const namespace = cache.get(NAMESPACES, name);
    if (namespace?.metadata.deletionTimestamp === undefined) {
      this.#plans.delete(name);
      return undefined;
    }
    const plan = this.#planned(namespace);
    if (nowMs < plan.dueMs) return { againAfterMs: plan.dueMs - nowMs };
    const next = this.#sync(namespace, plan);
    if (next === undefined) this.#plans.delete(name);
    else this.#plans.set(name, next);
    return next && { againAfterMs: next.dueMs - nowMs };
  }

  save(): JsonObject {
    return { plans: [...this.#plans].map(([name, { version, dueMs, failures }]) => [name, version, dueMs, failures]) };
  }

  load(state: JsonObject): void {
    for (const [name, version, dueMs, failures] of state.plans as [string, string, number, number][]) {
      this.#plans.set(name, { version, dueMs, failures });
    }
  }

  /** The plan, with a change of the namespace taken in: it asks for a look after the delay, if none comes sooner. */
  #planned({ metadata: { name, resourceVersion } }: Namespace): Plan {
    const known = this.#plans.get(name);
    if (known?.version === resourceVersion) return known;
    const dueMs = this.#context.nowMs + DELAY_MS;
    const plan: Plan = {
      version: resourceVersion,
      dueMs: known === undefined ? dueMs : Math.min(known.dueMs, dueMs),
      failures: known?.failures ?? 0,
    };
    this.#plans.set(name, plan);
    return plan;
  }

  // Models namespaced_resources_deleter.go Delete, and the worker's delays
  /** One pass; what to do next, undefined when the namespace was let go. */
  #sync(namespace: Namespace, plan: Plan): Plan | undefined {
    const { client, now, nowMs } = this.#context;
    const { estimateSeconds, remains } = deleteContent(this.#context, namespace);
    const failed = (): Plan => {
      const delayMs = Math.min(MIN_RETRY_MS * 2 ** Math.min(plan.failures, 20), MAX_RETRY_MS);
      return { ...plan, dueMs: nowMs + delayMs, failures: plan.failures + 1 };
    };
    const conditions = deletionConditions(namespace.status.conditions, remains, now);
    const status = { ...namespace.status, phase: "Terminating", conditions };
    const told = client.updateStatus(NAMESPACES, { ...namespace, status });
    if (!told.ok || remains.errors.length > 0) return failed();
    if (estimateSeconds > 0) {
      return { ...plan, dueMs: nowMs + (Math.floor(estimateSeconds / 2) + 1) * 1000, failures: 0 };
    }
    const { spec } = told.value;
    const finalizers = spec.finalizers?.filter((finalizer) => finalizer !== FINALIZER);
    return client.finalize(NAMESPACES, { ...told.value, spec: { ...spec, finalizers } }).ok ? undefined : failed();
  }
}
