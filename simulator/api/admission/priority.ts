import { fail, ok } from "../../base/result.ts";
import { forbidden } from "../errors.ts";
import { PODS, type Pod } from "../refs.ts";
import type { PodSpec } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

/** The two classes that every cluster has. */
const SYSTEM_CLASSES: ReadonlyMap<string, number> = new Map([
  ["system-node-critical", 2_000_001_000],
  ["system-cluster-critical", 2_000_000_000],
]);

const prioritised = new WeakMap<PodSpec, PodSpec>();

// Models plugin/pkg/admission/priority: a pod's class becomes a number, and preemption is allowed unless said otherwise.
export const priority: AdmissionPlugin = {
  name: "Priority",
  resources: ["pods"],
  verbs: ["create", "update"],
  mutate: ({ object, old }) => {
    const pod = object as Pod;
    if (old !== undefined) return ok(withPriorityOf(pod, old as Pod));
    const known = prioritised.get(pod.spec);
    if (known !== undefined) return ok({ ...pod, spec: known });
    const className = pod.spec.priorityClassName ?? "";
    const value = className === "" ? 0 : SYSTEM_CLASSES.get(className);
    if (value === undefined) {
      return fail(forbidden(PODS, pod.metadata.name, `no PriorityClass with name ${className} was found`));
    }
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      return fail(forbidden(PODS, pod.metadata.name, why));
    }
    const preemptionPolicy = pod.spec.preemptionPolicy ?? "PreemptLowerPriority";
    const spec = { ...pod.spec, priority: value, preemptionPolicy };
    if (Object.isFrozen(pod.spec)) prioritised.set(pod.spec, spec);
    return ok({ ...pod, spec });
  },
};

/** A pod keeps the priority that it was made with, also where a writer leaves it out. */
function withPriorityOf(pod: Pod, { spec: old }: Pod): Pod {
  const { priority: value = old.priority, preemptionPolicy = old.preemptionPolicy } = pod.spec;
  return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy } };
}
