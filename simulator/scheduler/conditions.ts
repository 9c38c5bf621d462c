import type { Pod } from "../api/refs.ts";
import type { PodCondition } from "../api/schema/generated/types.ts";

/**
 * The pod with a condition set, or the same pod where that changes nothing. The transition time moves only with the
 * condition's status. Models pkg/api/v1/pod UpdatePodCondition.
 */
export function withCondition(pod: Pod, wanted: Omit<PodCondition, "lastTransitionTime">, now: string): Pod {
  const conditions = pod.status.conditions ?? [];
  const old = conditions.find(({ type }) => type === wanted.type);
  if (old && old.status === wanted.status && old.reason === wanted.reason && old.message === wanted.message) return pod;
  const condition: PodCondition = {
    ...wanted,
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    lastTransitionTime: old !== undefined && old.status === wanted.status ? old.lastTransitionTime : now,
  };
  const next = old ? conditions.map((one) => (one === old ? condition : one)) : [...conditions, condition];
  return { ...pod, status: { ...pod.status, conditions: next } };
}
