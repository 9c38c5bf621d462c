import type { CommandResult } from "../kubectl/embedded.ts";

/** Gathers what an action says, line by line. */
export class Output {
  readonly #stdout: string[] = [];
  readonly #stderr: string[] = [];

  out(line: string): void {
    this.#stdout.push(line);
  }

  /** A text of several lines is several lines. */
  error(text: string): void {
    this.#stderr.push(...text.split("\n"));
  }

  done(exit = 0): CommandResult {
    return { stdout: this.#stdout, stderr: this.#stderr, exit };
  }

  fail(text: string): CommandResult {
    this.error(text);
    return this.done(1);
  }
}
