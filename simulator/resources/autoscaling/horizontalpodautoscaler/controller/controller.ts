import type { Kind } from "../../../../api/kind.ts";
import { matchesLabels, type Selector } from "../../../../api/meta/labels.ts";
import { quantityOf, toFloat } from "../../../../api/meta/quantity.ts";
import { parseLabelSelector } from "../../../../api/meta/selector-parser.ts";
import { type KubeObject, keyOf } from "../../../../api/object.ts";
import { HORIZONTAL_POD_AUTOSCALERS, type HorizontalPodAutoscaler, PODS, type Pod } from "../../../../api/refs.ts";
import type { V2MetricStatus } from "../../../../api/schema/generated/types.ts";
import { equalJson, type JsonObject } from "../../../../base/json.ts";
import { fail, ok, type Result } from "../../../../base/result.ts";
import type { ComponentContext, Waiting } from "../../../../controller-runtime/component.ts";
import {
  type Controller,
  type Outcome,
  type Reconciler,
  watchRule,
} from "../../../../controller-runtime/controller.ts";
import type { MetricsSource } from "../metrics-source.ts";
import { heldUntilMs, type Memory, normalized, rememberScale, type Verdict } from "./limits.ts";
import { type MetricFailure, proposalOf } from "./metric-proposals.ts";
import { type Target, targetOf } from "./target.ts";

/** The setting horizontal-pod-autoscaler-sync-period. */
const SYNC_MS = 15_000;
/** The setting horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1;

/** What the controller needs besides the API: metrics, and what can be scaled. */
export interface AutoscalerPorts {
  readonly metrics: MetricsSource;
  readonly kinds: { readonly all: readonly Kind[] };
}

// Models pkg/controller/podautoscaler horizontal.go
/** Sets the sizes of workloads by what their pods use. Every autoscaler is looked at once in 15 s. */
export function horizontalPodAutoscalerController(ports: AutoscalerPorts): Controller {
  return {
    name: "horizontal-pod-autoscaler",
    watches: [watchRule(HORIZONTAL_POD_AUTOSCALERS, ({ object }) => [keyOf(object)], SYNC_MS)],
    create: (context) => new AutoscalerReconciler(context, ports),
  };
}

type Status = HorizontalPodAutoscaler["status"];
type Condition = NonNullable<Status["conditions"]>[number];

/** One look at an autoscaler: its status as it comes to be. */
interface Look {
  readonly object: HorizontalPodAutoscaler;
  readonly memory: Memory;
  conditions: readonly Condition[];
}

/** What the metrics ask for; `name` of the one that asks for most. */
interface Wanted {
  readonly replicas: number;
  readonly name: string;
  readonly statuses: readonly V2MetricStatus[];
}

class AutoscalerReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #ports: AutoscalerPorts;
  readonly #memories = new Map<string, Memory>();

  constructor(context: ComponentContext, ports: AutoscalerPorts) {
    this.#context = context;
    this.#ports = ports;
  }

  waits(resource: string, key: string): readonly Waiting[] {
    const { cache, nowMs } = this.#context;
    const object = resource === HORIZONTAL_POD_AUTOSCALERS.id ? cache.get(HORIZONTAL_POD_AUTOSCALERS, key) : undefined;
    const memory = this.#memories.get(key);
    const isHeld = object?.status.conditions?.some(({ reason }) => reason === "ScaleDownStabilized");
    const untilMs = isHeld && object && memory ? heldUntilMs(object.spec, memory, nowMs) : undefined;
    if (untilMs === undefined) return [];
    const message =
      "It asks for fewer replicas, and keeps to a higher recommendation from before until that is too old.";
    return [{ reason: "Stabilization", message, untilMs }];
  }

  save(): JsonObject {
    return Object.fromEntries(this.#memories) as unknown as JsonObject;
  }

  load(state: JsonObject): void {
    for (const [key, memory] of Object.entries(state)) {
      const { recommendations, ups, downs } = memory as unknown as Memory;
      this.#memories.set(key, { recommendations, ups, downs });
    }
  }

  reconcile(key: string): Outcome {
    const object = this.#context.cache.get(HORIZONTAL_POD_AUTOSCALERS, key);
    if (object === undefined) {
      this.#memories.delete(key);
      return undefined;
    }
    const memory = this.#memories.get(key) ?? { recommendations: [], ups: [], downs: [] };
    this.#memories.set(key, memory);
    this.#look({ object, memory, conditions: object.status.conditions ?? [] });
    return { againAfterMs: SYNC_MS };
  }

  #look(look: Look): void {
    const { object, memory } = look;
    const target = targetOf(this.#context.cache, this.#ports.kinds.all, object);
    if (!target.ok) {
      this.#event(object, "Warning", "FailedGetScale", target.error);
      const message = `the HPA controller was unable to get the target's current scale: ${target.error}`;
      this.#condition(look, "AbleToScale", false, { reason: "FailedGetScale", message });
      this.#write(look, object.status);
      return;
    }
    this.#condition(look, "AbleToScale", true, {
      reason: "SucceededGetScale",
      message: "the HPA controller was able to get the target's current scale",
    });
    const current = target.value.replicas;
    if (memory.recommendations.length === 0) {
      memory.recommendations = [{ replicas: current, atMs: this.#context.nowMs }];
    }
    const { minReplicas: minimum = 1, maxReplicas: maximum } = object.spec;
    if (current === 0 && minimum !== 0) {
      const message = "scaling is disabled since the replica count of the target is zero";
      this.#condition(look, "ScalingActive", false, { reason: "ScalingDisabled", message });
      this.#settle(look, current, current, undefined);
    } else if (current > maximum) {
      this.#rescale(look, target.value, maximum, "Current number of replicas above Spec.MaxReplicas", undefined);
    } else if (current < minimum) {
      this.#rescale(look, target.value, minimum, "Current number of replicas below Spec.MinReplicas", undefined);
    } else this.#measure(look, target.value, minimum);
  }

  #measure(look: Look, target: Target, minimum: number): void {
    const { spec } = look.object;
    const current = target.replicas;
    const wanted = this.#wanted(look, target);
    if (!wanted.ok) {
      const { statuses, message } = wanted.error;
      this.#write(look, {
        ...look.object.status,
        currentReplicas: current,
        ...(statuses && { currentMetrics: statuses }),
      });
      this.#event(look.object, "Warning", "FailedComputeMetricsReplicas", message);
      return;
    }
    const { replicas, name, statuses } = wanted.value;
    const reason = replicas > current ? `${name} above target` : replicas < current ? "All metrics below target" : "";
    const sizes = { current, wanted: replicas, minimum, maximum: spec.maxReplicas };
    const { able, limited, replicas: final } = normalized(spec, look.memory, sizes, this.#context.nowMs);
    this.#condition(look, "AbleToScale", true, able);
    this.#condition(look, "ScalingLimited", limited.isLimited, limited);
    if (final === current) this.#settle(look, current, current, statuses);
    else this.#rescale(look, target, final, reason, statuses);
  }

  // Models horizontal.go computeReplicasForMetrics
  #wanted(
    look: Look,
    target: Target,
  ): Result<Wanted, { readonly statuses?: readonly V2MetricStatus[]; readonly message: string }> {
    const pods = this.#podsOf(look, target);
    if (!pods.ok) return fail({ message: pods.error });
    const { spec, metadata } = look.object;
    const question = {
      source: this.#ports.metrics,
      namespace: metadata.namespace ?? "",
      ...pods.value,
      currentReplicas: target.replicas,
      statusReplicas: target.statusReplicas,
      tolerances: { scaleUp: toleranceOf(spec.behavior?.scaleUp), scaleDown: toleranceOf(spec.behavior?.scaleDown) },
      nowMs: this.#context.nowMs,
      parseMs: (time: string) => this.#context.parseMs(time),
    };
    let best = { replicas: 0, name: "" };
    let failures = 0;
    let first: MetricFailure | undefined;
    const metrics = spec.metrics ?? [];
    const statuses = metrics.map((metric): V2MetricStatus => {
      const answer = proposalOf(metric, question);
      if (!answer.ok) {
        this.#event(look.object, "Warning", answer.error.reason, answer.error.message);
        first ??= answer.error;
        failures++;
        return { type: "" };
      }
      const { replicas, metric: name, status } = answer.value;
      if (best.name === "" || replicas > best.replicas) best = { replicas, name };
      return status;
    });
    // With some metric unknown, only growing is safe.
    if (first !== undefined && (failures >= metrics.length || best.replicas < target.replicas)) {
      const said = `the HPA was unable to compute the replica count: ${first.message}`;
      this.#condition(look, "ScalingActive", false, { reason: first.reason, message: said });
      const message = `invalid metrics (${failures} invalid out of ${metrics.length}), first error is: ${first.wrapped}`;
      return fail({ statuses, message });
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
    this.#condition(look, "ScalingActive", true, { reason: "ValidMetricFound", message });
    return ok({ ...best, statuses });
  }

  // Models horizontal.go validateAndParseSelector
  #podsOf(look: Look, { selector: text }: Target): Result<{ selector: Selector; pods: readonly Pod[] }, string> {
    const { object } = look;
    if (text === "") {
      this.#event(object, "Warning", "SelectorRequired", "selector is required");
      const message = "the HPA target's scale is missing a selector";
      this.#condition(look, "ScalingActive", false, { reason: "InvalidSelector", message });
      return fail("selector is required");
    }
    const selector = parseLabelSelector(text);
    if (!selector.ok) {
      const message = `couldn't convert selector into a corresponding internal selector object: ${selector.error}`;
      this.#event(object, "Warning", "InvalidSelector", message);
      this.#condition(look, "ScalingActive", false, { reason: "InvalidSelector", message });
      return fail(message);
    }
    const pods = this.#selected(object, selector.value);
    const rivals = this.#rivals(object, pods);
    if (rivals.length <= 1) return ok({ selector: selector.value, pods });
    const message = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(" ")}]`;
    this.#event(object, "Warning", "AmbiguousSelector", message);
    this.#condition(look, "ScalingActive", false, { reason: "AmbiguousSelector", message });
    return fail(message);
  }

  #selected({ metadata: { namespace = "" } }: HorizontalPodAutoscaler, selector: Selector): Pod[] {
    const pods: Pod[] = [];
    for (const pod of this.#context.cache.byIndex(PODS, "namespace", namespace)) {
      if (matchesLabels(selector, pod.metadata.labels)) pods.push(pod);
    }
    return pods;
  }

  /** The autoscalers, this one included, whose targets select some of these pods. */
  #rivals(object: HorizontalPodAutoscaler, pods: readonly Pod[]): readonly string[] {
    const { cache } = this.#context;
    const { namespace = "" } = object.metadata;
    const rivals: string[] = [];
    for (const other of cache.byIndex(HORIZONTAL_POD_AUTOSCALERS, "namespace", namespace)) {
      const target = other === object ? undefined : targetOf(cache, this.#ports.kinds.all, other);
      const selector = target?.ok ? parseLabelSelector(target.value.selector) : undefined;
      const selects = selector?.ok === true && target?.ok === true && target.value.selector !== "";
      const isRival = selects && pods.some(({ metadata }) => matchesLabels(selector.value, metadata.labels));
      if (other === object || isRival) rivals.push(keyOf(other));
    }
    return rivals;
  }

  #rescale(
    look: Look,
    target: Target,
    replicas: number,
    reason: string,
    statuses: readonly V2MetricStatus[] | undefined,
  ): void {
    const { object } = look;
    const updated = this.#context.client.update(target.ref, target.withReplicas(replicas) as KubeObject);
    if (!updated.ok) {
      const { message } = updated.error;
      const said = `New size: ${replicas}; reason: ${reason}; error: ${message}`;
      this.#event(object, "Warning", "FailedRescale", said);
      const text = `the HPA controller was unable to update the target scale: ${message}`;
      this.#condition(look, "AbleToScale", false, { reason: "FailedUpdateScale", message: text });
      this.#write(look, { ...object.status, currentReplicas: target.replicas });
      return;
    }
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    this.#condition(look, "AbleToScale", true, { reason: "SucceededRescale", message });
    this.#event(object, "Normal", "SuccessfulRescale", `New size: ${replicas}; reason: ${reason}`);
    rememberScale(object.spec, look.memory, target.replicas, replicas, this.#context.nowMs);
    this.#settle(look, target.replicas, replicas, statuses, this.#context.now);
  }

  #settle(
    look: Look,
    current: number,
    desired: number,
    statuses: readonly V2MetricStatus[] | undefined,
    scaledAt = look.object.status.lastScaleTime,
  ): void {
    this.#write(look, {
      ...(scaledAt !== undefined && { lastScaleTime: scaledAt }),
      ...(current !== 0 && { currentReplicas: current }),
      desiredReplicas: desired,
      ...(statuses && { currentMetrics: [...statuses] }),
    });
  }

  #write({ object, conditions }: Look, status: Status): void {
    const next: Status = { ...status, ...(conditions.length > 0 && { conditions }) };
    if (equalJson(next, object.status)) return;
    const updated = this.#context.client.updateStatus(HORIZONTAL_POD_AUTOSCALERS, { ...object, status: next });
    if (!updated.ok) this.#event(object, "Warning", "FailedUpdateStatus", updated.error.message);
  }

  #condition(look: Look, type: string, holds: boolean, { reason, message }: Verdict): void {
    const status = holds ? "True" : "False";
    const old = look.conditions.find((each) => each.type === type);
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : this.#context.now;
    const condition = { type, status, lastTransitionTime, reason, message } as Condition;
    look.conditions =
      old === undefined
        ? [...look.conditions, condition]
        : look.conditions.map((each) => (each === old ? condition : each));
  }

  #event(object: HorizontalPodAutoscaler, type: "Normal" | "Warning", reason: string, message: string): void {
    this.#context.recordEvent(object, { type, reason, message });
  }
}

function toleranceOf(rules: { readonly tolerance?: string } | undefined): number {
  return rules?.tolerance === undefined ? TOLERANCE : toFloat(quantityOf(rules.tolerance));
}
