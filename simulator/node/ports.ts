import type { Cache } from "../api/client.ts";
import type { Pod } from "../api/refs.ts";
import type { Result } from "../base/result.ts";
import type { NetworkView, Place } from "../network/network-view.ts";
import type { Machine } from "./machine.ts";
import type { ContainerPlace } from "./server/connections.ts";

/**
 * What machines ask of their host. A container of the control plane starts and stops a process of the simulation; so does
 * a machine its kubelet, under the name `kubelet/<node>`. A process named on several machines runs while one of them runs it.
 */
export interface ProcessPort {
  start(process: string): void;
  stop(process: string): void;
}

/** What machines need from their host. */
export interface MachinePorts {
  readonly processes: ProcessPort;
  /** Virtual time now. */
  readonly nowMs: () => number;
  /** The cluster's network from a place in it. Absent where machines stand alone, without one (tests of the kubelet). */
  readonly network?: (place: Place) => NetworkView;
  /** Told when kube-proxy of a machine has started, or is about to stop following the API. */
  readonly proxy?: (machine: Machine, does: "starts" | "stops") => void;
  readonly sources: SourcesPort;
  /** The processes of containers; absent where nobody runs shells. */
  readonly shells?: ShellsPort;
}

/** What kubelets ask of containers' processes. */
export interface ShellsPort {
  /** Starts a container's main process; gives the runtime's error when there is no such program. */
  startMain(place: ContainerPlace, words: readonly string[]): Result<undefined, string>;
  /** Sends a signal to a container's main process after a time. */
  signalMain(place: ContainerPlace, name: string, afterMs: number): void;
  /** Runs a command; gives its session, or the runtime's error. Its end comes to the kubelet as an `ErrandEnd`. */
  run(place: ContainerPlace, errand: Errand): Result<number, string>;
}

/** A command of the kubelet's own in a container: a probe's or a hook's. */
export interface Errand {
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

/** How a command of the kubelet's ended. */
export interface ErrandEnd {
  readonly container: string;
  readonly attempt: number;
  readonly session: number;
  /** -1: it took too long, and was killed. */
  readonly exitCode: number;
  /** The beginning of what it printed, both streams as one. */
  readonly output: string;
}

/** What kubelets fill environments and volumes from. Reading costs nothing and changes nothing. */
export interface SourcesPort {
  readonly cache: Cache;
  /** Epoch milliseconds that virtual 0 stands for. */
  readonly startEpochMs: number;
  /** The token that a kubelet asked for at `epochMs` for a pod; the same one each time. Undefined: no such account. */
  token(pod: Pod, audiences: readonly string[], expirationSeconds: number, epochMs: number): string | undefined;
}

/** Name of a node's kubelet process, and of its component. */
export function kubeletProcess(nodeName: string): string {
  return `kubelet/${nodeName}`;
}
