import { create } from "zustand";

/** Ports that are open on the machine of the shells, such as `kubectl port-forward` opens, and the one that is looked at. */
interface PortsState {
  readonly open: readonly number[];
  readonly shown: number | undefined;
}

export const usePorts = create<PortsState>()(() => ({ open: [], shown: undefined }));

/** A port that is closed is looked at no more. */
export function tellPorts(open: readonly number[]): void {
  usePorts.setState(({ shown }) => ({ open, shown: shown !== undefined && open.includes(shown) ? shown : undefined }));
}

export function showPort(shown: number | undefined): void {
  usePorts.setState({ shown });
}
