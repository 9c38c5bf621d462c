import type { ApiResponse } from "../../../api/http.ts";
import { parseQuantity } from "../../../api/meta/quantity.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import type { ManifestDocument } from "../../documents.ts";

/** Something that is wrong with a manifest, and where. */
export interface ApplyProblem {
  readonly message: string;
  readonly fieldPath?: string;
  /** From 1, where known. */
  readonly line?: number;
  readonly column?: number;
}

/** The causes of a refusal at their places in the text. */
export function problemsOf(document: ManifestDocument, response: ApiResponse): readonly ApplyProblem[] {
  const { details, message } = response.body;
  const causes = isObject(details) && Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  if (causes.length > 0) {
    return causes.map(({ message: text, field }) => {
      const fieldPath = typeof field === "string" ? field : "";
      return { message: String(text), ...(fieldPath && { fieldPath, ...document.locate(fieldPath) }) };
    });
  }
  const text = typeof message === "string" ? message : "";
  const fields = [...text.matchAll(/(unknown|duplicate) field "([^"]*)"/g)];
  if (fields.length > 0) {
    return fields.map(([whole, , field = ""]) => ({ message: whole, fieldPath: field, ...document.locate(field) }));
  }
  if (text.includes("quantities must match") || text.includes("parse quantity's suffix")) {
    const fieldPath = badQuantity(document.object ?? {}, "", false);
    if (fieldPath !== undefined) return [{ message: text, fieldPath, ...document.locate(fieldPath) }];
  }
  const wrongType = /Go struct field \w+\.([\w.]+) of type/.exec(text);
  const fieldPath = wrongType?.[1];
  return [{ message: text, ...(fieldPath && { fieldPath, ...document.locate(fieldPath) }) }];
}

/** Maps whose values are quantities; the server does not say which of them it could not read. */
const QUANTITY_MAPS = [
  "requests",
  "limits",
  "hard",
  "capacity",
  "allocatable",
  "default",
  "defaultRequest",
  "min",
  "max",
];

/** Path of the first value that stands where a quantity must and is none. */
function badQuantity(value: JsonObject, path: string, inQuantities: boolean): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (inQuantities && (typeof item === "string" || typeof item === "number")) {
      if (!parseQuantity(String(item)).ok) return at;
    }
    const inner = isObject(item) ? [[at, item] as const] : indexed(item, at);
    for (const [innerPath, child] of inner) {
      const found = badQuantity(child, innerPath, isObject(item) && QUANTITY_MAPS.includes(key));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function indexed(value: unknown, path: string): readonly (readonly [string, JsonObject])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? [[`${path}[${index}]`, item] as const] : []));
}
