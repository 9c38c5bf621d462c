import { type FieldError, invalid } from "../../../../api/meta/field-error.ts";
import {
  type FormatRule,
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
} from "../../../../api/meta/validation.ts";

/** One error for each thing that a format rule finds wrong. */
export function check(rule: FormatRule, value: string, path: string): readonly FieldError[] {
  return rule(value).map((text) => invalid(path, value, text));
}

export function validateDnsLabel(value: string, path: string): readonly FieldError[] {
  return check(isDns1123Label, value, path);
}

export function validateDnsSubdomain(value: string, path: string): readonly FieldError[] {
  return check(isDns1123Subdomain, value, path);
}

export function validateQualifiedName(value: string, path: string): readonly FieldError[] {
  return check(isQualifiedName, value, path);
}

/** As `validatePathNoBacksteps`, and the path is relative. */
export function validateLocalDescendingPath(target: string, path: string): readonly FieldError[] {
  const absolute = target.startsWith("/") ? [invalid(path, target, "must be a relative path")] : [];
  return [...absolute, ...validatePathNoBacksteps(target, path)];
}

/** No element of the path is `..`. */
export function validatePathNoBacksteps(target: string, path: string): readonly FieldError[] {
  return target.split("/").includes("..") ? [invalid(path, target, "must not contain '..'")] : [];
}

/** As `validateLocalDescendingPath`, and the path does not begin with two dots. */
export function validateLocalNonReservedPath(target: string, path: string): readonly FieldError[] {
  const reserved = target.startsWith("..") && !target.startsWith("../");
  const dots = reserved ? [invalid(path, target, "must not start with '..'")] : [];
  return [...validateLocalDescendingPath(target, path), ...dots];
}

const MAX_FILE_MODE = 0o777;
const FILE_MODE_TEXT = "must be a number between 0 and 0777 (octal), both inclusive";

export function validateFileMode(mode: number | undefined, path: string): readonly FieldError[] {
  return mode !== undefined && (mode < 0 || mode > MAX_FILE_MODE) ? [invalid(path, mode, FILE_MODE_TEXT)] : [];
}
