import { create } from "zustand";
import { type AskEditor, TerminalView } from "./view.ts";

/** An editor that a command has opened and waits for. */
export interface Editing {
  readonly text: string;
  readonly name: string;
  readonly done: (text: string | undefined) => void;
}

interface TerminalsState {
  readonly views: readonly TerminalView[];
  readonly shown: number;
  readonly editing: Editing | undefined;
}

/** The tab's terminals; they live on while their panel is out of sight. */
export const useTerminals = create<TerminalsState>()(() => ({ views: [], shown: 0, editing: undefined }));

let last = 0;

const ask: AskEditor = (text, name) =>
  new Promise((resolve) => {
    const done = (left: string | undefined) => {
      useTerminals.setState({ editing: undefined });
      resolve(left);
    };
    useTerminals.setState({ editing: { text, name, done } });
  });

export function addTerminal(): void {
  last += 1;
  const view = new TerminalView(last, ask, closeTerminal);
  useTerminals.setState(({ views }) => ({ views: [...views, view], shown: view.id }));
}

export function closeTerminal(id: number): void {
  const { views, shown } = useTerminals.getState();
  views.find((view) => view.id === id)?.dispose();
  const left = views.filter((view) => view.id !== id);
  useTerminals.setState({ views: left, shown: shown === id ? (left.at(-1)?.id ?? 0) : shown });
}
