import { quoted } from "../text.ts";
import { INTERRUPTED, type OwnCommand, type Run, unlessStopped } from "./command.ts";

const UNIT_MS: { readonly [unit: string]: number } = { "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `5`, `0.5s`, `2m`; undefined when it is none. */
function spanMs(word: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(word);
  return match === null ? undefined : Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? 0);
}

/** `sleep`, on the cluster's clock. */
async function sleep({ words, cluster, signal, err }: Run): Promise<number> {
  if (words.length === 0) {
    err("sleep: missing operand\n");
    return 1;
  }
  let total = 0;
  for (const word of words) {
    const ms = spanMs(word);
    if (ms === undefined) {
      err(`sleep: invalid time interval '${word}'\n`);
      return 1;
    }
    total += ms;
  }
  await unlessStopped(signal, cluster.wait(Math.round(total)));
  return signal.aborted ? INTERRUPTED : 0;
}

const CLEAR = "\u001b[H\u001b[2J";

interface WatchOptions {
  readonly everyMs: number;
  readonly title: boolean;
  readonly untilChange: boolean;
  readonly command: readonly string[];
}

function watchOptions(words: readonly string[]): WatchOptions | string {
  let everyMs = 2000;
  let title = true;
  let untilChange = false;
  let at = 0;
  for (; at < words.length && (words[at] ?? "").startsWith("-"); at++) {
    const word = words[at] ?? "";
    const interval = /^(?:-n|--interval=?)(.*)$/.exec(word);
    if (interval !== null) {
      const text = interval[1] || (words[++at] ?? "");
      const ms = spanMs(text);
      if (ms === undefined) return `watch: failed to parse argument: '${text}'`;
      everyMs = Math.max(100, ms);
    } else if (word === "-t" || word === "--no-title") title = false;
    else if (word === "-g" || word === "--chgexit") untilChange = true;
    else if (!/^-[dbecx]+$|^--(differences|color|exec)$/.test(word)) return `watch: unrecognized option '${word}'`;
  }
  return { everyMs, title, untilChange, command: words.slice(at) };
}

/** `watch`: a command again and again, on the cluster's clock. */
async function watch(run: Run): Promise<number> {
  const { cluster, screen, signal } = run;
  const options = watchOptions(run.words);
  if (typeof options === "string" || options.command.length === 0) {
    run.err(`${typeof options === "string" ? options : "Usage: watch [options] command"}\n`);
    return 1;
  }
  // One word is a line of its own, as `sh -c` reads it.
  const [only = ""] = options.command;
  const line = options.command.length === 1 ? only : options.command.map(quoted).join(" ");
  let before: string | undefined;
  while (!signal.aborted) {
    const result = await unlessStopped(signal, run.exec(line));
    if (result === undefined) break;
    await cluster.sync();
    const text = result.stdout + result.stderr;
    const title = `Every ${(options.everyMs / 1000).toFixed(1)}s: ${options.command.join(" ")}`;
    const date = new Date(cluster.nowEpochMs()).toUTCString();
    const gap = " ".repeat(Math.max(1, screen.columns - title.length - date.length));
    const room = Math.max(1, screen.rows - (options.title ? 2 : 0) - 1);
    const lines = text.replace(/\n$/, "").split("\n").slice(0, room);
    const shown = lines.map((each) => each.slice(0, screen.columns)).join("\n");
    run.out(`${run.onScreen ? CLEAR : ""}${options.title ? `${title}${gap}${date}\n\n` : ""}${shown}\n`);
    if (options.untilChange && before !== undefined && before !== text) return 0;
    before = text;
    await unlessStopped(signal, cluster.wait(options.everyMs));
  }
  return INTERRUPTED;
}

const TIMED_OUT = 124;

/** `timeout DURATION COMMAND`, on the cluster's clock. */
async function timeout(run: Run): Promise<number> {
  let at = 0;
  while ((run.words[at] ?? "").startsWith("-")) at += /^-[sk]$/.test(run.words[at] ?? "") ? 2 : 1;
  const [span = "", ...command] = run.words.slice(at);
  const ms = spanMs(span);
  if (ms === undefined || command.length === 0) {
    run.err(
      ms === undefined && span !== "" ? `timeout: invalid time interval '${span}'\n` : "timeout: missing operand\n",
    );
    return 125;
  }
  const stop = new AbortController();
  const end = () => stop.abort();
  run.signal.addEventListener("abort", end, { once: true });
  let isLate = false;
  void run.cluster.wait(ms).then(() => {
    isLate = true;
    end();
  });
  const code = await unlessStopped(stop.signal, run.spawn(run, command, stop.signal));
  run.signal.removeEventListener("abort", end);
  return code ?? (isLate ? TIMED_OUT : INTERRUPTED);
}

/** `date`, by the cluster's clock unless another time is asked for. */
async function date(run: Run): Promise<number> {
  await run.cluster.sync();
  const isGiven = run.words.some((word) => /^(-d|--date|-r|--reference|--help)/.test(word));
  const seconds = Math.floor(run.cluster.nowEpochMs() / 1000);
  const result = await run.original(isGiven ? run.words : ["-d", `@${seconds}`, ...run.words]);
  run.out(result.stdout);
  run.err(result.stderr);
  return result.exitCode;
}

export const timeCommands: readonly OwnCommand[] = [
  { name: "sleep", run: sleep },
  { name: "watch", run: watch },
  { name: "timeout", run: timeout },
  { name: "date", run: date },
];
