import type { Pod } from "../../api/refs.ts";
import type { PodCondition } from "../../api/schema/generated/types.ts";

// Models pkg/api/v1/pod util.go and pkg/controller/controller_utils.go: what a pod's status says to controllers.

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  const { conditions } = pod.status;
  if (conditions === undefined) return undefined;
  for (let at = 0; at < conditions.length; at++) if (conditions[at]?.type === type) return conditions[at];
  return undefined;
}

export function readyCondition(pod: Pod): PodCondition | undefined {
  return podCondition(pod, "Ready");
}

export function isPodReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === "True";
}

/** Ended: it will never run again. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status.phase === "Failed" || pod.status.phase === "Succeeded";
}

/** Counts as one of a controller's replicas: neither ended nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);
}

/** Reads an RFC 3339 text as virtual milliseconds. */
export type ParseMs = (time: string) => number;

/**
 * Milliseconds until a ready pod has been so for `minReadySeconds`: 0 when it is available now, undefined when it is
 * not ready.
 */
export function msUntilAvailable(
  pod: Pod,
  minReadySeconds: number,
  nowMs: number,
  parseMs: ParseMs,
): number | undefined {
  const ready = readyCondition(pod);
  if (ready?.status !== "True") return undefined;
  if (minReadySeconds === 0) return 0;
  if (ready.lastTransitionTime === undefined) return undefined;
  return Math.max(0, parseMs(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMs);
}
