import type { KubeletFailure } from "../../api/streams.ts";
import type { ConnectProblem } from "../../network/network-view.ts";
import type { Machine } from "../machine.ts";
import type { Machines } from "../machines.ts";

export const KUBELET_PORT = 10250;

/** Why no connection comes about, as Go's dialer says it. */
export function dialText(address: string, port: number, problem: ConnectProblem): string {
  const dial = `dial tcp ${address}:${port}`;
  switch (problem) {
    case "refused":
      return `${dial}: connect: connection refused`;
    case "unreachable":
      return `${dial}: connect: no route to host`;
    case "timeout":
      return `${dial}: i/o timeout`;
    case "unknown-host":
      return `dial tcp: lookup ${address}: no such host`;
    case "reset":
      return "EOF";
  }
}

/** What keeps the API server from a node's kubelet; undefined when nothing does. */
export function kubeletProblem(machines: Machines, nodeName: string): KubeletFailure | undefined {
  const machine = machines.get(nodeName);
  if (machine === undefined) return unreachable(nodeName, "unknown-host");
  const { address } = machine.shape;
  if (!machine.powered) return unreachable(address, "unreachable");
  if (!machine.connected) return unreachable(address, "timeout");
  return machine.kubeletEnabled ? undefined : unreachable(address, "refused");
}

function unreachable(address: string, problem: ConnectProblem): KubeletFailure {
  return { kind: "unreachable", text: dialText(address, KUBELET_PORT, problem) };
}

/** The machine that the API server runs on: where its connections come from. */
export function apiServerMachine(machines: Machines): Machine | undefined {
  const [name] = machines.withManifest("kube-apiserver");
  return name === undefined ? undefined : machines.get(name);
}
