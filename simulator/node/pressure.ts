/** The conditions of a node that runs out of something. */
export type PressureType = "MemoryPressure" | "DiskPressure" | "PIDPressure";

/** What a node's condition says while there is pressure, and the reason of the event when it begins. */
export interface PressureText {
  readonly reason: string;
  readonly message: string;
  readonly event: string;
}

// Models pkg/kubelet/nodestatus setters.go
export const PRESSURE_TEXTS: Readonly<Record<PressureType, PressureText>> = {
  MemoryPressure: {
    reason: "KubeletHasInsufficientMemory",
    message: "kubelet has insufficient memory available",
    event: "NodeHasInsufficientMemory",
  },
  DiskPressure: {
    reason: "KubeletHasDiskPressure",
    message: "kubelet has disk pressure",
    event: "NodeHasDiskPressure",
  },
  PIDPressure: {
    reason: "KubeletHasInsufficientPID",
    message: "kubelet has insufficient PID available",
    event: "NodeHasInsufficientPID",
  },
};
