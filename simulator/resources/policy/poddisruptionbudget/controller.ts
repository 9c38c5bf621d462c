import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { labelSelectorMatches } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { POD_DISRUPTION_BUDGETS, PODS, type Pod, type PodDisruptionBudget } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { budgetsOf, disruptionConditions, isConditionUpToDate } from "../../../api/subresources/disruption-budget.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { withPodCondition } from "../../../controllers/shared/pod-condition.ts";
import { isPodReady, isPodTerminal, podCondition } from "../../../controllers/shared/pods.ts";
import { type Expected, expectedOf } from "./controller-expected.ts";

type BudgetStatus = PodDisruptionBudget["status"];
type Disrupted = NonNullable<BudgetStatus["disruptedPods"]>;

/** A pod whose eviction was granted and that is not being deleted by then counts again. */
const DELETION_TIMEOUT_MS = 120_000;
/** A pod that says it is to go, and stays, takes it back after this. */
const STALE_DISRUPTION_MS = 120_000;
/** All pods of a budget are looked at: of 10,000, every 50 ms at most. */
const PODS_PER_MS = 200;
/** Keys of pods; no namespace begins so. */
const SEVERAL_KEY = "several:";
const STALE_KEY = "stale:";

// Models pkg/controller/disruption
export const disruptionController: Controller = {
  name: "disruption-controller",
  eventSource: "controllermanager",
  watches: [
    watchRule(POD_DISRUPTION_BUDGETS, ({ object }) => [keyOf(object)]),
    watchRule(PODS, budgetsOfPod),
    watchRule(PODS, ({ type, object }) =>
      type !== "DELETED" && disruptedSince(object) !== undefined ? [`${STALE_KEY}${keyOf(object)}`] : [],
    ),
  ],
  create: (context) => new DisruptionReconciler(context),
};

/** The budget that guards a pod, or did; where there are several, the first one, and the pod to tell so. */
function budgetsOfPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  const { namespace = "" } = object.metadata;
  if (cache.countByIndex(POD_DISRUPTION_BUDGETS, "namespace", namespace) === 0) return [];
  if (type === "MODIFIED" && previous !== undefined && !countsOtherwise(object, previous)) return [];
  const budgets = budgetsOf(object, cache.byIndex(POD_DISRUPTION_BUDGETS, "namespace", namespace));
  const keys = budgets.map((budget) => keyOf(budget)).sort();
  return keys.length > 1 && type !== "DELETED" ? [...keys, `${SEVERAL_KEY}${keyOf(object)}`] : keys;
}

function countsOtherwise(pod: Pod, before: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    !equalJson(pod.metadata.labels, before.metadata.labels) ||
    controllerOf(pod)?.uid !== controllerOf(before)?.uid ||
    isPodReady(pod) !== isPodReady(before)
  );
}

// Models pkg/controller/disruption nonTerminatingPodHasStaleDisruptionCondition
/** Since when a pod that is there to stay says that it is to go; the kubelet's word stands. */
function disruptedSince(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return undefined;
  const condition = podCondition(pod, "DisruptionTarget");
  if (condition?.status !== "True" || condition.reason === "TerminationByKubelet") return undefined;
  return condition.lastTransitionTime;
}

class DisruptionReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #pace = new Pace(PODS_PER_MS);

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return { pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#pace.load(state.pace as JsonObject);
  }

  reconcile(key: string): Outcome {
    if (key.startsWith(SEVERAL_KEY)) return this.#warn(key.slice(SEVERAL_KEY.length));
    if (key.startsWith(STALE_KEY)) return this.#takeBack(key.slice(STALE_KEY.length));
    const { cache, nowMs } = this.#context;
    const budget = cache.get(POD_DISRUPTION_BUDGETS, key);
    if (budget === undefined) {
      this.#pace.forget(key);
      return undefined;
    }
    const { namespace = "", generation } = budget.metadata;
    const count = cache.countByIndex(PODS, "namespace", namespace);
    const waitMs = budget.status.observedGeneration === generation ? this.#pace.msUntil(key, count, nowMs) : 0;
    if (waitMs > 0) return { againAfterMs: waitMs };
    this.#pace.looked(key, count, nowMs);
    return this.#sync(budget);
  }

  // Models pkg/controller/disruption trySync
  #sync(budget: PodDisruptionBudget): Outcome {
    const { cache } = this.#context;
    const pods = [...cache.byIndex(PODS, "namespace", budget.metadata.namespace ?? "")].filter((pod) =>
      labelSelectorMatches(budget.spec.selector, pod.metadata.labels),
    );
    if (pods.length === 0) this.#tell(budget, "Normal", "NoPods", "No matching pods found");
    const expected = expectedOf(budget, pods, cache, this.#context.resources());
    if (!expected.ok) {
      const message = `Failed to calculate the number of expected pods: ${expected.error}`;
      this.#tell(budget, "Warning", "CalculateExpectedPodCountFailed", message);
      return outcome(this.#failSafe(budget, expected.error));
    }
    if (expected.value.unmanaged.length > 0) this.#tell(budget, "Warning", "UnmanagedPods", unmanagedText(budget));
    const { disrupted, recheckMs } = this.#stillGoing(budget, pods);
    const healthy = pods.filter((pod) => {
      if (pod.metadata.deletionTimestamp !== undefined || disrupted[pod.metadata.name] !== undefined) return false;
      return isPodReady(pod);
    });
    const failed = this.#write(budget, expected.value, healthy.length, disrupted);
    return failed === undefined && recheckMs !== undefined ? { againAfterMs: recheckMs } : outcome(failed);
  }

  // Models pkg/controller/disruption buildDisruptedPodMap
  /** The pods whose eviction was granted a short while ago and that are not being deleted yet. */
  #stillGoing({ status, metadata }: PodDisruptionBudget, pods: readonly Pod[]) {
    const { nowMs, parseMs } = this.#context;
    const disrupted: { [name: string]: string } = {};
    let recheckMs: number | undefined;
    for (const pod of pods) {
      const since = status.disruptedPods?.[pod.metadata.name];
      if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const leftMs = parseMs(since) + DELETION_TIMEOUT_MS - nowMs;
      if (leftMs > 0) {
        disrupted[pod.metadata.name] = since;
        recheckMs = Math.min(leftMs, recheckMs ?? leftMs);
        continue;
      }
      // Upstream names the namespace twice.
      const message = `Pod was expected by PDB ${metadata.namespace}/${metadata.namespace} to be deleted but it wasn't`;
      this.#context.recordEvent(pod, { type: "Warning", reason: "NotDeleted", message });
    }
    return { disrupted, recheckMs };
  }

  // Models pkg/controller/disruption updatePdbStatus
  #write(
    budget: PodDisruptionBudget,
    { expectedPods, desiredHealthy }: Expected,
    currentHealthy: number,
    disruptedPods: Disrupted,
  ): Status | undefined {
    const { generation } = budget.metadata;
    const spare = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const counts = {
      disruptionsAllowed: spare,
      currentHealthy,
      desiredHealthy,
      expectedPods,
      ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
      ...(generation && { observedGeneration: generation }),
    };
    const { conditions = [], ...had } = budget.status;
    if (equalJson(had, counts) && isConditionUpToDate(budget)) return undefined;
    const status = { ...counts, conditions };
    return this.#put(budget, { ...counts, conditions: disruptionConditions({ status, now: this.#context.now }) });
  }

  // Models pkg/controller/disruption failSafe
  /** What is not known is not allowed. */
  #failSafe(budget: PodDisruptionBudget, message: string): Status | undefined {
    const status = { ...budget.status, disruptionsAllowed: 0 };
    const { now } = this.#context;
    return this.#put(budget, {
      ...status,
      conditions: disruptionConditions({ status, reason: "SyncFailed", message, now }),
    });
  }

  #put(budget: PodDisruptionBudget, status: BudgetStatus): Status | undefined {
    const written = this.#context.client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status });
    return written.ok || written.error.code === 404 ? undefined : written.error;
  }

  #tell(budget: PodDisruptionBudget, type: "Normal" | "Warning", reason: string, message: string): void {
    this.#context.recordEvent(budget, { type, reason, message });
  }

  // Models pkg/controller/disruption getPdbForPod
  #warn(key: string): Outcome {
    const { cache } = this.#context;
    const pod = cache.get(PODS, key);
    if (pod === undefined) return undefined;
    const { name, namespace = "" } = pod.metadata;
    const budgets = budgetsOf(pod, cache.byIndex(POD_DISRUPTION_BUDGETS, "namespace", namespace));
    const [first, ...others] = budgets.map(({ metadata }) => metadata.name).sort();
    if (others.length === 0) return undefined;
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first}" arbitrarily.`;
    this.#context.recordEvent(pod, { type: "Warning", reason: "MultiplePodDisruptionBudgets", message });
    return undefined;
  }

  // Models pkg/controller/disruption syncStalePodDisruption
  #takeBack(key: string): Outcome {
    const { cache, client, nowMs, parseMs, now } = this.#context;
    const pod = cache.get(PODS, key);
    const since = pod && disruptedSince(pod);
    if (pod === undefined || since === undefined) return undefined;
    const leftMs = parseMs(since) + STALE_DISRUPTION_MS - nowMs;
    if (leftMs > 0) return { againAfterMs: leftMs };
    const { generation } = pod.metadata;
    const condition = {
      type: "DisruptionTarget",
      status: "False",
      ...(generation && { observedGeneration: generation }),
    };
    const conditions = withPodCondition(pod, condition, now);
    if (conditions === undefined) return undefined;
    const written = client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } });
    return written.ok || written.error.code === 404 ? undefined : { failed: written.error };
  }
}

function outcome(failed: Status | undefined): Outcome {
  return failed === undefined ? undefined : { failed };
}

function unmanagedText({ spec }: PodDisruptionBudget): string {
  const selector = goSelector(spec.selector);
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the ` +
    "status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these " +
    'pods please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}

/** A selector as Go prints one in text. */
function goSelector(selector: PodDisruptionBudget["spec"]["selector"]): string {
  if (selector === undefined) return "nil";
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const labels = Object.entries(matchLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(" ")}],},`,
  );
  const list = `[]LabelSelectorRequirement{${expressions.join("")}}`;
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join("")}},MatchExpressions:${list},}`;
}
