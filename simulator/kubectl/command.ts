import type { ApiResponse } from "../api/http.ts";
import { ok, type Result } from "../base/result.ts";
import { failureOf, serverError } from "./transport.ts";

/** What a command printed, line by line, and its exit code. */
export interface CommandResult {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

/**
 * Lets time pass between two looks at the cluster. kubectl knows neither the simulation's clock nor the machine's: who
 * runs a command that waits says what waiting is.
 */
export type Wait = (ms: number) => Promise<void>;

/** How long kubectl lets pass between two looks. */
export const POLL_MS = 1000;

/** Gathers what a command prints. */
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

  warnings(response: ApiResponse): void {
    for (const text of response.warnings) this.error(`Warning: ${text}`);
  }

  done(exit = 0): CommandResult {
    return { stdout: this.#stdout, stderr: this.#stderr, exit };
  }

  fail(text: string): CommandResult {
    this.error(text);
    return this.done(1);
  }
}

/** The answer, or kubectl's line for the refusal. */
export function accepted(response: ApiResponse): Result<ApiResponse, string> {
  return failureOf(response) === undefined ? ok(response) : { ok: false, error: serverError(response) };
}
