import { INTERRUPTED, type OwnCommand, type Run } from "./commands/command.ts";

/** Filters that give out what they have as it comes; others wait for the end. */
const LINE_BY_LINE = new Set([
  "grep",
  "egrep",
  "fgrep",
  "rg",
  "sed",
  "awk",
  "cut",
  "tr",
  "head",
  "cat",
  "tee",
  "nl",
  "jq",
]);

function isLineByLine(tail: string): boolean {
  const plain = tail.replace(/'[^']*'|"[^"]*"/g, "q");
  return plain.split("|").every((part) => LINE_BY_LINE.has(part.trim().split(/\s/)[0] ?? ""));
}

/** How many lines the first of the filters takes before it is done; undefined when it reads to the end. */
function linesTaken(tail: string): number | undefined {
  const head = /^\s*head(?:\s+(?:-n\s*|--lines=|-)(\d+))?\s*(\||$)/.exec(tail.trim());
  if (head !== null) return Number(head[1] ?? 10);
  return undefined;
}

/**
 * A command that goes on, with filters behind it: they are run anew over all that has come, and what is new of their output
 * is shown. It ends when its reader is done, when it ends itself, or with Ctrl-C.
 */
export async function runFlow(run: Run, command: OwnCommand, tail: string): Promise<number> {
  const stop = new AbortController();
  run.signal.addEventListener("abort", () => stop.abort(), { once: true });
  const limit = linesTaken(tail);
  const quiet = /^\s*e?grep\b[^|]*\s-(\w*q|m\s*1)\b/.test(tail);
  const atOnce = isLineByLine(tail);
  let isOver = false;
  let come = "";
  let shown = "";
  let exitCode = 0;
  let filtering: Promise<void> = Promise.resolve();
  let waiting = false;
  const filter = async () => {
    waiting = false;
    // A line that is not whole yet waits for its end.
    const whole = come.slice(0, come.lastIndexOf("\n") + 1);
    const result = await run.exec(tail.trim(), whole);
    exitCode = result.exitCode;
    const fresh = result.stdout.startsWith(shown) ? result.stdout.slice(shown.length) : result.stdout;
    if (atOnce || isOver) {
      shown = result.stdout;
      if (fresh !== "") run.out(fresh);
    }
    if (result.stderr !== "") run.err(result.stderr);
    const isDone = limit !== undefined && whole.split("\n").length > limit;
    if (isDone || (quiet && exitCode === 0)) stop.abort();
  };
  await command.run({
    ...run,
    signal: stop.signal,
    onScreen: false,
    out: (text) => {
      if (stop.signal.aborted) return;
      come += text;
      if (waiting) return;
      waiting = true;
      filtering = filtering.then(filter);
    },
  });
  await filtering;
  isOver = true;
  if (!run.signal.aborted && !atOnce) await filter();
  return run.signal.aborted ? INTERRUPTED : exitCode;
}
