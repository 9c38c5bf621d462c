import type { Pod } from "../../api/refs.ts";
import type { PodCondition } from "../../api/schema/generated/types.ts";

// Models pkg/api/v1/pod UpdatePodCondition
/**
 * The pod's conditions with one set; undefined when status, reason and message say so already. The transition time is
 * the present where the status changes.
 */
export function withPodCondition(
  pod: Pod,
  condition: Omit<PodCondition, "lastTransitionTime">,
  now: string,
): readonly PodCondition[] | undefined {
  const conditions = pod.status.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  if (old === undefined) return [...conditions, { ...condition, lastTransitionTime: now }];
  const sameStatus = old.status === condition.status;
  if (sameStatus && old.reason === condition.reason && old.message === condition.message) return undefined;
  const next = { ...condition, lastTransitionTime: sameStatus ? old.lastTransitionTime : now };
  return conditions.map((other) => (other === old ? next : other));
}
