import { formatDuration } from "../api/meta/duration.ts";
import type { Pod } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { containerTable } from "./container.machine.ts";
import { fileVariables } from "./env-files.ts";
import { commandLineOf } from "./environment.ts";
import * as events from "./events.ts";
import { makeSubPaths } from "./files/container-files.ts";
import { containerPins } from "./files/pins.ts";
import { type ImageName, parseImageName } from "./images/image-name.ts";
import { checkMs, pullMs, pullProblem } from "./images/pull.ts";
import { behaviourOf, imageSizeBytes } from "./images/registry.ts";
import { noteMemory } from "./oom.ts";
import { mainWords } from "./process/spawn.ts";
import { doAtStart, programOf } from "./program-world.ts";
import { environmentProblem } from "./references.ts";
import {
  createContainer,
  exitOf,
  findContainer,
  type RuntimeContainer,
  type RuntimePod,
  startProcess,
  stateOf,
} from "./runtime.ts";
import { type Slot, slotsOf } from "./slots.ts";
import { nonRootProblem } from "./start-checks.ts";
import { subPathProblem } from "./sub-paths.ts";
import { backOffAt, growBackOff, type PodWorker, type Step, setProblem } from "./worker.ts";

/** From the runtime's call to a running process. */
const START_MS = 80;
const START_SPREAD_MS = 80;
/** A registry that says no answers sooner than one that sends an image. */
const REFUSAL_MS = 400;

/** One event of a container's machine; what the table does not know changes nothing. */
export function step(worker: PodWorker, index: number, event: string): void {
  const state = worker.containers[index] ?? containerTable.initial.state;
  const next = containerTable.transition(state, event)?.state ?? state;
  // Joined, not set beyond its end: a list that grows takes room for many more.
  if (index === worker.containers.length) worker.containers = worker.containers.concat(next);
  else worker.containers[index] = next;
}

/** Notes why a container can't be started now; the sync goes on with the others. */
function refuse(worker: PodWorker, index: number, reason: string, message: string, retryMs?: number): void {
  setProblem(worker, index, { reason, message });
  worker.tried = worker.tried.concat(index);
  if (retryMs !== undefined && (worker.retryMs < 0 || retryMs < worker.retryMs)) worker.retryMs = retryMs;
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go SyncPod's start, and kuberuntime_container.go startContainer
/** Begins to start a container: gives the step to wait for, or notes why it can't be started and gives none. */
export function beginStart(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, index: number): Step | undefined {
  if (isBackingOff(agent, worker, pod, slot, index)) return undefined;
  step(worker, index, "PULL");
  const image = slot.container.image ?? "";
  const parsed = parseImageName(image);
  if (!parsed.ok) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${parsed.error}`;
    agent.event(worker, events.inspectFailed(slot, message));
    agent.event(worker, events.failed(slot, "InvalidImageName"));
    step(worker, index, "PULL_FAILED");
    refuse(worker, index, "InvalidImageName", message);
    return undefined;
  }
  const policy = slot.container.imagePullPolicy ?? "IfNotPresent";
  const isPresent = agent.machine.images.has(parsed.value.full);
  if (policy === "Never" && !isPresent) {
    agent.event(worker, events.neverPull(slot, image));
    agent.event(worker, events.failed(slot, "ErrImageNeverPull"));
    step(worker, index, "PULL_FAILED");
    const message = `Container image "${image}" is not present with pull policy of Never`;
    refuse(worker, index, "ErrImageNeverPull", message);
    return undefined;
  }
  if (isPresent && policy !== "Always") {
    agent.event(worker, events.alreadyPresent(slot, image));
    return beginCreate(agent, worker, pod, slot, index);
  }
  return beginPull(agent, worker, slot, index, parsed.value, isPresent);
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go doBackOff
function isBackingOff(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, index: number): boolean {
  const { nowMs } = agent;
  const { name } = slot.container;
  const container = findContainer(agent.runtimeOf(worker), name);
  if (container === undefined || stateOf(container, nowMs) !== "exited") return false;
  const latest = exitOf(container);
  // What was killed in this very sync does not count yet: the kubelet looks at what it knew when the sync began.
  const exit = latest.finishedMs > worker.seenMs ? container.previous : latest;
  if (exit === undefined) return false;
  const backOff = backOffAt(worker, name, exit.finishedMs, nowMs);
  if (backOff === undefined) {
    growBackOff(worker, name, exit.finishedMs, nowMs);
    return false;
  }
  agent.event(worker, events.restartBackOff(slot, pod));
  step(worker, index, "BACK_OFF");
  const delay = formatDuration(backOff.delayMs);
  const message = `back-off ${delay} restarting failed container=${name} pod=${events.podText(pod)}`;
  refuse(worker, index, "CrashLoopBackOff", message, exit.finishedMs + backOff.delayMs);
  return true;
}

// Models pkg/kubelet/images image_manager.go pullImage
function beginPull(
  agent: Agent,
  worker: PodWorker,
  slot: Slot,
  index: number,
  name: ImageName,
  isPresent: boolean,
): Step | undefined {
  const { nowMs } = agent;
  const image = slot.container.image ?? "";
  const backOff = backOffAt(worker, pullKey(image), worker.backOffs?.[pullKey(image)]?.sinceMs ?? 0, nowMs);
  const problem = pullProblem(name);
  if (backOff !== undefined && problem !== undefined) {
    const message = `Back-off pulling image "${image}": ErrImagePull: ${rpcError(problem)}`;
    agent.event(worker, events.pullBackOff(slot, image));
    agent.event(worker, events.failed(slot, "ImagePullBackOff"));
    step(worker, index, "PULL_FAILED");
    refuse(worker, index, "ImagePullBackOff", message, backOff.sinceMs + backOff.delayMs);
    return undefined;
  }
  agent.event(worker, events.pulling(slot, image));
  const startMs = Math.max(nowMs, agent.pullsUntilMs);
  const takesMs = problem === undefined ? pullTakesMs(agent, worker, image, name, isPresent) : REFUSAL_MS;
  agent.pullsUntilMs = startMs + takesMs;
  return { kind: "pull", index, sinceMs: nowMs, startMs, dueMs: agent.pullsUntilMs };
}

/** What is there already, or will be once the pulls before this one are done, costs one question to the registry. */
function pullTakesMs(agent: Agent, worker: PodWorker, image: string, name: ImageName, isPresent: boolean): number {
  const chance = agent.chance();
  if (isPresent) return checkMs(chance);
  for (const other of agent.workers.values()) {
    if (other === worker || other.step?.kind !== "pull" || other.pod === undefined) continue;
    if (slotsOf(other.pod.spec)[other.step.index]?.container.image === image) return checkMs(chance);
  }
  return pullMs(imageSizeBytes(name.name), chance);
}

const pullKey = (image: string): string => `image/${image}`;

const rpcError = (problem: { readonly code: string; readonly text: string }): string =>
  `rpc error: code = ${problem.code} desc = ${problem.text}`;

/** A pull has come to its end: goes on to create the container, or notes the failure. */
export function endPull(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, done: Step): Step | undefined {
  const image = slot.container.image ?? "";
  const parsed = parseImageName(image);
  if (!parsed.ok) return undefined;
  const problem = pullProblem(parsed.value);
  if (problem === undefined) {
    agent.machine.images.add(parsed.value.full);
    const sizeBytes = imageSizeBytes(parsed.value.name);
    const waitMs = done.startMs - done.sinceMs;
    const ms = done.dueMs - done.startMs;
    agent.event(worker, events.pulled(slot, image, ms, ms + waitMs, sizeBytes));
    return beginCreate(agent, worker, pod, slot, done.index);
  }
  const error = rpcError(problem);
  growBackOff(worker, pullKey(image), agent.nowMs, agent.nowMs);
  agent.event(worker, events.pullFailed(slot, image, error));
  agent.event(worker, events.failed(slot, "ErrImagePull"));
  step(worker, done.index, "PULL_FAILED");
  refuse(worker, done.index, "ErrImagePull", error);
  return undefined;
}

function beginCreate(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, index: number): Step | undefined {
  step(worker, index, "PULLED");
  const fromFiles = fileVariables(agent, agent.runtimeOf(worker), pod, slot.container);
  const problem =
    environmentProblem(agent.context.cache, pod, slot.container) ??
    (fromFiles.ok
      ? subPathProblem(agent, agent.runtimeOf(worker), pod, slot.container, fromFiles.value)
      : fromFiles.error) ??
    nonRootProblem(pod, slot.container);
  if (problem !== undefined) {
    agent.event(worker, events.failed(slot, problem));
    step(worker, index, "REFUSED");
    refuse(worker, index, "CreateContainerConfigError", problem);
    return undefined;
  }
  const { nowMs } = agent;
  const dueMs = nowMs + START_MS + Math.floor(agent.chance() * START_SPREAD_MS);
  return { kind: "start", index, sinceMs: nowMs, startMs: nowMs, dueMs };
}

/** The runtime has created and started the container. */
export function endStart(agent: Agent, worker: PodWorker, slot: Slot, index: number): void {
  const runtime = agent.runtimeOf(worker);
  if (runtime === undefined) return;
  const behaviour = behaviourOf(slot.container);
  const container = createContainer(runtime, slot.container, behaviour, agent.nowMs);
  if (worker.pod !== undefined) notePins(agent, worker.pod, slot, container);
  makeSubPaths(agent.machines, agent.machine, runtime, container, slot.container);
  agent.event(worker, events.created(slot));
  startProcess(container, behaviour, agent.nowMs);
  startShell(agent, runtime, container);
  noteMemory(agent, runtime, slot.container, container);
  doAtStart(agent.machines, agent.machine, runtime, container, behaviour);
  agent.machines.processStarted(agent.machine, container);
  step(worker, index, "STARTED");
  setProblem(worker, index, undefined);
  if (container.startError === undefined) agent.event(worker, events.started(slot));
  else {
    agent.event(worker, events.failed(slot, container.startError));
    setProblem(worker, index, { reason: "RunContainerError", message: container.startError });
  }
  worker.changed = true;
}

// Models containerd internal/cri/server container_start.go and opencontainers/runc: their errors
const CREATE_FAILED =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init";

/** A command line that is not known beforehand gets processes that run it. */
function startShell(agent: Agent, runtime: RuntimePod, container: RuntimeContainer): void {
  const { machines, machine } = agent;
  const { shells } = machines.ports;
  const program = shells && programOf(machines, machine, runtime, container);
  if (shells === undefined || program === undefined) return;
  const { command, args } = commandLineOf(machines, machine, runtime, container);
  const words = mainWords(program, [...command, ...args]);
  if (words === undefined) return;
  container.endsMs = -1;
  container.exitCode = 0;
  container.termMs = -1;
  const started = shells.startMain({ machine, runtime, container }, words);
  if (started.ok) return;
  container.endsMs = agent.nowMs;
  container.exitCode = 128;
  container.startError = `${CREATE_FAILED}: ${started.error}`;
}

/** What its environment and its single files are made from stays as it is now, as long as this attempt lives. */
function notePins(agent: Agent, pod: Pod, slot: Slot, container: RuntimeContainer): void {
  const pins = containerPins({ cache: agent.context.cache, nowMs: agent.nowMs }, pod, slot.container);
  const read = fileVariables(agent, agent.machine.pods.get(pod.metadata.uid), pod, slot.container);
  const files = read.ok ? read.value : undefined;
  if (pins !== undefined || files !== undefined) {
    container.pins = { atMs: agent.nowMs, ...pins, ...(files !== undefined && { files }) };
  }
}
