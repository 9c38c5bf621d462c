import { compareQuantities, parseQuantity } from "../../api/meta/quantity.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import { complaint } from "../cli/command.ts";
import { JsonPath, relaxedPath } from "../print/jsonpath.ts";
import { PathError } from "../print/jsonpath-parse.ts";

/** The objects in the order of a field. Models kubectl pkg/cmd/get sorter.go. */
export function sortObjects<T extends JsonObject>(objects: readonly T[], by: string): T[] {
  return sortBy(objects, by, (object) => object);
}

/** Anything in the order of a field of the object that belongs to it. What lacks the field comes first. */
export function sortBy<T>(things: readonly T[], by: string, objectOf: (thing: T) => JsonValue): T[] {
  const path = pathOf(by);
  const keyed = things.map((thing) => ({ thing, value: path.find(objectOf(thing)).flat()[0] }));
  if (things.length > 0 && keyed.every(({ value }) => value === undefined)) {
    throw complaint(`couldn't find any field with path ${JSON.stringify(relaxed(by))} in the list of objects`);
  }
  return keyed.sort((a, b) => compareValues(a.value, b.value)).map(({ thing }) => thing);
}

function relaxed(by: string): string {
  try {
    return relaxedPath(by);
  } catch (error) {
    throw error instanceof PathError ? complaint(error.message) : error;
  }
}

function pathOf(by: string): JsonPath {
  const text = relaxed(by);
  try {
    return new JsonPath(text);
  } catch (error) {
    throw error instanceof PathError ? complaint(`error parsing jsonpath ${text}, ${error.message}`) : error;
  }
}

function compareValues(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a), String(b)];
  const [left, right] = [parseQuantity(x), parseQuantity(y)];
  if (left.ok && right.ok) return compareQuantities(left.value, right.value);
  return byNumbersInText(x, y);
}

// Models github.com/fvbommel/sortorder NaturalLess
/** `a2` before `a10`. */
function byNumbersInText(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D/gu) ?? [], b.match(/\d+|\D/gu) ?? []];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x = "", y = ""] = [left[at], right[at]];
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const difference = Number(x) - Number(y);
      return difference !== 0 ? difference : y.length - x.length;
    }
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
