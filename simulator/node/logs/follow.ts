import { entriesFrom, type LogStream } from "./log.ts";
import type { LogSource } from "./read.ts";

/** What one stream printed. */
export interface Printed {
  readonly stream: LogStream;
  readonly bytes: string;
}

/** Follows what a process prints from now on, byte for byte: unlike a log's reader it does not wait for a line's end. */
export class OutputFollower {
  readonly #source: LogSource;
  #at = 0;
  /** Bytes of the line under way that were given already. */
  readonly #given = { stdout: 0, stderr: 0 };
  #ended = false;

  constructor(source: LogSource) {
    this.#source = source;
    const file = source.look()?.file;
    if (file === undefined) return;
    this.#at = file.first + file.entries.length;
    this.#given.stdout = file.open.stdout?.length ?? 0;
    this.#given.stderr = file.open.stderr?.length ?? 0;
  }

  /** The process has ended, and all was given. */
  get ended(): boolean {
    return this.#ended;
  }

  next(): readonly Printed[] {
    const state = this.#ended ? undefined : this.#source.look();
    if (state === undefined) {
      this.#ended = true;
      return [];
    }
    const { file, endedMs } = state;
    this.#ended = endedMs !== undefined;
    if (file === undefined) return [];
    const printed: Printed[] = [];
    const entries = entriesFrom(file, this.#at, undefined);
    this.#at = Math.max(this.#at, file.first) + entries.length;
    for (const { stream, text } of entries) {
      const given = Math.min(this.#given[stream], text.length);
      this.#given[stream] -= given;
      if (given < text.length) printed.push({ stream, bytes: text.slice(given) });
    }
    for (const stream of ["stdout", "stderr"] as const) {
      const open = file.open[stream] ?? "";
      if (open.length > this.#given[stream]) printed.push({ stream, bytes: open.slice(this.#given[stream]) });
      this.#given[stream] = open.length;
    }
    return printed;
  }
}
