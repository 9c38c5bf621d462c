import { closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** A complaint at a line of the text. */
export interface Mark {
  readonly line: number;
  readonly column?: number;
  readonly message: string;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--yaml-key)" },
  { tag: [tags.string, tags.content], color: "var(--yaml-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--yaml-number)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--yaml-comment)", fontStyle: "italic" },
  { tag: [tags.meta, tags.separator, tags.punctuation], color: "var(--text-2)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", backgroundColor: "var(--surface)", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--text-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 8px", minWidth: "26px" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--surface-3) 45%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft) !important" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-sm)",
    color: "var(--text)",
    maxWidth: "440px",
  },
  ".cm-diagnostic-error": { borderLeftColor: "var(--failing)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--failing) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-error": { content: "none" },
  ".cm-gutter-lint": { width: "12px" },
  ".cm-gutter-lint .cm-lint-marker": {
    width: "0",
    height: "0",
    borderLeft: "5px solid transparent",
    borderRight: "5px solid transparent",
    borderBottom: "9px solid var(--failing)",
    marginTop: "4px",
  },
  ".cm-panels": { backgroundColor: "var(--surface-2)", color: "var(--text)", borderColor: "var(--line)" },
});

interface On {
  /** Names the field for screen readers. */
  readonly label: string;
  readonly apply: () => void;
  readonly changed: (text: string) => void;
}

/** What an editor of manifests is made of. */
export function extensions(on: On): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    indentUnit.of("  "),
    keymap.of([
      {
        key: "Mod-Enter",
        run: () => {
          on.apply();
          return true;
        },
      },
      // Tab indents; Escape first lets it leave the field, as CodeMirror's own docs ask for.
      indentWithTab,
      ...defaultKeymap,
      ...historyKeymap,
      ...searchKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ "aria-label": on.label, tabindex: "0" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) on.changed(update.state.doc.toString());
    }),
    look,
  ];
}

/** YAML's colours, unless the text is too long for them. */
export function light(coloured: boolean): Extension {
  return coloured ? [yaml(), syntaxHighlighting(colours)] : [];
}

/** Shows complaints at their lines. */
export function setProblems(editor: EditorView, marks: readonly Mark[]): void {
  const { doc } = editor.state;
  const diagnostics = marks.map((mark): Diagnostic => {
    const line = doc.line(Math.min(Math.max(1, mark.line), doc.lines));
    const indent = line.text.length - line.text.trimStart().length;
    const from = Math.min(line.from + (mark.column === undefined ? indent : mark.column - 1), line.to);
    return { from, to: line.to, severity: "error", message: mark.message };
  });
  diagnostics.sort((a, b) => a.from - b.from);
  editor.dispatch(setDiagnostics(editor.state, diagnostics));
}
