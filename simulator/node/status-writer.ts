import { PODS } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { hasStarted, isReady } from "./probes.ts";
import { findContainer } from "./runtime.ts";
import type { Slot } from "./slots.ts";
import type { Phase } from "./status/phase.ts";
import { podStatus, sameStatus } from "./status/pod-status.ts";
import type { PodWorker } from "./worker.ts";

/** From a lost race for a write to the next look at the pod. */
const CONFLICT_RETRY_MS = 10;

export interface StatusOptions {
  /** Nothing of it runs, and nothing will. */
  readonly isOver?: boolean;
  /** Right after its sandbox was made: the address is told with the next full status. */
  readonly hideIp?: boolean;
}

/** Makes a pod's status from what runs, and writes it if it says something new. Returns the phase it has come to. */
export function writeStatus(
  agent: Agent,
  worker: PodWorker,
  slots: readonly Slot[],
  options: StatusOptions = {},
): Phase | undefined {
  const { pod } = worker;
  if (pod === undefined) return undefined;
  const known = agent.apiPodOf(worker)?.status ?? {};
  const runtime = agent.runtimeOf(worker);
  const at = (index: number) => findContainer(runtime, slots[index]?.container.name ?? "");
  const { status, phase } = podStatus({
    worker,
    pod,
    slots,
    previous: worker.unsent ?? known,
    runtime: options.hideIp === true && runtime !== undefined ? { ...runtime, ip: known.podIP } : runtime,
    hostIp: agent.machine.shape.address,
    nowMs: agent.nowMs,
    formatTime: (ms) => agent.formatTime(ms),
    started: (index) => hasStarted(worker, index, at(index)),
    ready: (index) => isReady(worker, index, at(index)),
    isOver: options.isOver === true,
  });
  if (worker.unsent === undefined && sameStatus(known, status)) return phase;
  worker.unsent = status;
  sendStatus(agent, worker);
  return phase;
}

// Models pkg/kubelet/status status_manager.go syncPod
/** Sends the status that is waiting to be sent, if any. What fails is kept for the next try. */
export function sendStatus(agent: Agent, worker: PodWorker): void {
  const status = worker.unsent;
  const pod = agent.apiPodOf(worker);
  if (status === undefined || worker.gone) return;
  if (pod === undefined || !agent.machine.connected) {
    agent.hasUnsent = true;
    return;
  }
  const isMirror = worker.isStatic;
  agent.writing = true;
  const result = agent.context.client.updateStatus(PODS, { ...pod, status });
  agent.writing = false;
  if (result.ok) {
    worker.unsent = undefined;
    if (isMirror) agent.mirrors.set(worker.key, result.value);
    else worker.pod = result.value;
    return;
  }
  if (result.error.code === 409) {
    const fresh = agent.context.cache.get(PODS, worker.key);
    if (fresh?.metadata.uid !== pod.metadata.uid) return;
    if (isMirror) agent.mirrors.set(worker.key, fresh);
    else worker.pod = fresh;
    worker.unsent = undefined;
    worker.syncMs = agent.nowMs + CONFLICT_RETRY_MS;
  } else if (result.error.code === 404) worker.unsent = undefined;
  else agent.hasUnsent = true;
}
