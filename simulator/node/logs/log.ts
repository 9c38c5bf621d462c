import type { RuntimeContainer } from "../runtime.ts";

/*
 * What containers print, as the runtime keeps it on the machine's disk. A container that printed nothing has none of it.
 * Bytes are one character each, as in latin-1.
 */

export type LogStream = "stdout" | "stderr";

/** Whole lines that were printed at once, each with its line end; or one piece of a line, without. */
export interface LogEntry {
  readonly atMs: number;
  /** Nanoseconds after `atMs` of its first line; each further line is `LINE_NANOS` later. */
  readonly nanos: number;
  readonly stream: LogStream;
  readonly text: string;
}

/** The log of one attempt of a container. */
export interface LogFile {
  entries: LogEntry[];
  /** Size on disk: with the time and the stream's name before each line. */
  bytes: number;
  /** How many entries were rotated away before the first of `entries`. */
  first: number;
  /** What came without a line end: it is no line yet. */
  readonly open: { [stream in LogStream]?: string };
  /** How many of the lines that its program writes by itself are in it: they are made when somebody looks. */
  own?: number;
}

/** The logs of a container: of the latest attempt, and of the one before it. */
export interface ContainerLogs {
  latest?: LogFile;
  previous?: LogFile;
}

/** The kubelet's containerLogMaxSize: then the file is rotated, and readers see the new one only. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** The runtime's longest line; a longer one is kept in pieces. */
const MAX_LINE_BYTES = 16 * 1024;
/** `2026-01-02T03:04:05.123456789Z stdout F `: what stands before a line on disk. */
const PREFIX_BYTES = 41;
/** Between two lines that were printed at once. */
export const LINE_NANOS = 1013;
const LAST_NANO = 999_999;

/** Appends what a container's process printed at virtual `atMs`. Bounded: see `MAX_FILE_BYTES`. */
// Models containerd internal/cri/io logger.go redirectLogs
export function appendLog(container: RuntimeContainer, stream: LogStream, bytes: string, atMs: number): void {
  if (bytes === "") return;
  container.logs ??= {};
  container.logs.latest ??= { entries: [], bytes: 0, first: 0, open: {} };
  const file = container.logs.latest;
  const text = (file.open[stream] ?? "") + bytes;
  const end = text.lastIndexOf("\n") + 1;
  if (text.length <= MAX_LINE_BYTES) {
    if (end > 0) push(file, stream, text.slice(0, end), atMs);
    setOpen(file, stream, text.slice(end));
    return;
  }
  let from = 0;
  while (from < text.length) {
    const lineEnd = text.indexOf("\n", from) + 1;
    const isWhole = lineEnd > 0 && lineEnd - from <= MAX_LINE_BYTES;
    if (!isWhole && lineEnd === 0 && text.length - from <= MAX_LINE_BYTES) break;
    // As many whole lines as fit stay together.
    const to = isWhole ? text.lastIndexOf("\n", from + MAX_LINE_BYTES - 1) + 1 : from + MAX_LINE_BYTES;
    push(file, stream, text.slice(from, to), atMs);
    from = to;
  }
  setOpen(file, stream, text.slice(from));
}

/** A new attempt begins: the log of the one before it is the previous one, and an older one is gone. */
export function beginLog(container: RuntimeContainer): void {
  if (container.logs === undefined) return;
  const previous = container.logs.latest;
  if (previous === undefined) delete container.logs;
  else container.logs = { previous };
}

/** Entries from the `from`th ever on; at the end of the process also what came without a line end. */
export function entriesFrom(file: LogFile, from: number, endedMs: number | undefined): readonly LogEntry[] {
  const kept = file.entries.slice(Math.max(0, from - file.first));
  if (endedMs === undefined) return kept;
  const after = Math.max(0, from - file.first - file.entries.length);
  return [...kept, ...restOf(file, endedMs).slice(after)];
}

/** What stood without a line end when the process ended, as pieces. */
function restOf({ open }: LogFile, endedMs: number): LogEntry[] {
  const streams: readonly LogStream[] = ["stdout", "stderr"];
  return streams.flatMap((stream) => {
    const text = open[stream];
    return text === undefined ? [] : [{ atMs: endedMs, nanos: LAST_NANO, stream, text }];
  });
}

function setOpen(file: LogFile, stream: LogStream, text: string): void {
  if (text === "") delete file.open[stream];
  else file.open[stream] = text;
}

function push(file: LogFile, stream: LogStream, text: string, atMs: number): void {
  if (file.bytes > MAX_FILE_BYTES) {
    file.first += file.entries.length;
    file.entries = [];
    file.bytes = 0;
  }
  const count = lineCount(text);
  file.entries.push({ atMs, nanos: nextNanos(file, atMs), stream, text });
  file.bytes += text.length + PREFIX_BYTES * count;
}

/** Lines of one millisecond get times in their order, as a real clock would show. */
function nextNanos(file: LogFile, atMs: number): number {
  const last = file.entries.at(-1);
  if (last?.atMs !== atMs) return 40_000 + (((atMs + file.bytes) * 7919) % 360_000);
  return Math.min(LAST_NANO, last.nanos + lineCount(last.text) * LINE_NANOS);
}

/** Lines, or pieces, of an entry. */
export function lineCount(text: string): number {
  let count = 0;
  for (let index = text.indexOf("\n"); index >= 0; index = text.indexOf("\n", index + 1)) count++;
  return Math.max(count, 1);
}
