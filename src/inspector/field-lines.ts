import { isNode, LineCounter, parseDocument } from "yaml";
import type { Mark } from "../widgets/codemirror.ts";

/** The parts of a Status that say what is wrong with an object. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly causes: readonly { readonly field?: string; readonly message?: string }[];
}

/** `spec.containers[0].env[1].name` → its keys; quoted keys in brackets (`metadata.labels[a.b/c]`) stay whole. */
export function keysOf(field: string): readonly (string | number)[] {
  const keys: (string | number)[] = [];
  for (const [, bracket, plain] of field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    if (plain !== undefined) keys.push(plain);
    else if (/^\d+$/.test(bracket ?? "")) keys.push(Number(bracket));
    else keys.push((bracket ?? "").replace(/^"(.*)"$/, "$1"));
  }
  return keys;
}

/** Complaints about YAML that cannot be read, at their places. */
export function syntaxMarks(text: string): readonly Mark[] {
  const { errors } = parseDocument(text);
  return errors.map(({ linePos, message }) => {
    const [start] = linePos ?? [{ line: 1, col: 1 }];
    return { line: start.line, column: start.col, message: message.split("\n")[0] ?? message };
  });
}

/** Refusals of whole requests that name a field all the same. */
const NAMED = [/(?:unknown|duplicate) field "([^"]+)"/g, /Go struct field \w+\.(\S+) of type/g];

/** The server's complaints at the lines of the fields that they name, or of the nearest field above that is there. */
export function refusalMarks(text: string, refusal: Refusal): readonly Mark[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const placed = (field: string | undefined): Omit<Mark, "message"> => {
    for (let keys = [...keysOf(field ?? "")]; keys.length > 0; keys = keys.slice(0, -1)) {
      const node: unknown = document.getIn(keys, true);
      const at = isNode(node) ? node.range?.[0] : undefined;
      if (at !== undefined) return { line: counter.linePos(at).line };
    }
    return { line: 1 };
  };
  const named = NAMED.flatMap((pattern) => [...refusal.message.matchAll(pattern)]);
  const unread = named.map(([message, field]) => ({ field, message }));
  const complaints = unread.length > 0 ? unread : refusal.causes.length > 0 ? refusal.causes : [{ field: undefined }];
  return complaints.map(({ field, message = refusal.message }: { field?: string | undefined; message?: string }) => ({
    ...placed(field),
    message: field === undefined || message.includes(field) ? message : `${field}: ${message}`,
  }));
}
