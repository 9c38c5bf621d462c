import { isObject, type JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";

/** A place in an object: `status.conditions[type=Ready].status`. */
export interface Path {
  readonly text: string;
  readonly parts: readonly Part[];
}

type Part =
  | { readonly key: string }
  | { readonly index: number }
  /** Items that have these texts in these fields; none named: every item. */
  | { readonly items: readonly (readonly [string, string])[] };

const KEY = /^([A-Za-z_][\w-]*)/;
const BRACKET = /^\[(?:"([^"]+)"|(\d+)|(\*)|([^\]"[]+))\]/;

/**
 * Reads a path: names with dots, `[0]` an item, `[*]` every item, `[type=Ready]` or `[key=a,effect=b]` the items with these
 * fields, `["kubernetes.io/os"]` a name that holds dots.
 */
export function parsePath(text: string): Result<Path, string> {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== "") {
    const bracket = BRACKET.exec(rest);
    if (bracket !== null) {
      const part = bracketPart(bracket);
      if (part === undefined) return fail(`${JSON.stringify(bracket[0])} is not [0], [*], [field=value] or ["name"]`);
      parts.push(part);
      rest = rest.slice(bracket[0].length);
      continue;
    }
    if (parts.length > 0) {
      if (!rest.startsWith(".")) return fail(`unexpected ${JSON.stringify(rest)}`);
      rest = rest.slice(1);
    }
    const key = KEY.exec(rest)?.[1];
    if (key === undefined) return fail(rest === "" ? "ends in a dot" : `unexpected ${JSON.stringify(rest)}`);
    parts.push({ key });
    rest = rest.slice(key.length);
  }
  return parts.length === 0 ? fail("is empty") : ok({ text, parts });
}

function bracketPart([, quoted, index, every, fields]: RegExpExecArray): Part | undefined {
  if (quoted !== undefined) return { key: quoted };
  if (index !== undefined) return { index: Number(index) };
  if (every !== undefined) return { items: [] };
  const pairs = (fields ?? "").split(",").map((pair) => /^\s*([\w-]+)\s*=\s*(.+?)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return undefined;
  return { items: pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""] as const) };
}

/** Every value that stands at the place. */
export function readPath(value: JsonValue, path: Path): readonly JsonValue[] {
  let found: readonly JsonValue[] = [value];
  for (const part of path.parts) found = found.flatMap((each) => step(each, part));
  return found;
}

function step(value: JsonValue, part: Part): readonly JsonValue[] {
  if ("key" in part) {
    const next = isObject(value) && Object.hasOwn(value, part.key) ? value[part.key] : undefined;
    return next === undefined || next === null ? [] : [next];
  }
  if (!Array.isArray(value)) return [];
  if ("index" in part) return value.slice(part.index, part.index + 1);
  return value.filter(
    (item) =>
      isObject(item) && part.items.every(([field, text]) => item[field] !== undefined && String(item[field]) === text),
  );
}
