import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  PodSpec,
  VolumeMountStatus,
} from "../../api/schema/generated/types.ts";
import { flat } from "../../base/flat.ts";
import { equalJson } from "../../base/json.ts";
import { textOfBytes } from "../files/bytes.ts";
import { actualOf, grantedTo } from "../granted.ts";
import { hexOf } from "../ids.ts";
import { parseImageName } from "../images/image-name.ts";
import { entriesFrom, type LogFile } from "../logs/log.ts";
import { type Exit, exitOf, type RuntimeContainer, type RuntimePod, stateOf } from "../runtime.ts";
import { restartsAfter, type Slot } from "../slots.ts";
import type { Problem } from "../worker.ts";

export interface ContainerFacts {
  readonly uid: string;
  readonly spec: PodSpec;
  readonly slot: Slot;
  readonly previous: ContainerStatus | undefined;
  readonly container: RuntimeContainer | undefined;
  readonly runtime: RuntimePod | undefined;
  readonly problem: Problem | undefined;
  /** What the probes say of a running container. */
  readonly started: boolean;
  readonly ready: boolean;
  readonly isDeleted: boolean;
  readonly nowMs: number;
  formatTime(ms: number): string;
}

const CREATING: ContainerState = Object.freeze({ waiting: Object.freeze({ reason: "ContainerCreating" }) });
const INITIALIZING: ContainerState = Object.freeze({ waiting: Object.freeze({ reason: "PodInitializing" }) });
const NOTHING: ContainerState = Object.freeze({});

/** The id that the runtime gives an attempt of a container. */
export function containerIdOf(uid: string, name: string, attempt: number): string {
  return flat(`containerd://${hexOf(`${uid}/${name}/${attempt}`, 64)}`);
}

interface ImageId {
  readonly image: string;
  readonly imageId: string;
}

const imageIds = new Map<string, ImageId>();

/** Name and digest of an image as the runtime reports them. */
function imageIdOf(image: string): ImageId {
  let id = imageIds.get(image);
  if (id === undefined) {
    id = makeImageId(image);
    if (imageIds.size >= 1024) imageIds.clear();
    imageIds.set(image, id);
  }
  return id;
}

function makeImageId(image: string): ImageId {
  const parsed = parseImageName(image);
  if (!parsed.ok) return { image, imageId: "" };
  const { name, full, digest } = parsed.value;
  return { image: full, imageId: `${name}@${digest ?? `sha256:${hexOf(full, 64)}`}` };
}

function terminated(exit: Exit, facts: ContainerFacts): ContainerStateTerminated {
  return {
    exitCode: exit.exitCode,
    reason: exit.reason,
    // The runtime gives no time for what never started.
    startedAt: exit.reason === "StartError" ? "1970-01-01T00:00:00Z" : facts.formatTime(exit.startedMs),
    ...terminationMessage(exit, facts),
    finishedAt: facts.formatTime(exit.finishedMs),
    containerID: containerIdOf(facts.uid, facts.slot.container.name, exit.attempt),
  };
}

/** What a container leaves behind may take so many bytes for the whole pod. */
const POD_MESSAGE_BYTES = 12 * 1024;
/** The most of a log that stands in for a message. */
const LOG_LINES = 80;
const LOG_BYTES = 2048;

// Models pkg/kubelet/kuberuntime kuberuntime_container.go getTerminationMessage and pkg/kubelet/status normalizeStatus
function terminationMessage(exit: Exit, { spec, slot, container }: ContainerFacts): { readonly message?: string } {
  const usesLog = slot.container.terminationMessagePolicy === "FallbackToLogsOnError" && exit.exitCode !== 0;
  const isLatest = exit.attempt === container?.attempt;
  const log = usesLog ? (isLatest ? container?.logs?.latest : container?.logs?.previous) : undefined;
  const text = exit.message ?? (log && logEnd(log, exit.finishedMs));
  if (text === undefined || text === "") return {};
  const count = spec.containers.length + (spec.initContainers?.length ?? 0);
  return { message: text.slice(0, Math.floor(POD_MESSAGE_BYTES / count)) };
}

/** The last lines of a log. */
function logEnd(log: LogFile, endedMs: number): string {
  let bytes = "";
  for (const { text } of entriesFrom(log, 0, endedMs).slice(-LOG_LINES)) bytes += text;
  const lines = bytes.slice(-LOG_BYTES).split("\n");
  const kept = bytes.endsWith("\n") ? LOG_LINES + 1 : LOG_LINES;
  return textOfBytes(lines.slice(-kept).join("\n"));
}

const mounts = new WeakMap<Container, readonly VolumeMountStatus[]>();

function volumeMountsOf(container: Container): readonly VolumeMountStatus[] | undefined {
  if (container.volumeMounts === undefined || container.volumeMounts.length === 0) return undefined;
  let list = mounts.get(container);
  if (list === undefined) {
    list = Object.freeze(
      container.volumeMounts.map(({ name, mountPath, readOnly }) =>
        Object.freeze({ name, mountPath, ...(readOnly === true && { readOnly, recursiveReadOnly: "Disabled" }) }),
      ),
    );
    mounts.set(container, list);
  }
  return list;
}

// Models pkg/kubelet kubelet_pods.go convertToAPIContainerStatuses, for a container that the runtime does not have
function absentStatus(facts: ContainerFacts): ContainerStatus {
  const { slot, previous, problem, spec } = facts;
  const ended = previous?.state?.terminated;
  if (previous !== undefined && ended !== undefined) {
    if (problem === undefined || !restartsAfter(slot, spec, ended.exitCode)) return previous;
    return { ...previous, state: { waiting: { ...problem } }, lastState: { terminated: ended } };
  }
  const wasRunning = previous?.state?.running !== undefined && previous.lastState?.terminated === undefined;
  const lastState = wasRunning
    ? {
        terminated: {
          exitCode: 137,
          reason: "ContainerStatusUnknown",
          message: "The container could not be located when the pod was deleted.  The container used to be Running",
        },
      }
    : (previous?.lastState ?? NOTHING);
  const waiting = spec.initContainers?.length ? INITIALIZING : CREATING;
  return {
    name: slot.container.name,
    state: problem === undefined ? waiting : { waiting: { ...problem } },
    lastState,
    ready: false,
    restartCount: (previous?.restartCount ?? 0) + (wasRunning && !facts.isDeleted ? 1 : 0),
    image: slot.container.image ?? "",
    imageID: "",
    ...(slot.kind !== "ephemeral" && { started: false }),
    ...withMounts(slot.container),
  };
}

function withMounts(container: Container): { readonly volumeMounts?: readonly VolumeMountStatus[] } {
  const volumeMounts = volumeMountsOf(container);
  return volumeMounts === undefined ? {} : { volumeMounts };
}

/** Sets what was set aside for a container, and what it runs with, where that is anything. */
function setResources(status: Fresh, { slot, runtime }: ContainerFacts): void {
  const { requests } = grantedTo(runtime, slot.container);
  const resources = actualOf(runtime, slot.container);
  if (resources.requests === undefined && resources.limits === undefined) return;
  if (requests !== undefined) status.allocatedResources = requests;
  status.resources = resources;
}

/** How a pod shows a container: its previous status object when nothing is different. */
export function containerStatus(facts: ContainerFacts): ContainerStatus {
  const status = freshStatus(facts);
  return facts.previous !== undefined && equalJson(facts.previous, status) ? facts.previous : status;
}

/** The id in the previous status, when that is about the same attempt. */
function knownId(previous: ContainerStatus | undefined, attempt: number): string | undefined {
  const isSame = previous?.restartCount === attempt && previous.state?.waiting === undefined;
  return isSame ? previous.containerID : undefined;
}

/** One state for all containers that were started in the same second. */
const runningStates = new Map<string, ContainerState>();

function runningSince(startedAt: string): ContainerState {
  let state = runningStates.get(startedAt);
  if (state === undefined) {
    state = Object.freeze({ running: Object.freeze({ startedAt }) });
    if (runningStates.size >= 1024) runningStates.clear();
    runningStates.set(startedAt, state);
  }
  return state;
}

/** A status that is being made. Written field by field: this runs for each container of each pod, several times. */
type Fresh = { -readonly [Field in keyof ContainerStatus]: ContainerStatus[Field] };

function freshStatus(facts: ContainerFacts): ContainerStatus {
  const { slot, previous, container, problem, spec, nowMs } = facts;
  const runtimeState = container === undefined ? "lost" : stateOf(container, nowMs);
  if (container === undefined || runtimeState === "lost" || runtimeState === "created") return absentStatus(facts);
  const exit = runtimeState === "exited" ? exitOf(container) : undefined;
  const isRunning = exit === undefined;
  let state: ContainerState = isRunning
    ? runningSince(facts.formatTime(container.startedMs))
    : { terminated: terminated(exit, facts) };
  let lastState: ContainerState = previous?.lastState ?? NOTHING;
  if (container.previous !== undefined) lastState = { terminated: terminated(container.previous, facts) };
  if (exit !== undefined && problem !== undefined && restartsAfter(slot, spec, exit.exitCode)) {
    lastState = state;
    state = { waiting: { ...problem } };
  }
  const ready = slot.kind === "init" ? exit?.exitCode === 0 : isRunning && facts.ready && slot.kind !== "ephemeral";
  const { image, imageId } = imageIdOf(slot.container.image ?? "");
  const status: Fresh = {
    name: slot.container.name,
    state,
    lastState,
    ready,
    restartCount: Math.max(container.attempt, previous?.restartCount ?? 0),
    image,
    imageID: imageId,
    containerID:
      knownId(previous, container.attempt) ?? containerIdOf(facts.uid, slot.container.name, container.attempt),
  };
  if (slot.kind !== "ephemeral") status.started = isRunning && facts.started;
  setResources(status, facts);
  const volumeMounts = volumeMountsOf(slot.container);
  if (volumeMounts !== undefined) status.volumeMounts = volumeMounts;
  return status;
}
