import type { Column } from "../../../api/kind.ts";
import { humanDuration } from "../../../api/meta/duration.ts";
import { timeOf } from "../../../api/meta/time.ts";
import type { Pod } from "../../../api/refs.ts";
import type { ContainerState, ContainerStatus, PodStatus } from "../../../api/schema/generated/types.ts";
import { ageColumn, NONE, nameColumn } from "../../columns.ts";
import { isSidecar } from "./containers.ts";

/** What `kubectl get pods` says about a pod, before it is put into cells. */
export interface PodSummary {
  readonly readyContainers: number;
  readonly totalContainers: number;
  /** The STATUS column: `Running`, `CrashLoopBackOff`, `Init:0/2`... */
  readonly status: string;
  readonly restarts: number;
  readonly lastRestartMs: number | undefined;
}

interface Tally {
  status: string;
  ready: number;
  restarts: number;
  lastRestartMs: number | undefined;
}

/** The reason that a pod is deleted for when its node cannot be reached. */
const NODE_LOST = "NodeLost";

// Models pkg/printers/internalversion printPod
export function summarizePod(pod: Pod): PodSummary {
  const { spec, status, metadata } = pod;
  const initContainers = spec.initContainers ?? [];
  const tally: Tally = { status: initialStatus(status), ready: 0, restarts: 0, lastRestartMs: undefined };
  const sidecars: Tally = { status: "", ready: 0, restarts: 0, lastRestartMs: undefined };
  const initializing = tallyInitContainers(pod, tally, sidecars);
  if (!initializing || hasCondition(status, "Initialized")) {
    tally.restarts = sidecars.restarts;
    tally.lastRestartMs = sidecars.lastRestartMs;
    tallyContainers(status, tally);
  }
  const deleted = metadata.deletionTimestamp !== undefined;
  const terminal = status.phase === "Failed" || status.phase === "Succeeded";
  if (deleted && status.reason === NODE_LOST) tally.status = "Unknown";
  else if (deleted && !terminal) tally.status = "Terminating";
  return {
    readyContainers: tally.ready,
    totalContainers: (spec.containers ?? []).length + initContainers.filter(isSidecar).length,
    status: tally.status,
    restarts: tally.restarts,
    lastRestartMs: tally.lastRestartMs,
  };
}

function initialStatus(status: PodStatus): string {
  const gated = status.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  return gated ? "SchedulingGated" : status.reason || status.phase || "";
}

/** Counts init containers up to the first that is not done. Returns whether there is such a one. */
function tallyInitContainers(pod: Pod, tally: Tally, sidecars: Tally): boolean {
  const initContainers = pod.spec.initContainers ?? [];
  for (const [at, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(initContainers.find(({ name }) => name === container.name));
    countRestarts(container, tally);
    if (sidecar) countRestarts(container, sidecars);
    const { terminated, waiting } = container.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) tally.ready++;
      continue;
    }
    if (terminated) tally.status = `Init:${terminationText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== "PodInitializing") tally.status = `Init:${waiting.reason}`;
    else tally.status = `Init:${at}/${initContainers.length}`;
    return true;
  }
  return false;
}

/** Counts the main containers; the first in the list that has something to say has the last word. */
function tallyContainers(status: PodStatus, tally: Tally): void {
  let running = false;
  for (const container of [...(status.containerStatuses ?? [])].reverse()) {
    countRestarts(container, tally);
    const { terminated, waiting, running: run } = container.state ?? {};
    if (waiting?.reason) tally.status = waiting.reason;
    else if (terminated) tally.status = terminationText(terminated);
    else if (container.ready && run) {
      running = true;
      tally.ready++;
    }
  }
  if (tally.status === "Completed" && running) tally.status = hasCondition(status, "Ready") ? "Running" : "NotReady";
}

function countRestarts(container: ContainerStatus, tally: Tally): void {
  tally.restarts += container.restartCount ?? 0;
  const finished = timeOf(container.lastState?.terminated?.finishedAt);
  if (finished !== undefined && finished > (tally.lastRestartMs ?? Number.NEGATIVE_INFINITY)) {
    tally.lastRestartMs = finished;
  }
}

function terminationText(terminated: NonNullable<ContainerState["terminated"]>): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

function hasCondition(status: PodStatus, type: string): boolean {
  return status.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
}

/** The RESTARTS cell: `5 (10s ago)`. */
export function restartsText(summary: PodSummary, nowMs: number): string {
  const { restarts, lastRestartMs } = summary;
  if (restarts === 0 || lastRestartMs === undefined) return String(restarts);
  return `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`;
}

function readinessGatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const conditions = pod.status.conditions ?? [];
  const met = gates.filter(
    ({ conditionType }) => conditions.find(({ type }) => type === conditionType)?.status === "True",
  );
  return `${met.length}/${gates.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn(),
  {
    name: "Ready",
    type: "string",
    description: "The aggregate readiness state of this pod for accepting traffic.",
    priority: 0,
    cell: (pod) => {
      const { readyContainers, totalContainers } = summarizePod(pod);
      return `${readyContainers}/${totalContainers}`;
    },
  },
  {
    name: "Status",
    type: "string",
    description: "The aggregate status of the containers in this pod.",
    priority: 0,
    cell: (pod) => summarizePod(pod).status,
  },
  {
    name: "Restarts",
    type: "string",
    description:
      "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.",
    priority: 0,
    cell: (pod, nowMs) => restartsText(summarizePod(pod), nowMs),
  },
  ageColumn(),
  {
    name: "IP",
    type: "string",
    description: { type: "PodStatus", field: "podIP" },
    priority: 1,
    cell: (pod) => pod.status.podIPs?.[0]?.ip || NONE,
  },
  {
    name: "Node",
    type: "string",
    description: { type: "PodSpec", field: "nodeName" },
    priority: 1,
    cell: (pod) => pod.spec.nodeName || NONE,
  },
  {
    name: "Nominated Node",
    type: "string",
    description: { type: "PodStatus", field: "nominatedNodeName" },
    priority: 1,
    cell: (pod) => pod.status.nominatedNodeName || NONE,
  },
  {
    name: "Readiness Gates",
    type: "string",
    description:
      'If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to "True" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates',
    priority: 1,
    cell: readinessGatesText,
  },
];
