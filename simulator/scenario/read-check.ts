import { parseLabelSelector } from "../api/meta/selector-parser.ts";
import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { parsePath } from "./path.ts";
import { at, type Reader } from "./reader.ts";
import type { Check, Condition, Count, Query } from "./schema.ts";

/** Deeper than this nobody reads a check. */
const MAX_DEPTH = 8;
const KINDS = ["all", "any", "ever", "object"];
const OBJECT_FIELDS = ["object", "where", "seen", "since", "count", "missing"];
const TESTS = ["equals", "in", "atLeast", "atMost", "exists"] as const;

/** The steps that `since` may name: this one, the last, and those before it. */
export type Moments = readonly string[];

const NONE: Check = { all: [] };

/** A check as it is written, filled in with what it leaves unsaid. */
export function readCheck(
  reader: Reader,
  value: JsonValue | undefined,
  place: string,
  moments: Moments,
  depth = 0,
): Check {
  const kinds = isObject(value) ? KINDS.filter((kind) => value[kind] !== undefined) : [];
  const kind = kinds[0];
  if (!isObject(value) || kind === undefined || kinds.length > 1) {
    reader.problem(place, value === undefined ? "is required" : `must have one of ${KINDS.join(", ")}`);
    return NONE;
  }
  if (depth >= MAX_DEPTH) {
    reader.problem(place, `is nested more than ${MAX_DEPTH} deep`);
    return NONE;
  }
  const inner = (each: JsonValue | undefined, where: string) => readCheck(reader, each, where, moments, depth + 1);
  if (kind === "object") return readObjectCheck(reader, value, place, moments);
  if (kind === "ever") {
    reader.object(value, place, ["ever", "since"]);
    return { ever: inner(value.ever, at(place, "ever")), since: readSince(reader, value, place, moments) };
  }
  reader.object(value, place, [kind]);
  const parts = reader
    .list(value[kind], at(place, kind))
    .map((each, index) => inner(each, `${at(place, kind)}[${index}]`));
  return kind === "all" ? { all: parts } : { any: parts };
}

function readObjectCheck(reader: Reader, value: JsonObject, place: string, moments: Moments): Check {
  reader.object(value, place, OBJECT_FIELDS);
  const seen = value.seen === undefined ? undefined : reader.choice(value.seen, at(place, "seen"), ["new", "gone"]);
  const missing = reader.optionalText(value.missing, at(place, "missing"));
  const given = value.where === undefined ? [] : reader.list(value.where, at(place, "where"));
  if (seen === undefined && value.since !== undefined) reader.problem(at(place, "since"), "is for a check with `seen`");
  if (seen === "gone" && given.length > 0) reader.problem(at(place, "where"), "can't be asked of what is gone");
  if (seen === "gone" && value.count === "all") reader.problem(at(place, "count"), "must be a number for what is gone");
  return {
    object: readQuery(reader, value.object, at(place, "object")),
    where: given.flatMap((each, index) => readCondition(reader, each, `${at(place, "where")}[${index}]`)),
    ...(seen !== undefined && { seen }),
    since: readSince(reader, value, place, moments),
    count: readCount(reader, value.count, at(place, "count")),
    ...(missing !== undefined && { missing }),
  };
}

function readSince(reader: Reader, { since }: JsonObject, place: string, moments: Moments): string {
  const own = moments.at(-1) ?? "";
  if (since === undefined) return own;
  return reader.choice(since, at(place, "since"), moments) ?? own;
}

export function readQuery(reader: Reader, value: JsonValue | undefined, place: string): Query {
  const given = reader.object(value, place, ["apiVersion", "kind", "namespace", "name", "selector"]);
  if (!isObject(value)) return { apiVersion: "", kind: "" };
  const namespace = reader.optionalText(given.namespace, at(place, "namespace"));
  const name = reader.optionalText(given.name, at(place, "name"));
  const selector = reader.optionalText(given.selector, at(place, "selector"));
  if (name !== undefined && selector !== undefined) reader.problem(place, "may have a name or a selector, not both");
  const parsed = selector === undefined ? undefined : parseLabelSelector(selector);
  if (parsed?.ok === false) reader.problem(at(place, "selector"), parsed.error);
  return {
    apiVersion: reader.text(given.apiVersion, at(place, "apiVersion")),
    kind: reader.text(given.kind, at(place, "kind")),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(selector !== undefined && { selector }),
  };
}

function readCount(reader: Reader, value: JsonValue | undefined, place: string): Count {
  const most = Number.MAX_SAFE_INTEGER;
  if (value === undefined) return { atLeast: 1, atMost: most };
  if (value === "all") return "all";
  if (!isObject(value)) {
    if (typeof value !== "number") reader.problem(place, "must be a number, `all`, or an object with atLeast, atMost");
    const wanted = typeof value === "number" ? reader.whole(value, place, 0) : 0;
    return { atLeast: wanted, atMost: wanted };
  }
  const { atLeast, atMost } = reader.object(value, place, ["atLeast", "atMost"]);
  const least = atLeast === undefined ? 0 : reader.whole(atLeast, at(place, "atLeast"), 0);
  const limit = atMost === undefined ? most : reader.whole(atMost, at(place, "atMost"), 0);
  if (least > limit) reader.problem(place, "wants at least more than it wants at most");
  return { atLeast: least, atMost: limit };
}

function readCondition(reader: Reader, value: JsonValue, place: string): Condition[] {
  const given = reader.object(value, place, ["path", ...TESTS]);
  if (!isObject(value)) return [];
  const path = parsePath(reader.text(given.path, at(place, "path")));
  if (!path.ok && typeof given.path === "string") reader.problem(at(place, "path"), `is not a path: ${path.error}`);
  const tests = TESTS.filter((test) => given[test] !== undefined);
  const [test] = tests;
  if (test === undefined || tests.length > 1) {
    reader.problem(place, `must have one of ${TESTS.join(", ")}`);
    return [];
  }
  const read = readTest(reader, test, given[test], at(place, test));
  return path.ok && read !== undefined ? [{ path: path.value, test: read }] : [];
}

function readTest(
  reader: Reader,
  test: (typeof TESTS)[number],
  value: JsonValue | undefined,
  place: string,
): Condition["test"] | undefined {
  switch (test) {
    case "equals":
      return isScalar(value) ? { in: [value] } : wrong(reader, place, "must be a text, a number, true or false");
    case "in": {
      const choices = reader.list(value, place);
      return choices.every(isScalar)
        ? { in: choices as readonly (string | number | boolean)[] }
        : wrong(reader, place, "must be a list of texts, numbers, true or false");
    }
    case "exists":
      return typeof value === "boolean" ? { exists: value } : wrong(reader, place, "must be true or false");
    default:
      if (typeof value !== "number") return wrong(reader, place, "must be a number");
      return test === "atLeast" ? { atLeast: value } : { atMost: value };
  }
}

function wrong(reader: Reader, place: string, message: string): undefined {
  reader.problem(place, message);
  return undefined;
}

function isScalar(value: JsonValue | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
