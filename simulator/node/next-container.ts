import type { PodSpec } from "../api/schema/generated/types.ts";
import { failedProbe, hasStarted, type ProbeKind } from "./probes.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";
import { restartsAfter, type Slot } from "./slots.ts";
import type { PodWorker } from "./worker.ts";

/** The next thing to do with a pod's containers. */
export type ContainerAction =
  | { readonly kind: "start"; readonly index: number }
  | { readonly kind: "kill"; readonly index: number; readonly probe: ProbeKind };

interface View {
  readonly worker: PodWorker;
  readonly spec: PodSpec;
  readonly slots: readonly Slot[];
  readonly runtime: RuntimePod;
  readonly nowMs: number;
}

/** What there is to do with the container of a slot that should run: start it, kill it, or nothing. */
function actionFor(view: View, slot: Slot, index: number): ContainerAction | undefined {
  const { worker, spec, runtime, nowMs } = view;
  const container = findContainer(runtime, slot.container.name);
  const state = container === undefined ? "lost" : stateOf(container, nowMs);
  if (container !== undefined && state === "running") {
    const probe = failedProbe(worker, index, container);
    return probe === undefined ? undefined : { kind: "kill", index, probe };
  }
  if (worker.tried.includes(index)) return undefined;
  const isOver = container !== undefined && state === "exited" && container.isReplaced !== true;
  if (isOver && !restartsAfter(slot, spec, container.exitCode)) return undefined;
  return { kind: "start", index };
}

/** Whether a main container was ever started in this sandbox: init containers are not run again then. */
export function isInitialized(slots: readonly Slot[], runtime: RuntimePod): boolean {
  return slots.some(({ kind, container }) => {
    const found = kind === "main" ? findContainer(runtime, container.name) : undefined;
    return found !== undefined && !found.lost;
  });
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go computePodActions
/** Whether the main containers have ended for good while sidecars still run: the pod is stopped then. */
export function isLeftToSidecars(slots: readonly Slot[], spec: PodSpec, runtime: RuntimePod, nowMs: number): boolean {
  const state = (slot: Slot) => {
    const container = findContainer(runtime, slot.container.name);
    return container === undefined ? "lost" : stateOf(container, nowMs);
  };
  return (
    slots.some((slot) => slot.kind === "sidecar" && state(slot) === "running") &&
    slots.every((slot) => {
      if (slot.kind !== "main") return true;
      const exitCode = findContainer(runtime, slot.container.name)?.exitCode ?? 0;
      return state(slot) === "exited" && !restartsAfter(slot, spec, exitCode);
    })
  );
}

/** Whether an init container or sidecar is as far as it must be for the next one. */
function isDone(view: View, slot: Slot, index: number, container: RuntimeContainer | undefined): boolean {
  if (container === undefined) return false;
  const state = stateOf(container, view.nowMs);
  if (slot.kind === "init") return state === "exited" && container.exitCode === 0;
  return state === "running" && hasStarted(view.worker, index, container);
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go computePodActions and computeInitContainerActions
/** The next thing to do, or undefined when this sync has done what it can. */
export function nextAction(view: View): ContainerAction | undefined {
  const { slots, runtime } = view;
  const initialized = isInitialized(slots, runtime);
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index];
    if (slot === undefined) continue;
    const isFirst = slot.kind === "init" || slot.kind === "sidecar";
    if (slot.kind === "init" && initialized) continue;
    const action = actionFor(view, slot, index);
    if (action !== undefined) return action;
    if (!isFirst || initialized) continue;
    if (!isDone(view, slot, index, findContainer(runtime, slot.container.name))) return undefined;
  }
  return undefined;
}
