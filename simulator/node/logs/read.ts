import { formatTime } from "../../api/meta/time.ts";
import type { ByteStream, LogOptions } from "../../api/streams.ts";
import { entriesFrom, LINE_NANOS, type LogEntry, type LogFile, lineCount } from "./log.ts";

/** A log at one moment: its file, and whether more may come. */
export interface LogState {
  /** Undefined: nothing was printed. */
  readonly file: LogFile | undefined;
  /** When its process ended; undefined while it runs. */
  readonly endedMs: number | undefined;
}

export interface LogSource {
  /** Milliseconds since 1970 that virtual 0 stands for. */
  readonly startEpochMs: number;
  /** The log now; undefined when it is gone. */
  look(): LogState | undefined;
}

const NANOS_A_MS = 1_000_000;

// Models cri-client pkg/logs ReadLogs
/** Reads a container's log as `kubectl logs` wants it: from the tail, since a time, up to a size, and on as it grows. */
export class LogReader implements ByteStream {
  readonly #source: LogSource;
  readonly #options: Pick<LogOptions, "follow" | "timestamps">;
  readonly #sinceMs: number;
  /** Entries read of all that ever were, and lines to pass over in the next one. */
  #at = 0;
  #skip = 0;
  #remaining: number;
  #atLineStart = true;
  #ended = false;

  /** `nowMs`: virtual, for `sinceSeconds`. */
  constructor(source: LogSource, options: LogOptions, nowMs: number) {
    this.#source = source;
    this.#options = options;
    this.#remaining = options.limitBytes ?? Number.POSITIVE_INFINITY;
    this.#sinceMs =
      options.sinceSeconds !== undefined
        ? nowMs - options.sinceSeconds * 1000
        : (options.sinceMs ?? Number.NEGATIVE_INFINITY) - source.startEpochMs;
    const state = source.look();
    if (state?.file !== undefined && options.tailLines !== undefined) this.#toTail(state, options.tailLines);
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): string {
    if (this.#ended) return "";
    const state = this.#source.look();
    if (state === undefined) {
      this.#ended = true;
      return "";
    }
    const { file, endedMs } = state;
    let text = "";
    if (file !== undefined) {
      const entries = entriesFrom(file, this.#at, endedMs);
      this.#at = Math.max(this.#at, file.first) + entries.length;
      for (const entry of entries) {
        if (this.#remaining <= 0) break;
        text += this.#write(entry);
      }
    }
    if (endedMs !== undefined || !this.#options.follow || this.#remaining <= 0) this.#ended = true;
    return text;
  }

  #toTail({ file, endedMs }: LogState, tailLines: number): void {
    if (file === undefined) return;
    const entries = entriesFrom(file, 0, endedMs);
    let wanted = tailLines;
    let index = entries.length;
    while (index > 0 && wanted > 0) wanted -= lineCount(entries[--index]?.text ?? "");
    this.#at = file.first + index;
    this.#skip = Math.max(0, -wanted);
  }

  #write({ atMs, nanos, text }: LogEntry): string {
    const skip = this.#skip;
    this.#skip = 0;
    if (atMs < this.#sinceMs) return "";
    const lines = linesOf(text).slice(skip);
    let written = "";
    for (const [index, line] of lines.entries()) {
      const stamped = this.#options.timestamps && this.#atLineStart;
      const shown = stamped ? `${this.#timestamp(atMs, nanos + (skip + index) * LINE_NANOS)} ${line}` : line;
      written += shown.slice(0, this.#remaining);
      this.#remaining -= shown.length;
      if (this.#remaining <= 0) break;
      this.#atLineStart = line.endsWith("\n");
    }
    return written;
  }

  /** RFC 3339 with nine digits of a second. */
  #timestamp(atMs: number, nanos: number): string {
    const epochMs = this.#source.startEpochMs + atMs;
    const ofSecond = (epochMs % 1000) * NANOS_A_MS + Math.min(nanos, NANOS_A_MS - 1);
    return `${formatTime(epochMs).slice(0, -1)}.${String(ofSecond).padStart(9, "0")}Z`;
  }
}

/** Lines with their ends; the last may have none. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
    lines.push(text.slice(from, end + 1));
    from = end + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}
