import { joinKey } from "../../api/object.ts";
import { PODS, type Pod } from "../../api/refs.ts";
import type { ContainerStatus } from "../../api/schema/generated/types.ts";
import type { ByteStream, KubeletFailure, LogOptions, StreamPlace } from "../../api/streams.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { behaviourOf } from "../images/registry.ts";
import type { ContainerLogs, LogFile } from "../logs/log.ts";
import { LogReader, type LogSource, type LogState } from "../logs/read.ts";
import type { Machine } from "../machine.ts";
import { type Machines, machineOf } from "../machines.ts";
import { containerSpecOf, podOfRuntime } from "../pod-spec-of.ts";
import { writeOwnLines, writeOwnLinesOfPrevious } from "../program-world.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf } from "../runtime.ts";
import { containerIdOf } from "../status/container-status.ts";
import { kubeletProblem } from "./dial.ts";

/** The pod of that name that a machine runs, or has run and not forgotten. */
export function runtimePodOf(machine: Machine, { namespace, pod }: StreamPlace): RuntimePod | undefined {
  for (const runtime of machine.pods.values()) {
    if (runtime.name === pod && runtime.namespace === namespace) return runtime;
  }
  return undefined;
}

const refused = (code: number, text: string): KubeletFailure => ({ kind: "refused", code, text });

// Models pkg/kubelet/server getContainerLogs and pkg/kubelet kubelet_pods.go GetKubeletContainerLogs
/** A container's log, as its kubelet gives it. */
export function containerLog(
  machines: Machines,
  place: StreamPlace,
  options: LogOptions,
): Result<ByteStream, KubeletFailure> {
  const problem = kubeletProblem(machines, place.nodeName);
  if (problem !== undefined) return fail(problem);
  const machine = machineOf(machines, place.nodeName);
  const { sources, nowMs } = machines.ports;
  const pod = sources.cache.get(PODS, joinKey(place.namespace, place.pod));
  if (pod === undefined || pod.spec.nodeName !== machine.name) {
    return fail(refused(404, `pod "${place.pod}" does not exist`));
  }
  const runtime = runtimePodOf(machine, place);
  const status = statusOf(pod, place.container);
  const id = containerId(place, status, options.previous);
  if (!id.ok) return fail(refused(400, id.error));
  const container = findContainer(runtime, place.container);
  const attempt = runtime === undefined || container === undefined ? -1 : attemptOf(runtime, container, id.value);
  if (runtime === undefined || container === undefined || attempt < 0) {
    return fail(refused(400, `unable to retrieve container logs for ${id.value}`));
  }
  return ok(new LogReader(logSource(machines, machine, runtime, place.container, attempt), options, nowMs()));
}

function statusOf({ status }: Pod, name: string): ContainerStatus | undefined {
  const all = [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses];
  return all.flatMap((list) => list ?? []).find((each) => each.name === name);
}

// Models pkg/kubelet kubelet_pods.go validateContainerLogStatus
/** The id of the attempt whose log is meant, or why there is none. */
function containerId(
  { pod, container }: StreamPlace,
  status: ContainerStatus | undefined,
  previous: boolean,
): Result<string, string> {
  const named = `container "${container}" in pod "${pod}"`;
  if (status === undefined) return fail(`${named} is not available`);
  const { state, lastState } = status;
  const lastId = lastState?.terminated?.containerID ?? "";
  if (previous) return lastId === "" ? fail(`previous terminated ${named} not found`) : ok(lastId);
  if (state?.running !== undefined) return ok(status.containerID ?? "");
  if (state?.terminated !== undefined || lastState?.terminated !== undefined) {
    const id = state?.terminated?.containerID || lastId;
    return id === "" ? fail(`${named} is terminated`) : ok(id);
  }
  if (state?.waiting === undefined) return fail(`${named} is waiting to start - no logs yet`);
  return fail(`${named} is waiting to start: ${waitingText(state.waiting.reason ?? "")}`);
}

function waitingText(reason: string): string {
  if (reason === "ErrImagePull") return "image can't be pulled";
  return reason === "ImagePullBackOff" ? "trying and failing to pull image" : reason;
}

/** The attempt that has this id, if the runtime still has its log; -1 if not. */
function attemptOf(runtime: RuntimePod, { name, attempt }: RuntimeContainer, id: string): number {
  for (const candidate of [attempt, attempt - 1]) {
    if (candidate >= 0 && containerIdOf(runtime.uid, name, candidate) === id) return candidate;
  }
  return -1;
}

/** The log of one attempt of a container, to be looked at again and again. */
export function logSource(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  name: string,
  attempt: number,
): LogSource {
  const look = (): LogState | undefined => {
    const container = findContainer(runtime, name);
    if (!machine.powered || machine.pods.get(runtime.uid) !== runtime || container === undefined) return undefined;
    const isLatest = container.attempt === attempt;
    if (!isLatest && (container.attempt !== attempt + 1 || container.previous === undefined)) return undefined;
    const file = fileOf(machines, machine, runtime, container, isLatest);
    if (!isLatest) return { file, endedMs: container.previous?.finishedMs };
    const isRunning = stateOf(container, machines.ports.nowMs()) === "running";
    return { file, endedMs: isRunning ? undefined : Math.max(container.endsMs, 0) };
  };
  return { startEpochMs: machines.ports.sources.startEpochMs, look };
}

/**
 * The log with the lines that its program writes by itself. Who reads leaves no trace in the run, so they are written
 * into a copy.
 */
function fileOf(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
  isLatest: boolean,
): LogFile | undefined {
  const pod = podOfRuntime(machines.ports.sources, machine, runtime);
  const spec = pod && containerSpecOf(pod, container.name);
  if (spec === undefined || behaviourOf(spec).lines === undefined) {
    return isLatest ? container.logs?.latest : container.logs?.previous;
  }
  const shadow: RuntimeContainer = { ...container, logs: copyOf(container.logs) };
  if (isLatest) writeOwnLines(machines, machine, runtime, shadow);
  else writeOwnLinesOfPrevious(machines, machine, runtime, shadow);
  return isLatest ? shadow.logs?.latest : shadow.logs?.previous;
}

function copyOf(logs: ContainerLogs | undefined): ContainerLogs {
  const copy = (file: LogFile): LogFile => ({ ...file, entries: [...file.entries], open: { ...file.open } });
  return {
    ...(logs?.latest && { latest: copy(logs.latest) }),
    ...(logs?.previous && { previous: copy(logs.previous) }),
  };
}
