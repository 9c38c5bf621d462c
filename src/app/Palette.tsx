import { Modal } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useState } from "react";
import type { ObjectChange } from "../session/session.ts";
import { useCluster } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import { setUi, useUi } from "../store/ui.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import { type Command, search, wordsOf } from "./commands.ts";
import classes from "./Palette.module.css";

/** Finds any object and any command by a few letters. Not loaded lazily: the first letters would go elsewhere. */
export function Palette() {
  const mode = useUi((state) => state.palette);
  const close = () => setUi({ palette: "closed" });
  return (
    <Modal.Root opened onClose={close} size={560} yOffset="9vh" padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search">
        <Modal.Body>
          <SearchBox mode={mode === "objects" ? "objects" : "all"} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Sooner than the dialog would: the next letter is already on its way. */
function focusAtOnce(input: HTMLInputElement | null): void {
  input?.focus();
}

const NOTHING: readonly ObjectChange[] = [];

/** Of a cluster that is too large to be told whole, the session looks as well. */
function useBeyond(query: string): readonly ObjectChange[] {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (useCluster.getState().crowd === undefined || query.trim() === "") return;
    let current = true;
    void session()
      .find(wordsOf(query))
      .then((objects) => {
        if (current) setFound(objects);
      });
    return () => {
      current = false;
    };
  }, [query]);
  return found;
}

function SearchBox({ mode }: { mode: "all" | "objects" }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const beyond = useBeyond(query);
  const found = useMemo(() => search(useCluster.getState(), query, mode, beyond), [query, mode, beyond]);
  const chosen = found[Math.min(at, found.length - 1)];
  const run = (command: Command | undefined) => {
    if (!command) return;
    setUi({ palette: "closed" });
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") run(chosen);
    else if (step !== 0) setAt((now) => Math.max(0, Math.min(found.length - 1, now + step)));
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.box}>
      <div className={classes.field}>
        <Search size={16} aria-hidden="true" />
        <input
          ref={focusAtOnce}
          data-autofocus
          value={query}
          placeholder={mode === "objects" ? "Go to an object" : "Go to an object, or run a command"}
          role="combobox"
          aria-label="Search"
          aria-expanded={found.length > 0}
          aria-controls="palette-list"
          aria-activedescendant={chosen ? `palette-${chosen.id}` : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label="Found" className={classes.list}>
        {found.map((command) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
          <div
            key={command.id}
            id={`palette-${command.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={command === chosen}
            className={classes.row}
            ref={command === chosen ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            onClick={() => run(command)}
          >
            {command.tone ? <StatusGlyph tone={command.tone} size={11} /> : <span className={classes.bullet}>›</span>}
            <span className={command.tone ? classes.object : undefined}>{command.title}</span>
            <span className={classes.note}>{command.note}</span>
          </div>
        ))}
        {found.length === 0 && <p className={classes.none}>Nothing is called “{query}”.</p>}
      </div>
    </div>
  );
}
