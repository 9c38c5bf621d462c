import "@xterm/xterm/css/xterm.css";
import { Globe, Plus, X } from "lucide-react";
import { type DragEvent, lazy, Suspense, useEffect, useRef, useState } from "react";
import { IconButton } from "../widgets/IconButton.tsx";
import { showPort, usePorts } from "./ports.ts";
import classes from "./Terminal.module.css";
import { addTerminal, closeTerminal, useTerminals } from "./terminals.ts";
import type { TerminalView } from "./view.ts";

const Preview = lazy(() => import("./Preview.tsx"));
const FileEditor = lazy(() => import("./FileEditor.tsx"));

/** Terminals over the cluster, one of them in sight. */
export default function TerminalPanel() {
  const { views, shown, editing } = useTerminals();
  const view = views.find(({ id }) => id === shown);
  useEffect(() => {
    if (useTerminals.getState().views.length === 0) addTerminal();
  }, []);
  return (
    <div className={classes.panel}>
      <div className={classes.list}>
        {views.map(({ id }, index) => (
          <span key={id} className={classes.entry} data-shown={id === shown || undefined}>
            <button
              type="button"
              className={classes.name}
              aria-current={id === shown ? "true" : undefined}
              onClick={() => useTerminals.setState({ shown: id })}
            >
              bash {index + 1}
            </button>
            {views.length > 1 && (
              <IconButton label={`Close bash ${index + 1}`} onClick={() => closeTerminal(id)}>
                <X size={12} />
              </IconButton>
            )}
          </span>
        ))}
        <IconButton label="New terminal" onClick={addTerminal}>
          <Plus size={14} />
        </IconButton>
        <Ports />
      </div>
      <div className={classes.row}>
        {view === undefined ? (
          <p className={classes.none}>The last shell has ended. The plus above opens another one.</p>
        ) : (
          <Screen key={view.id} view={view} />
        )}
        <PortPreview />
      </div>
      {editing !== undefined && (
        <Suspense>
          <FileEditor editing={editing} onClosed={() => view?.focus()} />
        </Suspense>
      )}
    </div>
  );
}

/** The ports that are forwarded, each a press away from what answers there. */
function Ports() {
  const { open, shown } = usePorts();
  return (
    <span className={classes.ports}>
      {open.map((port) => (
        <button
          key={port}
          type="button"
          className={classes.port}
          aria-pressed={port === shown}
          aria-label={`Preview of port ${port}`}
          onClick={() => showPort(port === shown ? undefined : port)}
        >
          <Globe size={12} aria-hidden="true" /> localhost:{port}
        </button>
      ))}
    </span>
  );
}

function PortPreview() {
  const shown = usePorts((state) => state.shown);
  if (shown === undefined) return null;
  return (
    <Suspense>
      <Preview key={shown} port={shown} />
    </Suspense>
  );
}

function Screen({ view }: { view: TerminalView }) {
  const place = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    view.attach(element);
    view.focus();
    // Keys typed here are the shell's, not the page's.
    const keep = (event: KeyboardEvent) => {
      if (!((event.ctrlKey || event.metaKey) && event.key === "`")) event.stopPropagation();
    };
    element.addEventListener("keydown", keep);
    return () => {
      element.removeEventListener("keydown", keep);
      view.detach();
    };
  }, [view]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void view.put([...event.dataTransfer.files]);
  };
  return (
    <section
      ref={place}
      className={classes.screen}
      data-over={over || undefined}
      aria-label="Terminal"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    />
  );
}
