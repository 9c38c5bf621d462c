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
}

/** Name of a node's kubelet process, and of its component. */
export function kubeletProcess(nodeName: string): string {
  return `kubelet/${nodeName}`;
}
