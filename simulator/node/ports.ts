import type { Cache } from "../api/client.ts";
import type { Pod } from "../api/refs.ts";
import type { NetworkView, Place } from "../network/network-view.ts";
import type { Machine } from "./machine.ts";

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
