import type { Container, ResourceRequirements } from "../api/schema/generated/types.ts";
import { textOfBytes } from "./files/bytes.ts";
import type { FileNode } from "./files/file-node.ts";
import type { Pins } from "./files/pins.ts";
import type { Behaviour } from "./images/image.ts";
import { beginLog, type ContainerLogs } from "./logs/log.ts";
import type { ContainerProcesses } from "./process/process.ts";

/*
 * The container runtime of one machine, as plain data. It goes on without its kubelet: the end of a process is a time
 * that was known when it started, so nothing needs to watch for it.
 */

/** How a process ended. */
export interface Exit {
  readonly attempt: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly exitCode: number;
  readonly reason: "Completed" | "Error" | "OOMKilled" | "StartError";
  /** What it had written to its termination message's file; absent: nothing. */
  readonly message?: string;
}

/** One container: the latest attempt, and how the one before it ended. */
export interface RuntimeContainer {
  readonly name: string;
  attempt: number;
  /** -1: created, not started. */
  startedMs: number;
  /** When it ends, or ended; -1: not before it is told to. */
  endsMs: number;
  exitCode: number;
  oomKilled: boolean;
  /** What SIGTERM does: milliseconds to its end (-1: nothing), and the exit code then. */
  termMs: number;
  termCode: number;
  /** The control-plane process that it is. */
  process: string | undefined;
  /** A loss of power wiped it: all that is left is its number of attempts (its logs are on disk). */
  lost: boolean;
  /** What its program keeps in memory, such as a database's keys; gone with the process. Undefined: nothing. */
  memory: { [key: string]: string } | undefined;
  previous: Exit | undefined;
  /** What its processes changed in its image's files; absent: nothing. */
  files?: FileNode;
  /** Its termination message's file; absent: empty. */
  message?: FileNode;
  /** The runtime's error when its process could not be started at all. */
  startError?: string;
  /** The image that it was made from, as its spec named it. */
  image?: string | undefined;
  /** It was stopped because its spec names another image: the next attempt is no restart that a policy could forbid. */
  isReplaced?: true;
  /** What its environment was made from. */
  pins?: Pins;
  /** Requests and limits that it runs with, while they are not those that were granted to it since. */
  resources?: ResourceRequirements;
  /** Its processes, where it has more than one that is known beforehand, or somebody looked into it. */
  processes?: ContainerProcesses;
  /** What its processes printed, on the machine's disk; absent: nothing. */
  logs?: ContainerLogs;
  /** Requests that it answered: in a window of time, and in the one before (see usage.ts). */
  served?: { readonly window: number; count: number; readonly before: number };
}

/** A pod's sandbox with its containers. */
export interface RuntimePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly isStatic: boolean;
  /** Whether its network namespace is up. */
  sandbox: boolean;
  ip: string | undefined;
  containers: readonly RuntimeContainer[];
  /** Contents of the volumes that live as long as it does, by name; those that nobody wrote to are absent. */
  volumes?: { [name: string]: FileNode };
  /** Resources set aside for containers, by name, whose specs ask for others since. */
  granted?: { readonly [container: string]: ResourceRequirements };
  /** What its volumes show, as of their last update. */
  pins?: Pins;
}

export type RuntimeState = "created" | "running" | "exited" | "lost";

export function stateOf(container: RuntimeContainer, nowMs: number): RuntimeState {
  if (container.lost) return "lost";
  if (container.startedMs < 0) return "created";
  return container.endsMs >= 0 && container.endsMs <= nowMs ? "exited" : "running";
}

/** The most of a termination message's file that is read. Models pkg/kubelet/container MaxContainerTerminationMessageLength */
const MESSAGE_BYTES = 4096;

export function exitOf(container: RuntimeContainer): Exit {
  if (container.startError !== undefined) {
    const { attempt, startedMs, endsMs, exitCode, startError } = container;
    return { attempt, startedMs, finishedMs: endsMs, exitCode, reason: "StartError", message: startError };
  }
  const bytes = container.message?.bytes;
  return {
    attempt: container.attempt,
    startedMs: container.startedMs,
    finishedMs: container.endsMs,
    exitCode: container.exitCode,
    reason: container.oomKilled ? "OOMKilled" : container.exitCode === 0 ? "Completed" : "Error",
    ...(bytes && { message: textOfBytes(bytes.slice(-MESSAGE_BYTES)) }),
  };
}

/** The container of that name that the runtime has, lost ones too. */
export function findContainer(pod: RuntimePod | undefined, name: string): RuntimeContainer | undefined {
  // A pod has one container, or few: a loop beats a map.
  if (pod !== undefined) for (const container of pod.containers) if (container.name === name) return container;
  return undefined;
}

/** Creates a container's next attempt; it is not running yet. */
export function createContainer(
  pod: RuntimePod,
  { name, image }: Pick<Container, "name" | "image">,
  behaviour: Behaviour,
  nowMs: number,
): RuntimeContainer {
  const old = findContainer(pod, name);
  const previous = old !== undefined && stateOf(old, nowMs) === "exited" ? exitOf(old) : undefined;
  const fresh: RuntimeContainer = {
    name,
    attempt: old === undefined ? 0 : old.attempt + 1,
    startedMs: -1,
    endsMs: -1,
    exitCode: 0,
    oomKilled: false,
    termMs: behaviour.onTerm?.afterMs ?? -1,
    termCode: behaviour.onTerm?.exitCode ?? 0,
    process: pod.isStatic ? behaviour.process : undefined,
    lost: false,
    memory: undefined,
    previous,
    image,
  };
  if (old === undefined) {
    // Joined, not pushed: a list that grows takes room for many more.
    pod.containers = pod.containers.concat(fresh);
    return fresh;
  }
  Object.assign(old, fresh);
  beginLog(old);
  delete old.files;
  delete old.processes;
  delete old.startError;
  delete old.isReplaced;
  delete old.message;
  delete old.pins;
  delete old.resources;
  delete old.served;
  return old;
}

export function startProcess(container: RuntimeContainer, behaviour: Behaviour, nowMs: number): void {
  container.startedMs = nowMs;
  container.endsMs = behaviour.runsForMs === undefined ? -1 : nowMs + behaviour.runsForMs;
  container.exitCode = behaviour.exitCode;
}

/** SIGTERM now, SIGKILL after the grace: sets when and how it ends, unless it ends sooner by itself. */
export function stopContainer(container: RuntimeContainer, graceMs: number, nowMs: number): void {
  const obeys = container.termMs >= 0 && container.termMs <= graceMs;
  const endsMs = nowMs + (obeys ? container.termMs : graceMs);
  if (container.endsMs >= 0 && container.endsMs <= endsMs) return;
  container.endsMs = endsMs;
  container.exitCode = obeys ? container.termCode : 137;
}

/** Kills its process at once, as from outside. */
export function killContainer(container: RuntimeContainer, exitCode: number, nowMs: number): void {
  container.endsMs = nowMs;
  container.exitCode = exitCode;
}
