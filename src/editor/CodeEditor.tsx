import { Compartment, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { applyText, typed, useEditor } from "../deeds/manifest.ts";
import { extensions, light, setProblems } from "../widgets/codemirror.ts";
import { marks } from "./problems.ts";

interface Handle {
  readonly goTo: (line: number, column?: number) => void;
}

/** Beyond this size colours cost more than they help. */
const PLAIN_FROM = 400_000;

/** The text field itself: CodeMirror, kept in step with the store. */
export function CodeEditor({ ref }: { ref: Ref<Handle> }) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const version = useEditor((state) => state.version);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const coloured = new Compartment();
    const editor = new EditorView({
      parent: element,
      state: EditorState.create({
        doc: useEditor.getState().text,
        extensions: [
          extensions({ label: "Manifest in YAML", apply: () => void applyText(), changed: typed }),
          coloured.of(light(useEditor.getState().text.length < PLAIN_FROM)),
          EditorView.updateListener.of((update) => {
            const before = update.startState.doc.length < PLAIN_FROM;
            const now = update.state.doc.length < PLAIN_FROM;
            if (before !== now) queueMicrotask(() => editor.dispatch({ effects: coloured.reconfigure(light(now)) }));
          }),
        ],
      }),
    });
    view.current = editor;
    const stop = useEditor.subscribe(() => showMarks(editor));
    showMarks(editor);
    return () => {
      stop();
      editor.destroy();
    };
  }, []);

  // Text that came from elsewhere: an example, a file, an object of the cluster, the last visit.
  useEffect(() => {
    const editor = view.current;
    const { text } = useEditor.getState();
    if (!editor || version === 0 || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text }, selection: { anchor: 0 } });
    editor.scrollDOM.scrollTop = 0;
  }, [version]);

  useImperativeHandle(ref, () => ({
    goTo(line, column = 1) {
      const editor = view.current;
      if (!editor) return;
      const at = editor.state.doc.line(Math.min(Math.max(1, line), editor.state.doc.lines));
      const anchor = Math.min(at.from + Math.max(0, column - 1), at.to);
      editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
      editor.focus();
    },
  }));
  return <div ref={box} style={{ height: "100%" }} />;
}

/** The server's complaints stand at their lines as long as the text is the one it complained about. */
function showMarks(editor: EditorView): void {
  const { result, resultText, text } = useEditor.getState();
  setProblems(editor, result && text === resultText ? marks(result) : []);
}
