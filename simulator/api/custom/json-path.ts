import { isObject, type JsonValue } from "../../base/json.ts";

/** One step of a path: to all values below, to a key, to an item, or to the items that fit. */
type Step = (value: JsonValue) => readonly JsonValue[];

/**
 * Reads values by a JSONPath such as definitions hold for columns: `.spec.names['a.b'][0]`, `.items[*].name`,
 * `.status.conditions[?(@.type=="Ready")].status`. A path that cannot be read gives nothing. Models client-go util/jsonpath.
 */
export function readJsonPath(path: string): (root: JsonValue) => readonly JsonValue[] {
  const steps = stepsOf(path);
  return (root) => steps?.reduce<readonly JsonValue[]>((values, step) => values.flatMap(step), [root]) ?? [];
}

const TOKEN =
  /^(?:\.\.([\w-]+)|\.((?:\\.|[^.[\]\\])+)|\.?\[\s*'((?:\\.|[^'])*)'\s*\]|\.?\[\s*"((?:\\.|[^"])*)"\s*\]|\.?\[\s*(\*)\s*\]|\.?\[\s*(-?\d+)\s*\]|\.?\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]|\.?\[\?\(([\s\S]*?)\)\])/;

function stepsOf(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = path.replace(/^\{(.*)\}$/s, "$1").replace(/^\$/, "");
  if (rest === "." || rest === "") return [];
  while (rest !== "") {
    const match = TOKEN.exec(rest);
    if (match === null) return undefined;
    const [whole, deep, key, quoted, doubled, all, at, from, to, filter] = match;
    const name = key ?? quoted ?? doubled;
    if (deep !== undefined) steps.push(deepStep(deep));
    else if (name === "*" && key !== undefined) steps.push(children);
    else if (name !== undefined) steps.push(keyStep(name.replace(/\\(.)/g, "$1")));
    else if (all !== undefined) steps.push(children);
    else if (at !== undefined) steps.push(itemStep(Number(at)));
    else if (filter !== undefined) steps.push(filterStep(filter));
    else steps.push(sliceStep(from ?? "", to ?? ""));
    rest = rest.slice(whole.length);
  }
  return steps;
}

const children: Step = (value) =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value).filter((item) => item !== undefined) : [];

const keyStep =
  (name: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : [];

const itemStep =
  (at: number): Step =>
  (value) => {
    const item = Array.isArray(value) ? (value.at(at) as JsonValue | undefined) : undefined;
    return item === undefined ? [] : [item];
  };

const sliceStep =
  (from: string, to: string): Step =>
  (value) =>
    Array.isArray(value) ? value.slice(from === "" ? 0 : Number(from), to === "" ? undefined : Number(to)) : [];

function deepStep(name: string): Step {
  const find: Step = (value) => [...keyStep(name)(value), ...children(value).flatMap(find)];
  return find;
}

/** `@.type=="Ready"`, `@.count > 3`, or `@.name` for items that have it. */
function filterStep(text: string): Step {
  const match = /^\s*(@[^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?)\s*)?$/s.exec(text);
  if (match === null) return () => [];
  const [, left = "", operator, right = ""] = match;
  const read = readJsonPath(left.slice(1));
  const wanted = literalOf(right);
  return (value) =>
    children(value).filter((item) => {
      const [found] = read(item);
      if (found === undefined) return false;
      return operator === undefined || compares(found, operator, wanted);
    });
}

function literalOf(text: string): JsonValue {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function compares(left: JsonValue, operator: string, right: JsonValue): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || typeof left === "object" || typeof right === "object") return false;
  if (operator === "<") return left < right;
  if (operator === ">") return left > right;
  return operator === "<=" ? left <= right : left >= right;
}
