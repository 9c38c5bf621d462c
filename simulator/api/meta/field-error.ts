import { goJson, goQuote } from "./go-text.ts";

/** Validation errors as values: the machine-readable type, the field's path, the bad value and a detail. */
export type FieldErrorType =
  | "FieldValueNotFound"
  | "FieldValueRequired"
  | "FieldValueDuplicate"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooShort"
  | "FieldValueTooMany"
  | "FieldValueTooFew"
  | "FieldValueTypeInvalid"
  | "InternalError";

export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** Printed as Go prints it: strings quoted, numbers and booleans bare, everything else as JSON; undefined is nil. */
  readonly badValue?: unknown;
  readonly detail?: string;
}

/** One entry of a Status' `details.causes`. */
export interface FieldErrorCause {
  readonly reason: FieldErrorType;
  readonly message: string;
  readonly field: string;
}

/** A bad value that is not printed at all. */
export const omitValue: unique symbol = Symbol("omitted");

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: "Not found",
  FieldValueRequired: "Required value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooShort: "Too short",
  FieldValueTooMany: "Too many",
  FieldValueTooFew: "Too few",
  FieldValueTypeInvalid: "Invalid value",
  InternalError: "Internal error",
};

/** The types whose text never shows the bad value. */
const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  "FieldValueRequired",
  "FieldValueForbidden",
  "FieldValueTooLong",
  "FieldValueTooShort",
  "InternalError",
]);

export function required(field: string, detail = ""): FieldError {
  return { type: "FieldValueRequired", field, detail };
}

export function invalid(field: string, badValue: unknown, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, badValue, detail };
}

export function typeInvalid(field: string, badValue: unknown, detail: string): FieldError {
  return { type: "FieldValueTypeInvalid", field, badValue, detail };
}

/** `allowed` in the order of the message: upstream sorts where the values come from a set. */
export function notSupported(field: string, badValue: unknown, allowed: readonly string[]): FieldError {
  const detail = allowed.length > 0 ? `supported values: ${allowed.map(goQuote).join(", ")}` : "";
  return { type: "FieldValueNotSupported", field, badValue, detail };
}

export function duplicate(field: string, badValue: unknown): FieldError {
  return { type: "FieldValueDuplicate", field, badValue };
}

export function notFound(field: string, badValue: unknown): FieldError {
  return { type: "FieldValueNotFound", field, badValue };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: "FieldValueForbidden", field, detail };
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Too long in bytes; a negative limit leaves the number out. */
export function tooLong(field: string, maxBytes: number): FieldError {
  const detail = maxBytes >= 0 ? `may not be more than ${counted(maxBytes, "byte")}` : "value is too long";
  return { type: "FieldValueTooLong", field, detail };
}

/** Too long in characters; a negative limit leaves the number out. */
export function tooLongCharacters(field: string, maxCharacters: number): FieldError {
  const detail =
    maxCharacters >= 0 ? `may not be more than ${counted(maxCharacters, "character")}` : "value is too long";
  return { type: "FieldValueTooLong", field, detail };
}

export function tooShort(field: string, minCharacters: number): FieldError {
  const detail = minCharacters >= 0 ? `must be at least ${counted(minCharacters, "character")}` : "value is too short";
  return { type: "FieldValueTooShort", field, detail };
}

/** A negative `actual` is not printed; a negative `max` leaves the number out. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  const detail = max >= 0 ? `must have at most ${counted(max, "item")}` : "has too many items";
  return { type: "FieldValueTooMany", field, badValue: actual >= 0 ? actual : omitValue, detail };
}

export function internal(field: string, detail: string): FieldError {
  return { type: "InternalError", field, detail };
}

function printedValue(value: unknown): string {
  if (typeof value === "string") return goQuote(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return goJson(value);
}

/** The text after the field's path: `Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorBody(error: FieldError): string {
  let text = TITLES[error.type];
  if (!WITHOUT_VALUE.has(error.type) && error.badValue !== omitValue) text += `: ${printedValue(error.badValue)}`;
  return error.detail ? `${text}: ${error.detail}` : text;
}

// Models apimachinery pkg/util/validation/field Error
/** The whole text: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorMessage(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

export function toCause(error: FieldError): FieldErrorCause {
  return { reason: error.type, message: fieldErrorBody(error), field: error.field };
}

/** Several texts as Go's aggregate prints them: one bare, more as `[a, b]`, equal ones once. */
export function aggregateMessage(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(", ")}]`;
}

/** The text of a list of field errors, as a Status message shows it after `is invalid: `. */
export function fieldErrorsMessage(errors: readonly FieldError[]): string {
  return aggregateMessage(errors.map(fieldErrorMessage));
}

/** The path of a field below another: `child("spec", "template", "spec")`; an empty path is the root. */
export function child(path: string, ...names: readonly string[]): string {
  return path === "" ? names.join(".") : `${path}.${names.join(".")}`;
}

/** The path of a list's item: `spec.containers[3]`. */
export function index(path: string, at: number): string {
  return `${path}[${at}]`;
}

/** The path of a map's entry: `data[name]`. */
export function key(path: string, name: string): string {
  return `${path}[${name}]`;
}

/** How Go prints the path that was never given. */
export const NO_PATH = "<nil>";
