import type { ApplyResult } from "../session/session.ts";
import type { Mark } from "../widgets/codemirror.ts";

/** Every complaint of an apply with a line to stand at: its own where known, else the first of its document. */
export function marks(result: ApplyResult): readonly Mark[] {
  const found: Mark[] = [];
  for (const document of result.results) {
    if (document.ok) continue;
    if (document.problems.length === 0) found.push({ line: document.line, message: document.message });
    for (const problem of document.problems) {
      const message = problem.fieldPath ? `${problem.fieldPath}: ${problem.message}` : problem.message;
      const at = { line: problem.line ?? document.line, message };
      found.push(problem.column === undefined ? at : { ...at, column: problem.column });
    }
  }
  return found;
}

/** What to do about it, for errors that newcomers meet; undefined where the server's sentence says enough. */
export function advice(message: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1];
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /no matches for kind/,
    "There is no such kind in that API group and version. Check the spelling of kind and apiVersion.",
  ],
  [/unknown field/, "The kind has no such field there. Check its spelling and how far it is indented."],
  [/quantities must match/, "Write a quantity as a number with one unit, such as 500m, 2 or 1.5Gi."],
  [/RFC 1123/, "Use lower-case letters, digits and -, and begin and end with a letter or digit."],
  [
    /selector.*does not match template|`selector` does not match template/,
    "Give the template the labels that the selector asks for.",
  ],
  [/field is immutable/, "This can't be changed once the object is there. Delete the object and apply it again."],
  [
    /error converting YAML|mapping values are not allowed|did not find expected/,
    "The text is not YAML at that line. Look for a wrong indentation, a tab or a missing colon.",
  ],
  [
    /AlreadyExists|already exists/,
    "An object of that name is there already. Choose another name, or delete the old one.",
  ],
  [/object has been modified/, "It changed in the meantime. Take out metadata.resourceVersion and apply again."],
  [/namespaces? "[^"]*" not found/, "Make the namespace first, or take another one."],
  [/Required value/, "The field must be there."],
  [/forbidden/, "The server does not allow this for the reason it gives."],
];
