import { isObject } from "../../base/json.ts";
import { decodeBase64 } from "../schema/base64.ts";
import { parseGoDuration, parseRfc3339 } from "./functions/time.ts";
import type { CelType, ObjectType } from "./types.ts";
import { DYN } from "./types.ts";
import { CelDuration, CelList, CelMap, CelTimestamp, CelUint, type CelValue } from "./values.ts";

/**
 * JSON as a CEL value of a declared type: integers become `int`, times `timestamp`; objects are read field by field, when
 * asked. Of `dyn`, whole numbers are `int`. Models apiserver pkg/cel/common/values.go UnstructuredToVal.
 */
export function celValueOf(json: unknown, type: CelType = DYN): CelValue {
  if (json === null || json === undefined) return null;
  switch (type.kind) {
    case "int":
      return typeof json === "number" && Number.isInteger(json) ? BigInt(json) : plain(json);
    case "uint":
      return typeof json === "number" ? new CelUint(BigInt(Math.trunc(json))) : plain(json);
    case "double":
      return typeof json === "number" ? json : plain(json);
    case "bytes":
    case "timestamp":
    case "duration":
      return typeof json === "string" ? fromText(json, type.kind) : plain(json);
    case "list":
      if (!Array.isArray(json)) return plain(json);
      return new CelList(
        json.map((item) => celValueOf(item, type.item)),
        type.listType,
      );
    case "map":
      return isObject(json) ? celMap(json, type.value) : plain(json);
    case "object":
      return isObject(json) ? celObject(json, type) : plain(json);
    case "optional":
      return celValueOf(json, type.value);
    default:
      return plain(json);
  }
}

function plain(json: unknown): CelValue {
  if (typeof json === "number") return Number.isInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return new CelList(json.map((item) => celValueOf(item)));
  return isObject(json) ? celMap(json, DYN) : (json as CelValue);
}

function fromText(text: string, kind: "bytes" | "timestamp" | "duration"): CelValue {
  if (kind === "bytes") {
    try {
      return decodeBase64(text);
    } catch {
      return text;
    }
  }
  if (kind === "duration") {
    const nanos = parseGoDuration(text);
    return nanos === undefined ? text : new CelDuration(nanos);
  }
  const nanos = parseRfc3339(text) ?? parseRfc3339(`${text}T00:00:00Z`);
  return nanos === undefined ? text : new CelTimestamp(nanos);
}

function celMap(json: { readonly [key: string]: unknown }, value: CelType): CelMap {
  return new CelMap({
    get: (key) =>
      typeof key === "string" && Object.hasOwn(json, key) && json[key] !== undefined
        ? celValueOf(json[key], value)
        : undefined,
    keys: () => Object.keys(json).filter((key) => json[key] !== undefined),
  });
}

function celObject(json: { readonly [key: string]: unknown }, type: ObjectType): CelMap {
  const jsonName = (field: string): string => type.jsonNames?.get(field) ?? field;
  const read = (field: string): CelValue | undefined => {
    const declared = type.fields.get(field);
    const name = jsonName(field);
    if (declared === undefined || !Object.hasOwn(json, name) || json[name] === undefined) return undefined;
    return celValueOf(json[name], declared);
  };
  return new CelMap(
    {
      get: (key) => (typeof key === "string" ? read(key) : undefined),
      keys: () => [...type.fields.keys()].filter((field) => read(field) !== undefined),
    },
    type.name,
  );
}
