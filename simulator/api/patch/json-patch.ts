import { cloneJson, equalJson, isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goQuote } from "../meta/go-text.ts";
import { type PatchError, UNPROCESSABLE } from "./patch-error.ts";

// Models evanphx/json-patch Apply and apiserver pkg/endpoints/handlers jsonPatcher. Own code: the npm package rfc6902
// walks past keys such as "constructor" and writes to the wrong place, and differs in indexes and in what null means.

const MAX_OPERATIONS = 10_000;
const OPERATION_FIELDS: readonly string[] = ["op", "path", "from", "value"];

export interface JsonPatched {
  readonly object: JsonObject;
  /** Fields of operations that JSON Patch does not have: warnings, or an error where field validation is strict. */
  readonly strictErrors: readonly string[];
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;

/** What Go's decoder says of the first operation that has a wrong JSON type. */
function typeError(patch: JsonValue): string | undefined {
  const prefix = "json: cannot unmarshal";
  if (!Array.isArray(patch)) return `${prefix} ${kindOf(patch)} into Go value of type []handlers.jsonPatchOp`;
  for (const operation of patch as readonly JsonValue[]) {
    if (operation === null) continue;
    if (!isObject(operation)) return `${prefix} ${kindOf(operation)} into Go value of type handlers.jsonPatchOp`;
    for (const name of ["op", "path", "from"]) {
      const value = operation[name];
      if (value === undefined || value === null || typeof value === "string") continue;
      return `${prefix} ${kindOf(value)} into Go struct field jsonPatchOp.${name} of type string`;
    }
  }
  return undefined;
}

function unknownFields(patch: readonly JsonValue[]): readonly string[] {
  return patch.flatMap((operation, at) =>
    Object.keys(isObject(operation) ? operation : {})
      .filter((name) => !OPERATION_FIELDS.includes(name))
      .map((name) => `json patch unknown field ${goQuote(`[${at}].${name}`)}`),
  );
}

/** An operation that does not apply. Upstream does not tell its clients why, so there is nothing to carry. */
class DoesNotApply extends Error {}

type Container = Record<string, JsonValue> | JsonValue[];

/** A place in the document: what holds it, and its key or index there. */
interface Place {
  readonly container: Container;
  readonly key: string;
}

/** An index as Go reads it; negative ones count from the end. */
function indexOf(key: string, length: number): number {
  if (!/^[-+]?[0-9]+$/.test(key)) throw new DoesNotApply();
  const index = Number(key);
  if (index >= length || index < -length) throw new DoesNotApply();
  return index < 0 ? index + length : index;
}

/** The value at a place, or undefined where there is none. */
function read({ container, key }: Place): JsonValue | undefined {
  if (Array.isArray(container)) return container[indexOf(key, container.length)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function find(document: JsonValue, path: unknown): Place {
  if (typeof path !== "string") throw new DoesNotApply();
  const tokens = path.split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  // Whatever stands before the first slash is not looked at, as upstream.
  const key = tokens.length > 1 ? tokens.pop() : undefined;
  if (key === undefined) throw new DoesNotApply();
  let container = document as Container;
  for (const token of tokens.slice(1)) {
    const next = read({ container, key: token });
    if (typeof next !== "object" || next === null) throw new DoesNotApply();
    container = next as Container;
  }
  return { container, key };
}

function present(place: Place): JsonValue {
  const value = read(place);
  if (value === undefined) throw new DoesNotApply();
  return value;
}

function add({ container, key }: Place, value: JsonValue): void {
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (key === "-") container.push(value);
  else container.splice(indexOf(key, container.length + 1), 0, value);
}

function remove(place: Place): void {
  present(place);
  const { container, key } = place;
  if (Array.isArray(container)) container.splice(indexOf(key, container.length), 1);
  else delete container[key];
}

function replace(place: Place, value: JsonValue): void {
  present(place);
  const { container, key } = place;
  if (Array.isArray(container)) container[indexOf(key, container.length)] = value;
  else setOwn(container, key, value);
}

/** Applies one operation to a document of ours, which it changes; returns the document. */
function applyOperation(document: JsonValue, operation: JsonObject): JsonValue {
  const { op, path, from } = operation;
  const value = cloneJson(operation.value ?? null) as JsonValue;
  if (path === "" && op === "replace" && typeof value === "object" && value !== null) return value;
  if (path === "" && op === "test") {
    if (!equalJson(document, value)) throw new DoesNotApply();
    return document;
  }
  if (op === "add") add(find(document, path), value);
  else if (op === "remove") remove(find(document, path));
  else if (op === "replace") replace(find(document, path), value);
  else if (op === "copy") {
    const copy = cloneJson(present(find(document, from))) as JsonValue;
    add(find(document, path), copy);
  } else if (op === "move") {
    const source = find(document, from);
    const moved = present(source);
    remove(source);
    add(find(document, path), moved);
  } else if (op === "test") {
    if (!equalJson(read(find(document, path)) ?? null, value)) throw new DoesNotApply();
  } else throw new DoesNotApply();
  return document;
}

/** Applies a JSON patch, all of it or nothing; neither argument is changed. */
export function applyJsonPatch(target: JsonObject, patch: JsonValue): Result<JsonPatched, PatchError> {
  const wrong = typeError(patch);
  if (wrong !== undefined) return fail({ code: 400, message: `error decoding patch: ${wrong}` });
  const operations = patch as readonly JsonValue[];
  if (operations.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`;
    return fail({ code: 413, message });
  }
  try {
    let document = cloneJson(target) as JsonValue;
    for (const operation of operations) document = applyOperation(document, isObject(operation) ? operation : {});
    if (!isObject(document)) throw new DoesNotApply();
    return ok({ object: document, strictErrors: unknownFields(operations) });
  } catch (error) {
    if (error instanceof DoesNotApply) return fail({ code: 422, message: UNPROCESSABLE });
    throw error;
  }
}
