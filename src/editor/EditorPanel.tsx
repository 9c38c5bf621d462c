import { Menu } from "@mantine/core";
import { ChevronDown, FileUp, Play, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { examples } from "../deeds/examples.ts";
import { applyText, loadExample, setText, stopApplying, useEditor } from "../deeds/manifest.ts";
import { toast, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import { ApplyResults } from "./ApplyResults.tsx";
import { CodeEditor } from "./CodeEditor.tsx";
import classes from "./Editor.module.css";

/** YAML, a button that applies it, and what the API server said. */
export default function EditorPanel() {
  const editor = useRef<{ goTo: (line: number, column?: number) => void }>(null);
  return (
    <div className={classes.panel}>
      <div className={classes.bar}>
        <Examples />
        <OpenFile />
        <span className={controls.spacer} />
        <ApplyButton />
      </div>
      <div className={classes.code}>
        <CodeEditor ref={editor} />
      </div>
      <ApplyResults goTo={(line, column) => editor.current?.goTo(line, column)} />
    </div>
  );
}

/** After this time an apply may be stopped: before it, the button would only flicker. */
const STOPPABLE_AFTER_MS = 1200;

function ApplyButton() {
  const applying = useEditor((state) => state.applying);
  const empty = useEditor((state) => state.text.trim() === "");
  const namespace = useUi((state) => state.namespace || "default");
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!applying) return;
    const timer = setTimeout(() => setLong(true), STOPPABLE_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [applying]);
  if (applying && long) {
    return (
      <button type="button" className={controls.button} onClick={stopApplying}>
        <Square size={11} fill="currentColor" />
        Stop applying
      </button>
    );
  }
  return (
    <button
      type="button"
      className={`${controls.button} ${controls.primary}`}
      disabled={applying || empty}
      title={`kubectl apply -f -, into ${namespace} where no namespace is named (Ctrl+Enter)`}
      onClick={() => void applyText()}
    >
      <Play size={13} fill="currentColor" />
      Apply
    </button>
  );
}

function Examples() {
  return (
    <Menu position="bottom-start" width={300} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className={classes.examples}>
          Examples
          <ChevronDown size={13} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {examples.map((example) => (
          <Menu.Item key={example.id} onClick={() => loadExample(example.id)}>
            {example.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** More than this is no manifest; reading it would only hold up the page. */
const FILE_LIMIT = 20_000_000;

function OpenFile() {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > FILE_LIMIT)
      toast("error", `${file.name} has ${Math.round(file.size / 1e6)} MB; at most 20 MB are read.`);
    else setText(await file.text());
  };
  return (
    <>
      <IconButton label="Open a file" onClick={() => input.current?.click()}>
        <FileUp size={15} />
      </IconButton>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,.json"
        onChange={(event) => {
          void read(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
    </>
  );
}
