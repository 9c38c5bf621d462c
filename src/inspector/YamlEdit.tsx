import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { parse } from "yaml";
import type { JsonObject } from "../../simulator/index.ts";
import { useAnyObject } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import type { KubeObject, Ref } from "../store/objects.ts";
import { toast } from "../store/ui.ts";
import { extensions, light, type Mark, setProblems } from "../widgets/codemirror.ts";
import controls from "../widgets/controls.module.css";
import { pathIn, servedAs } from "./discovery.ts";
import { type Refusal, refusalMarks, syntaxMarks } from "./field-lines.ts";
import classes from "./Inspector.module.css";
import { toYaml } from "./YamlView.tsx";

const CONFLICT = 409;

/** What became of an attempt to save: done, or why not and where. */
type Outcome =
  | { readonly done: true }
  | { readonly done: false; readonly why: Refusal; readonly marks: readonly Mark[] };

/** Puts the text in the object's place, as it was when the editing began: what came in between is a conflict. */
async function put(text: string, { key }: Ref, base: KubeObject): Promise<Outcome> {
  const broken = syntaxMarks(text);
  const [first] = broken;
  if (first) return { done: false, why: { code: 0, message: first.message, causes: [] }, marks: broken };
  const edited = parse(text) as JsonObject | null;
  const served = await servedAs(base.apiVersion ?? "v1", base.kind ?? "");
  if (edited === null || typeof edited !== "object" || Array.isArray(edited) || served === undefined) {
    const why = { code: 0, message: "The text is not an object.", causes: [] };
    return { done: false, why, marks: [{ line: 1, message: why.message }] };
  }
  const metadata = { ...(edited.metadata as JsonObject), resourceVersion: base.metadata?.resourceVersion ?? "" };
  const { code, body } = await session().request({
    method: "PUT",
    path: `${pathIn(served, key)}?fieldManager=kubectl-edit&fieldValidation=Strict`,
    contentType: "application/json",
    body: { ...edited, metadata },
  });
  if (code < 300) return { done: true };
  const { message = "", details } = body as { message?: string; details?: { causes?: Refusal["causes"] } };
  const why = { code, message, causes: details?.causes ?? [] };
  return { done: false, why, marks: code === CONFLICT ? [] : refusalMarks(text, why) };
}

/** The object's YAML in an editor: Apply writes it, Cancel leaves the object as it is. */
export default function YamlEdit({ selected, onDone }: { selected: Ref; onDone: () => void }) {
  const latest = useAnyObject(selected.kind, selected.key);
  const [base, setBase] = useState(latest);
  const [why, setWhy] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const applying = useRef<() => void>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is the base's as it was taken up; what comes later is a conflict
  useEffect(() => {
    const element = box.current;
    if (element === null || base === undefined) return;
    const on = {
      label: "YAML of the object",
      apply: () => applying.current?.(),
      changed: () => {
        setWhy(undefined);
        queueMicrotask(() => setProblems(editor, []));
      },
    };
    const state = EditorState.create({ doc: toYaml(base), extensions: [extensions(on), light(true)] });
    const editor: EditorView = new EditorView({ parent: element, state });
    view.current = editor;
    editor.focus();
    return () => editor.destroy();
  }, []);

  const apply = async (onto: KubeObject | undefined) => {
    const editor = view.current;
    if (editor === undefined || onto === undefined || busy) return;
    setBusy(true);
    const outcome = await put(editor.state.doc.toString(), selected, onto);
    setBusy(false);
    if (outcome.done) {
      toast("info", `${selected.kind.toLowerCase()}/${onto.metadata?.name} edited`);
      onDone();
      return;
    }
    setWhy(outcome.why);
    setProblems(editor, outcome.marks);
    const [mark] = outcome.marks;
    if (mark === undefined) return;
    const line = editor.state.doc.line(Math.min(mark.line, editor.state.doc.lines));
    editor.dispatch({
      selection: { anchor: line.from },
      effects: EditorView.scrollIntoView(line.from, { y: "center" }),
    });
  };
  applying.current = () => void apply(base);

  const takeTheirs = () => {
    const editor = view.current;
    if (editor === undefined || latest === undefined) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: toYaml(latest) } });
    setBase(latest);
    setWhy(undefined);
  };

  return (
    <div className={classes.edit}>
      <div className={classes.editBar}>
        <span className={classes.caption}>Status and managed fields are the cluster's.</span>
        <button type="button" className={controls.button} onClick={onDone}>
          Cancel
        </button>
        <button
          type="button"
          className={`${controls.button} ${controls.primary}`}
          disabled={busy}
          onClick={() => void apply(base)}
        >
          Apply
        </button>
      </div>
      {why && (
        <div className={classes.refusal} role="alert">
          <p>{why.message}</p>
          {why.code === CONFLICT && (
            <p className={classes.editChoice}>
              <button type="button" className={controls.button} onClick={takeTheirs}>
                Take theirs
              </button>
              <button type="button" className={controls.button} onClick={() => void apply(latest)}>
                Overwrite with mine
              </button>
            </p>
          )}
        </div>
      )}
      <div ref={box} className={classes.editText} />
    </div>
  );
}
