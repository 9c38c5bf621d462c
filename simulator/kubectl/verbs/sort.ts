import { compareQuantities, parseQuantity } from "../../api/meta/quantity.ts";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { CommandError, complaint } from "../cli/command.ts";
import { klogLine } from "../cli/klog.ts";
import { JsonPath, relaxedPath } from "../print/jsonpath.ts";
import { PathError } from "../print/jsonpath-parse.ts";

/** Where a sorter gives up on values that have no order: what it calls the things, and its line in kubectl's source. */
interface Sorter {
  readonly type: string;
  readonly place: string;
  readonly nowEpochMs: number;
}

/** The objects in the order of a field. Models kubectl pkg/cmd/get sorter.go SortObjects. */
export function sortObjects<T extends JsonObject>(objects: readonly T[], by: string, nowEpochMs: number): T[] {
  const sorter = { type: "*unstructured.Unstructured", place: "sorter.go:329", nowEpochMs };
  return sortBy(objects, by, (object) => object, sorter);
}

/** Rows of a table in the order of a field of their objects. Models TableSorter. */
export function sortRows<T extends { readonly object: JsonValue }>(
  rows: readonly T[],
  by: string,
  nowEpochMs: number,
): T[] {
  return sortBy(rows, by, ({ object }) => object, { type: "[][][]reflect.Value", place: "sorter.go:375", nowEpochMs });
}

/** Anything in the order of a field of the object that belongs to it. What lacks the field comes first. */
function sortBy<T>(things: readonly T[], by: string, objectOf: (thing: T) => JsonValue, sorter: Sorter): T[] {
  const field = relaxed(by);
  const path = pathOf(field);
  const keyed = things.map((thing) => ({ thing, value: path.find(objectOf(thing))[0]?.[0] }));
  if (things.length > 0 && keyed.every(({ value }) => value === undefined)) {
    throw complaint(`couldn't find any field with path ${JSON.stringify(field)} in the list of objects`);
  }
  const isLess = (a: JsonValue | undefined, b: JsonValue | undefined) => {
    if (a === undefined) return true;
    if (b === undefined) return false;
    const problem = orderProblem(a, b);
    if (problem === undefined) return comesBefore(a, b);
    const words = `Field ${field} in ${sorter.type} is an unsortable type: interface, err: ${problem}`;
    throw new CommandError(klogLine("F", sorter.nowEpochMs, sorter.place, words));
  };
  return sorted(keyed, (a, b) => isLess(a.value, b.value)).map(({ thing }) => thing);
}

/** Up to so many are sorted by insertion. */
const FEW = 12;

// Models Go's sort.Sort: what can't be told apart may change places when there are few
function sorted<T>(things: readonly T[], isLess: (a: T, b: T) => boolean): T[] {
  const result = [...things];
  if (result.length > FEW) return result.sort((a, b) => (isLess(b, a) ? 1 : isLess(a, b) ? -1 : 0));
  for (let end = 1; end < result.length; end++) {
    for (let at = end; at > 0 && isLess(result[at] as T, result[at - 1] as T); at--) {
      [result[at], result[at - 1]] = [result[at - 1] as T, result[at] as T];
    }
  }
  return result;
}

function relaxed(by: string): string {
  try {
    return relaxedPath(by);
  } catch (error) {
    throw error instanceof PathError ? complaint(error.message) : error;
  }
}

function pathOf(text: string): JsonPath {
  try {
    return new JsonPath(text);
  } catch (error) {
    throw error instanceof PathError ? complaint(error.message) : error;
  }
}

/** Why two values have no order; undefined when they have one. */
function orderProblem(a: JsonValue, b: JsonValue): string | undefined {
  if (a === null || b === null) return undefined;
  if (typeof a === "boolean") return "unsortable type: bool";
  if (Array.isArray(a)) return "unsortable type: []interface {}";
  if (isObject(a)) return "unsortable type: map[string]interface {}";
  return typeof a === typeof b ? undefined : "unsortable interface: interface";
}

function comesBefore(a: JsonValue, b: JsonValue): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (typeof a === "number" && typeof b === "number") return a < b;
  const [x, y] = [String(a), String(b)];
  const [left, right] = [parseQuantity(x), parseQuantity(y)];
  return left.ok && right.ok ? compareQuantities(left.value, right.value) < 0 : x < y;
}
