import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { indentUnit } from "@codemirror/language";
import { searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import controls from "../widgets/controls.module.css";
import classes from "./Terminal.module.css";
import type { Editing } from "./terminals.ts";

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--surface)", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface-2)", color: "var(--text-3)", border: "none" },
});

/** What `vi`, `nano`, `edit` and `kubectl edit` open: the file, and a way to save it or leave it as it was. */
export default function FileEditor({ editing, onClosed }: { editing: Editing; onClosed: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const close = (save: boolean) => {
    editing.done(save ? view.current?.state.doc.toString() : editing.text);
    onClosed();
  };
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const ask = (save: boolean) => {
      editing.done(save ? editor.state.doc.toString() : editing.text);
      onClosed();
      return true;
    };
    const keys = [
      { key: "Mod-s", run: () => ask(true) },
      { key: "Mod-x", run: () => ask(true) },
      { key: "Escape", run: () => ask(false) },
    ];
    const editor: EditorView = new EditorView({
      parent: element,
      state: EditorState.create({
        doc: editing.text,
        extensions: [
          keymap.of([...keys, indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
          lineNumbers(),
          history(),
          drawSelection(),
          indentUnit.of("  "),
          /\.(ya?ml)$/.test(editing.name) ? yaml() : [],
          EditorView.contentAttributes.of({ "aria-label": `Text of ${editing.name}` }),
          look,
        ],
      }),
    });
    view.current = editor;
    editor.focus();
    return () => editor.destroy();
  }, [editing, onClosed]);
  return (
    <section className={classes.editor} aria-label={`Editor of ${editing.name}`}>
      <div className={classes.editorBar}>
        <span className={classes.file}>{editing.name}</span>
        <button type="button" className={controls.button} onClick={() => close(false)}>
          Leave unchanged
        </button>
        <button type="button" className={`${controls.button} ${controls.primary}`} onClick={() => close(true)}>
          Save and close
        </button>
      </div>
      <div ref={place} className={classes.editorText} />
    </section>
  );
}
