import { X } from "lucide-react";
import { useEditor } from "../deeds/manifest.ts";
import type { ApplyDocument } from "../session/session.ts";
import { inspect } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Editor.module.css";
import { advice } from "./problems.ts";

type GoTo = (line: number, column?: number) => void;

const SHOWN = 100;

/** What the API server said to each document of the text. */
export function ApplyResults({ goTo }: { goTo: GoTo }) {
  const result = useEditor((state) => state.result);
  if (!result) return <p className={classes.hint}>Ctrl+Enter applies. What the API server answers stands here.</p>;
  const { results } = result;
  const failed = results.filter((item) => !item.ok).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable to be scrolled by keys
    <section className={classes.results} aria-label="Result of apply" tabIndex={0}>
      <div className={classes.resultsHead} role="status">
        {results.length === 0
          ? "Nothing to apply: the text has no document in it."
          : failed === 0
            ? `Applied ${results.length} ${results.length === 1 ? "object" : "objects"}`
            : `${failed} of ${results.length} ${results.length === 1 ? "document" : "documents"} refused`}
        <span className={controls.spacer} />
        <IconButton label="Close the results" onClick={() => useEditor.setState({ result: undefined })}>
          <X size={14} />
        </IconButton>
      </div>
      <ul>
        {results.slice(0, SHOWN).map((item) => (
          <Result key={`${item.line}-${item.message}`} item={item} goTo={goTo} />
        ))}
        {results.length > SHOWN && <li className={classes.result}>and {results.length - SHOWN} more</li>}
      </ul>
    </section>
  );
}

function Result({ item, goTo }: { item: ApplyDocument; goTo: GoTo }) {
  const { applied } = item;
  const help = item.ok ? undefined : advice(item.message);
  const line = item.problems[0]?.line ?? item.line;
  return (
    <li className={classes.result} data-failed={!item.ok || undefined}>
      <StatusGlyph tone={item.ok ? "completed" : "failing"} size={11} />
      <div className={classes.resultText}>
        <p className={classes.said}>{item.message}</p>
        {help && <p className={classes.advice}>{help}</p>}
        {item.ok && applied && (
          <button type="button" className={controls.link} onClick={() => inspect(applied)}>
            Show it
          </button>
        )}
        {!item.ok && (
          <button type="button" className={controls.link} onClick={() => goTo(line, item.problems[0]?.column)}>
            Line {line}
          </button>
        )}
      </div>
    </li>
  );
}
