import type { ContainerStatus, PodSpec } from "../../api/schema/generated/types.ts";
import { restartsAfter, type Slot } from "../slots.ts";

export type Phase = "Pending" | "Running" | "Succeeded" | "Failed";

interface Count {
  pendingInit: number;
  pendingSidecars: number;
  failedInit: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  stoppedForGood: number;
  succeeded: number;
}

function countInit(slot: Slot, spec: PodSpec, status: ContainerStatus, count: Count): void {
  const ended = status.state?.terminated ?? (status.state?.waiting && status.lastState?.terminated);
  if (ended === undefined) count.pendingInit++;
  else if (ended.exitCode !== 0 && !restartsAfter(slot, spec, ended.exitCode)) count.failedInit++;
}

function countSidecar(status: ContainerStatus, count: Count): void {
  if (status.state?.running !== undefined) {
    if (status.started !== true) count.pendingSidecars++;
    count.running++;
  } else if (status.state?.waiting !== undefined && status.lastState?.terminated === undefined) {
    count.pendingSidecars++;
    count.waiting++;
  }
}

function countMain(slot: Slot, spec: PodSpec, status: ContainerStatus, count: Count): void {
  if (status.state?.running !== undefined) {
    count.running++;
    return;
  }
  const terminated = status.state?.terminated;
  const ended = terminated ?? status.lastState?.terminated;
  if (ended === undefined) {
    count.waiting++;
    return;
  }
  count.stopped++;
  if (!restartsAfter(slot, spec, ended.exitCode)) count.stoppedForGood++;
  if (terminated?.exitCode === 0) count.succeeded++;
}

// Models pkg/kubelet kubelet_pods.go getPhase
/**
 * A pod's phase from its containers' statuses (by slot). `isOver`: nothing of it will be started again, whatever its
 * restart policy says; `hasStarted`: one of its main containers has been started.
 */
export function phaseOf(
  spec: PodSpec,
  slots: readonly Slot[],
  statuses: readonly ContainerStatus[],
  isOver: boolean,
  hasStarted: boolean,
): Phase {
  const count: Count = {
    pendingInit: 0,
    pendingSidecars: 0,
    failedInit: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    stoppedForGood: 0,
    succeeded: 0,
  };
  slots.forEach((slot, index) => {
    const status = statuses[index];
    if (status === undefined) count.unknown++;
    else if (slot.kind === "init") countInit(slot, spec, status, count);
    else if (slot.kind === "sidecar") countSidecar(status, count);
    else if (slot.kind === "main") countMain(slot, spec, status, count);
  });
  if (count.failedInit > 0) return "Failed";
  if (count.pendingInit > 0 || (count.pendingSidecars > 0 && !hasStarted) || count.waiting > 0) return "Pending";
  if (count.unknown > 0) return "Pending";
  if (count.running > 0) return "Running";
  if (count.stopped === 0) return "Pending";
  if (!isOver && count.stopped !== count.stoppedForGood) return "Running";
  return count.stopped === count.succeeded ? "Succeeded" : "Failed";
}
