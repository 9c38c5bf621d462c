import { deepFreeze } from "../../base/json.ts";
import { fail, ok } from "../../base/result.ts";
import { forbidden } from "../errors.ts";
import type { WriteContext } from "../kind.ts";
import { PODS, type Pod, PRIORITY_CLASSES, type PriorityClass } from "../refs.ts";
import type { PodSpec } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

interface Prioritised {
  readonly className: string;
  readonly value: number;
  readonly preemptionPolicy: string;
  readonly spec: PodSpec;
}

/** What was made of a spec last: pods of one template share it. */
const prioritised = new WeakMap<PodSpec, Prioritised>();

// Models plugin/pkg/admission/priority: a pod's class becomes a number, and preemption is allowed unless said otherwise.
export const priority: AdmissionPlugin = {
  name: "Priority",
  resources: ["pods"],
  verbs: ["create", "update"],
  mutate: ({ object, old, context }) => {
    const pod = object as Pod;
    if (old !== undefined) return ok(withPriorityOf(pod, old as Pod));
    const priorityClass = classOf(pod, context);
    if (priorityClass === undefined) {
      const why = `no PriorityClass with name ${pod.spec.priorityClassName} was found`;
      return fail(forbidden(PODS, pod.metadata.name, why));
    }
    const { className, value, preemptionPolicy } = priorityClass;
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      return fail(forbidden(PODS, pod.metadata.name, why));
    }
    return ok({ ...pod, spec: specWith(pod.spec, className, value, preemptionPolicy) });
  },
};

/** The class that a pod names, or else the default one; without either the priority is 0. Undefined: no such class. */
function classOf({ spec }: Pod, context: WriteContext) {
  const named = spec.priorityClassName ?? "";
  const found: PriorityClass | undefined =
    named === "" ? defaultClass(context) : context.find(PRIORITY_CLASSES, undefined, named);
  if (found === undefined && named !== "") return undefined;
  return {
    className: found?.metadata.name ?? "",
    value: found?.value ?? 0,
    preemptionPolicy: spec.preemptionPolicy ?? found?.preemptionPolicy ?? "PreemptLowerPriority",
  };
}

/** Of several classes marked as the default the lowest counts. */
function defaultClass(context: WriteContext): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const each of context.byIndex(PRIORITY_CLASSES, "globalDefault", "true")) {
    if (lowest === undefined || (each.value ?? 0) < (lowest.value ?? 0)) lowest = each;
  }
  return lowest;
}

function specWith(spec: PodSpec, className: string, value: number, preemptionPolicy: string): PodSpec {
  const known = prioritised.get(spec);
  if (known?.className === className && known.value === value && known.preemptionPolicy === preemptionPolicy) {
    return known.spec;
  }
  const named = className === "" ? {} : { priorityClassName: className };
  const made = deepFreeze({ ...spec, ...named, priority: value, preemptionPolicy });
  if (Object.isFrozen(spec)) prioritised.set(spec, { className, value, preemptionPolicy, spec: made });
  return made;
}

/** A pod keeps the priority that it was made with, also where a writer leaves it out. */
function withPriorityOf(pod: Pod, { spec: old }: Pod): Pod {
  const { priority: value = old.priority, preemptionPolicy = old.preemptionPolicy } = pod.spec;
  return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy } };
}
