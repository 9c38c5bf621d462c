import { quoted } from "../text.ts";
import { INTERRUPTED, type OwnCommand, type Run } from "./command.ts";

/*
 * What prints more than anybody reads. A pipe of the interpreter holds all that is written before its reader begins, so that
 * a writer without end has to know how much its reader takes; on the screen it goes on as fast as it is drawn.
 */

/** Characters that are printed in one go. */
const PIECE = 32 * 1024;
/** Lines for a reader of which nothing is known. */
const LINES = 200_000;

/** Characters that a pipe or a file takes from one of these. */
const MOST_HELD = 24 * 1024 * 1024;

/** Prints until all is told or somebody ends it. */
async function print(run: Run, name: string, pieces: Iterable<string>): Promise<number> {
  let room = run.onScreen ? Number.POSITIVE_INFINITY : MOST_HELD;
  for (const piece of pieces) {
    if (run.signal.aborted) return INTERRUPTED;
    room -= piece.length;
    if (room < 0) {
      run.err(`${name}: write error: No space left on device\n`);
      return 1;
    }
    run.out(piece);
    if (run.onScreen) await run.screen.drawn();
  }
  return run.signal.aborted ? INTERRUPTED : 0;
}

/** `yes [TEXT ...]`; how many characters, or lines, its reader takes stands before its words. */
async function yes(run: Run): Promise<number> {
  const [limit = "", ...words] = run.words;
  const line = `${words.length === 0 ? "y" : words.join(" ")}\n`;
  const [, count = "", unit = ""] = /^(\d+)([cn])$/.exec(limit) ?? [];
  const reader = unit === "" ? Number.POSITIVE_INFINITY : Number(count) * (unit === "n" ? line.length : 1);
  return print(run, "yes", repeated(line, unit === "" && !run.onScreen ? LINES * line.length : reader));
}

function* repeated(line: string, characters: number): Iterable<string> {
  const piece = line.repeat(Math.max(1, Math.floor(PIECE / line.length)));
  for (let left = characters; left > 0; left -= piece.length) yield left < piece.length ? piece.slice(0, left) : piece;
}

/** `seq`: whole numbers are counted here, whatever else by the interpreter. */
async function seq(run: Run): Promise<number> {
  const numbers = run.words.map(Number);
  const isPlain = run.words.length > 0 && run.words.length <= 3 && run.words.every((word) => /^-?\d{1,15}$/.test(word));
  if (!isPlain) {
    // Only where it is run for its output the interpreter's own is at hand.
    const given = run.words.map(quoted).join(" ");
    const { stdout, stderr, exitCode } = await (run.onScreen ? run.exec(`seq ${given}`) : run.original(run.words));
    run.out(stdout);
    run.err(stderr);
    return exitCode;
  }
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (step === 0) {
    run.err("seq: invalid Zero increment value: '0'\nTry 'seq --help' for more information.\n");
    return 1;
  }
  return print(run, "seq", counted(first, step, last));
}

function* counted(first: number, step: number, last: number): Iterable<string> {
  let piece = "";
  for (let at = first; step > 0 ? at <= last : at >= last; at += step) {
    piece += `${at}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

export const endlessCommands: readonly OwnCommand[] = [
  { name: "yes", run: (run) => yes({ ...run, words: ["", ...run.words] }) },
  { name: "__yes", run: yes },
  { name: "seq", run: seq },
];
