import type { Pod } from "../../api/refs.ts";
import type { ContainerStatus, PodStatus, ResourceRequirements } from "../../api/schema/generated/types.ts";
import { equalJson } from "../../base/json.ts";
import { actualOf, grantedTo, specWith } from "../granted.ts";
import { podResources } from "../pod-resources.ts";
import { findContainer, type RuntimePod } from "../runtime.ts";
import type { Slot } from "../slots.ts";
import type { PodWorker, Problem } from "../worker.ts";
import { conditionsOf } from "./conditions.ts";
import { containerStatus } from "./container-status.ts";
import { type Phase, phaseOf } from "./phase.ts";

export interface StatusInput {
  readonly worker: PodWorker;
  readonly pod: Pod;
  readonly slots: readonly Slot[];
  /** The status that this one follows: the last one made, sent or not. */
  readonly previous: PodStatus;
  readonly runtime: RuntimePod | undefined;
  readonly hostIp: string;
  readonly nowMs: number;
  formatTime(ms: number): string;
  /** What the probes say of a slot whose container runs. */
  started(index: number): boolean;
  ready(index: number): boolean;
  /** All containers have stopped and none will be started again. */
  readonly isOver: boolean;
}

const EMPTY: readonly ContainerStatus[] = [];

/** The part of a pod's status that a kubelet writes, from what runs on the machine. */
// Models pkg/kubelet kubelet_pods.go generateAPIPodStatus and pkg/kubelet/status status_manager.go mergePodStatus
export function podStatus(input: StatusInput): { readonly status: PodStatus; readonly phase: Phase } {
  const { worker, pod, slots, previous, runtime, nowMs, isOver } = input;
  const now = input.formatTime(nowMs);
  const statuses = slots.map((slot, index) => statusOfSlot(input, slot, index));
  const hasStarted = slots.some(({ kind }, index) => kind === "main" && hasEverStarted(statuses[index]));
  const seen = phaseNow(input, statuses, hasStarted);
  // What has stopped for good is in the end a failure, if it is nothing else; the conditions tell what was seen.
  const phase = isOver && !isFinal(seen) && !worker.isStatic ? "Failed" : seen;
  const finals = isOver ? terminated(slots, statuses) : statuses;
  const conditions = conditionsOf({
    pod,
    previous: previous.conditions ?? [],
    slots,
    statuses,
    phase: seen,
    resize: worker.resize,
    evicted: worker.failure?.reason === "Evicted" ? worker.failure.message : undefined,
    hasSandbox: runtime?.sandbox === true,
    hasStarted,
    now,
  });
  // While containers may still run, others must not take the pod for finished.
  const shown = isFinal(phase) && !isOver && !isFinal(previous.phase) ? previous.phase : phase;
  const reason = shown === phase ? (worker.failure ?? reasonOf(previous, phase)) : undefined;
  const status: Fresh = {
    qosClass: previous.qosClass,
    observedGeneration: pod.metadata.generation,
    phase: shown ?? "Pending",
    conditions: sameList(previous.conditions, conditions),
  };
  if (reason !== undefined) {
    status.reason = reason.reason;
    status.message = reason.message;
  }
  keep(status, previous);
  setAddresses(status, input);
  status.startTime = previous.startTime ?? now;
  setStatuses(status, previous, slots, finals);
  setResources(status, input);
  return { status, phase };
}

/** A status that is being made. Written field by field: this runs several times in the life of each pod. */
type Fresh = { -readonly [Field in keyof PodStatus]: PodStatus[Field] };

function phaseNow(input: StatusInput, statuses: readonly ContainerStatus[], hasStarted: boolean): Phase {
  const { worker, pod, slots, previous, isOver } = input;
  if (worker.failure !== undefined) return "Failed";
  const phase = phaseOf(pod.spec, slots, statuses, isOver && !worker.isStatic, hasStarted);
  // Nothing comes back from the end.
  return phase !== "Succeeded" && isFinal(previous.phase) ? previous.phase : phase;
}

function isFinal(phase: string | undefined): phase is "Succeeded" | "Failed" {
  return phase === "Succeeded" || phase === "Failed";
}

function hasEverStarted(status: ContainerStatus | undefined): boolean {
  return (
    status?.state?.running !== undefined ||
    status?.state?.terminated !== undefined ||
    status?.lastState?.terminated !== undefined
  );
}

function reasonOf(previous: PodStatus, phase: Phase): Problem | undefined {
  if (previous.phase !== phase || previous.reason === undefined) return undefined;
  return { reason: previous.reason, message: previous.message ?? "" };
}

/** Fields that others write. */
function keep(status: Fresh, previous: PodStatus): void {
  if (previous.nominatedNodeName !== undefined) status.nominatedNodeName = previous.nominatedNodeName;
  if (previous.resize !== undefined) status.resize = previous.resize;
  if (previous.resourceClaimStatuses !== undefined) status.resourceClaimStatuses = previous.resourceClaimStatuses;
}

function statusOfSlot(input: StatusInput, slot: Slot, index: number): ContainerStatus {
  const { worker, pod, previous, runtime, nowMs } = input;
  const list = previous[LISTS[slot.kind]] ?? EMPTY;
  return containerStatus({
    uid: worker.uid,
    spec: pod.spec,
    slot,
    previous: list.find((each) => each.name === slot.container.name),
    container: findContainer(runtime, slot.container.name),
    runtime,
    problem: worker.problems[index],
    started: input.started(index),
    ready: input.ready(index),
    isDeleted: pod.metadata.deletionTimestamp !== undefined,
    nowMs,
    formatTime: input.formatTime,
  });
}

const LISTS = {
  init: "initContainerStatuses",
  sidecar: "initContainerStatuses",
  main: "containerStatuses",
  ephemeral: "ephemeralContainerStatuses",
} as const;

const UNKNOWN_END = {
  terminated: {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The container could not be located when the pod was terminated",
  },
};

// Models pkg/kubelet/status status_manager.go TerminatePod, hasPodInitialized and initializedContainers
/**
 * The statuses of a finished pod: a container whose end nobody saw counts as killed, if the pod came as far as it.
 */
function terminated(slots: readonly Slot[], statuses: readonly ContainerStatus[]): readonly ContainerStatus[] {
  const kindOf = (index: number) => slots[index]?.kind;
  const isInit = (index: number) => kindOf(index) === "init" || kindOf(index) === "sidecar";
  const hasMoved = (status: ContainerStatus | undefined) =>
    status?.state?.waiting === undefined || status.lastState?.terminated !== undefined;
  const inits = [...statuses.keys()].filter(isInit);
  const lastTried = inits.findLast((index) => hasMoved(statuses[index])) ?? inits[0] ?? -1;
  const last = statuses[inits.at(-1) ?? -1];
  const isInitialized =
    inits.length === 0 ||
    statuses.some((status, index) => kindOf(index) === "main" && hasMoved(status)) ||
    last?.lastState?.terminated?.exitCode === 0 ||
    last?.state?.terminated?.exitCode === 0;
  return statuses.map((status, index) => {
    const counts = isInit(index) ? index <= lastTried : kindOf(index) === "main" && isInitialized;
    return counts && status.state?.terminated === undefined ? { ...status, state: UNKNOWN_END } : status;
  });
}

function setStatuses(
  status: Fresh,
  previous: PodStatus,
  slots: readonly Slot[],
  statuses: readonly ContainerStatus[],
): void {
  if (slots.every(({ kind }) => kind === "main")) {
    status.containerStatuses = sameList(previous.containerStatuses, statuses);
    return;
  }
  for (const list of ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] as const) {
    const chosen = statuses.filter((_status, index) => LISTS[slots[index]?.kind ?? "main"] === list);
    if (chosen.length > 0) status[list] = sameList(previous[list], chosen);
  }
}

/** The old list when the new one holds the same objects. */
function sameList<T>(old: readonly T[] | undefined, fresh: readonly T[]): readonly T[] {
  const isSame = old?.length === fresh.length && old.every((item, index) => item === fresh[index]);
  return isSame ? old : fresh;
}

function setAddresses(status: Fresh, { pod, runtime, hostIp, previous, isOver }: StatusInput): void {
  const ip = pod.spec.hostNetwork === true ? hostIp : (runtime?.ip ?? (isOver ? previous.podIP : undefined));
  status.hostIP = hostIp;
  status.hostIPs = previous.hostIP === hostIp ? previous.hostIPs : hostIpsOf(hostIp);
  if (ip === undefined) return;
  status.podIP = ip;
  status.podIPs = previous.podIP === ip ? previous.podIPs : [{ ip }];
}

type HostIps = NonNullable<PodStatus["hostIPs"]>;

/** One list for all pods of a machine. */
const hostIps = new Map<string, HostIps>();

function hostIpsOf(ip: string): HostIps {
  let list = hostIps.get(ip);
  if (list === undefined) {
    list = Object.freeze([Object.freeze({ ip })]);
    if (hostIps.size >= 8192) hostIps.clear();
    hostIps.set(ip, list);
  }
  return list;
}

/** What the node has set aside for the pod as a whole. */
function setResources(status: Fresh, { previous, pod, runtime, isOver }: StatusInput): void {
  let { allocatedResources, resources } = previous;
  if (allocatedResources === undefined && previous.startTime === undefined) {
    const total: ResourceRequirements = podResources(pod.spec);
    allocatedResources = total.requests;
    resources = total.requests === undefined && total.limits === undefined ? undefined : total;
  }
  if ((pod.metadata.generation ?? 1) > 1 && previous.startTime !== undefined) {
    const granted = podResources(specWith(pod.spec, (each) => grantedTo(runtime, each))).requests;
    const actual = podResources(specWith(pod.spec, (each) => actualOf(runtime, each)));
    if (!equalJson(granted, allocatedResources)) allocatedResources = granted;
    if (!equalJson(actual, resources ?? {})) resources = Object.keys(actual).length === 0 ? undefined : actual;
  }
  if (allocatedResources !== undefined) status.allocatedResources = allocatedResources;
  // With the pod's cgroup goes what was set aside in it.
  if (resources !== undefined && !isOver) status.resources = resources;
}

/** Whether two statuses say the same. Lists are compared by identity: `podStatus` keeps what did not change. */
export function sameStatus(a: PodStatus, b: PodStatus): boolean {
  for (const key in a) if (a[key as keyof PodStatus] !== b[key as keyof PodStatus]) return false;
  for (const key in b) if (a[key as keyof PodStatus] !== b[key as keyof PodStatus]) return false;
  return true;
}
