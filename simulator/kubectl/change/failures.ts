import { ApiError } from "../cli/client.ts";
import { CommandError } from "../cli/command.ts";
import { failureOf } from "../transport.ts";

/** Several failures are told one a line, without the word that a single one begins with. */
function amongOthers(problem: CommandError): string {
  if (problem instanceof ApiError) return problem.amongOthers;
  return problem.message.replace(/^error: /, "");
}

// Models kubectl pkg/cmd/util helpers.go checkErr for aggregates
/**
 * Ends a command with what went wrong for its objects; does nothing when nothing did. What could not even be read
 * (`unread`) is told after that, or `before`; several of those in brackets.
 */
export function failWith(
  failed: readonly CommandError[],
  unread: readonly CommandError[] = [],
  when: "after" | "before" = "after",
): void {
  const isBracketed = failed.length > 0 && unread.length > 1 && unread.every(({ ofFile }) => ofFile);
  const others = isBracketed ? [bracketed(unread)] : unread;
  const problems = when === "after" ? [...failed, ...others] : [...others, ...failed];
  const [first, ...more] = problems;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  throw new CommandError(problems.map(amongOthers).join("\n"));
}

// Models apimachinery pkg/util/errors Aggregate within another one
function bracketed(problems: readonly CommandError[]): CommandError {
  const texts = problems.map((problem) =>
    problem instanceof ApiError ? (failureOf(problem.response)?.message ?? "") : amongOthers(problem),
  );
  return new CommandError(`[${[...new Set(texts)].join(", ")}]`);
}

/** Does something for each thing, one after the other, whatever becomes of the others; gives what went wrong. */
export async function forEachOf<T>(
  things: readonly T[],
  work: (thing: T) => Promise<unknown>,
): Promise<readonly CommandError[]> {
  const problems: CommandError[] = [];
  for (const thing of things) {
    try {
      await work(thing);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push(error);
    }
  }
  return problems;
}
