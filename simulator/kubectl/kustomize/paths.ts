import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";

/** The object with what stands at a path changed: `spec.containers[].image`; what is not there stays away. */
export function mapAt(object: JsonObject, path: string, change: (value: JsonValue) => JsonValue): JsonObject {
  return mapSteps(object, path.split("."), change) as JsonObject;
}

function mapSteps(value: JsonValue, steps: readonly string[], change: (value: JsonValue) => JsonValue): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  if (!isObject(value)) return value;
  const isList = step.endsWith("[]");
  const key = isList ? step.slice(0, -2) : step;
  const inner = value[key];
  if (inner === undefined || inner === null) return value;
  if (!isList) return { ...value, [key]: mapSteps(inner, rest, change) };
  return Array.isArray(inner) ? { ...value, [key]: inner.map((item) => mapSteps(item, rest, change)) } : value;
}

/** The object with pairs added to a map at a path, which is made where `creates` says so. */
export function addPairs(object: JsonObject, path: string, pairs: JsonObject, creates: boolean): JsonObject {
  return addSteps(object, path.split("."), pairs, creates);
}

function addSteps(value: JsonObject, steps: readonly string[], pairs: JsonObject, creates: boolean): JsonObject {
  const [step = "", ...rest] = steps;
  const isList = step.endsWith("[]");
  const key = isList ? step.slice(0, -2) : step;
  const inner = value[key];
  if (isList) {
    if (!Array.isArray(inner)) return value;
    return {
      ...value,
      [key]: inner.map((item) => (isObject(item) ? addSteps(item, rest, pairs, creates) : item)),
    };
  }
  if (!isObject(inner) && !creates) return value;
  const part = isObject(inner) ? inner : {};
  return { ...value, [key]: rest.length === 0 ? { ...part, ...pairs } : addSteps(part, rest, pairs, creates) };
}
