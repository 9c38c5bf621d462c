import { type FieldError, invalid } from "../meta/field-error.ts";
import { goJson, goPlain } from "../meta/go-text.ts";

/** Why a patch was refused: the HTTP code and the text of the real server's answer. */
export interface PatchError {
  readonly code: 400 | 413 | 422 | 500;
  readonly message: string;
}

/** Thrown inside the patch algorithms, caught at their doors. */
export class PatchFailure extends Error {
  readonly code: PatchError["code"];

  constructor(code: PatchError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** The text of upstream's 422 without details: a JSON patch that does not apply says no more than this. */
export const UNPROCESSABLE = "the server rejected our request due to an error in our request";

/** The Go type of a JSON value, as reflection prints it. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return "%!s(<nil>)";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** What Go's JSON decoder says of a body that is no object. */
export function notAnObject(value: unknown): string {
  const shown = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${shown} into Go value of type map[string]interface {}`;
}

// Models apiserver pkg/endpoints/handlers patch.go: NewInvalid with an empty kind and name
/** The field error of a patched object that does not decode: JSON and merge patches show the object as JSON text. */
export function patchedObjectInvalid(patched: unknown, why: string): FieldError {
  return invalid("patch", goJson(patched), why);
}

/** As `patchedObjectInvalid`, for strategic merge patches, which show the patch as Go prints a map. */
export function strategicPatchInvalid(patch: unknown, why: string): FieldError {
  return invalid("patch", goPlain(patch), why);
}
