import { create } from "zustand";
import type { ApplyResult } from "../session/session.ts";
import { session } from "../store/connect.ts";
import { load, save } from "../store/keep.ts";
import { markDone, setUi, useUi } from "../store/ui.ts";
import { examples, starter } from "./examples.ts";

/** The editor's text and what became of it when it was last applied. */
export interface EditorState {
  readonly text: string;
  /** Counts changes that did not come from typing: the editor takes them over. */
  readonly version: number;
  readonly applying: boolean;
  readonly result: ApplyResult | undefined;
  /** The text that `result` is about: its lines may be marked only while they are the same. */
  readonly resultText: string;
}

export const useEditor = create<EditorState>()(() => ({
  text: starter,
  version: 0,
  applying: false,
  result: undefined,
  resultText: "",
}));

const KEEP_AFTER_MS = 400;
let timer: ReturnType<typeof setTimeout> | undefined;

export function typed(text: string): void {
  useEditor.setState({ text });
  clearTimeout(timer);
  timer = setTimeout(() => void save("editor", text), KEEP_AFTER_MS);
}

/** Puts other text into the editor and shows it. */
export function setText(text: string): void {
  typed(text);
  useEditor.setState((state) => ({ version: state.version + 1, result: undefined }));
  setUi({ left: "editor", leftOpen: true, narrowPage: "editor" });
}

export function loadExample(id: string): void {
  const example = examples.find((item) => item.id === id);
  if (example) setText(example.text);
}

/** Takes up the text of the last visit. */
export async function restoreText(): Promise<void> {
  const text = await load<string>("editor");
  if (typeof text === "string") useEditor.setState((state) => ({ text, version: state.version + 1 }));
}

let stopping: AbortController | undefined;

/** Ends an apply that takes too long. */
export function stopApplying(): void {
  stopping?.abort();
}

/** `kubectl apply -f -` with the editor's text. */
export async function applyText(): Promise<void> {
  const { text, applying } = useEditor.getState();
  if (applying) return;
  stopping = new AbortController();
  useEditor.setState({ applying: true });
  const namespace = useUi.getState().namespace || "default";
  try {
    const result = await session().apply(text, { namespace, signal: stopping.signal });
    useEditor.setState({ result, resultText: text });
    if (result.results.some((item) => item.ok)) markDone("apply");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failed = { ok: false, line: 1, message: `error: ${message}`, problems: [], warnings: [] };
    useEditor.setState({ result: { results: [failed] }, resultText: text });
  } finally {
    useEditor.setState({ applying: false });
  }
}
