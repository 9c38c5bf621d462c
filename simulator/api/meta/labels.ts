import { fail, ok, type Result } from "../../base/result.ts";
import type { LabelSelector } from "../schema/generated/types.ts";
import { type FieldError, fieldErrorsMessage, index, invalid, key as keyPath } from "./field-error.ts";
import { goQuote } from "./go-text.ts";
import { isLabelValue, isQualifiedName } from "./validation.ts";

/** Label selectors as data: a list of requirements that all must hold. Models apimachinery pkg/labels. */
export type Operator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

export interface Selector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
  /** True for the selector that matches no object at all (a LabelSelector that is not there). */
  readonly nothing: boolean;
}

export type Labels = { readonly [key: string]: string | undefined };

export const EVERYTHING: Selector = { requirements: [], nothing: false };
export const NOTHING: Selector = { requirements: [], nothing: true };

const INTEGER = /^[-+]?[0-9]+$/;
const MAX_INT64 = 2n ** 63n - 1n;

/** Go's ParseInt(…, 10, 64). */
function parseInt64(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n ? value : undefined;
}

/** What of a requirement's operator and number of values does not fit; paths are relative, as upstream's are. */
function valuesErrors(operator: Operator, values: readonly string[]): readonly FieldError[] {
  switch (operator) {
    case "in":
    case "notin":
      if (values.length > 0) return [];
      return [invalid("values", values, "for 'in', 'notin' operators, values set can't be empty")];
    case "=":
    case "==":
    case "!=":
      if (values.length === 1) return [];
      return [invalid("values", values, "exact-match compatibility requires one single value")];
    case "exists":
    case "!":
      if (values.length === 0) return [];
      return [invalid("values", values, "values set must be empty for exists and does not exist")];
    default: {
      const text = "for 'Gt', 'Lt' operators, the value must be an integer";
      const count = "for 'Gt', 'Lt' operators, exactly one value is required";
      const wrong = values.length === 1 ? [] : [invalid("values", values, count)];
      const notNumbers = [...values.entries()].filter(([, value]) => parseInt64(value) === undefined);
      return [...wrong, ...notNumbers.map(([at, value]) => invalid(index("values", at), value, text))];
    }
  }
}

// Models apimachinery pkg/labels NewRequirement
/** Checks and makes one requirement; the error is upstream's text. */
export function newRequirement(
  key: string,
  operator: Operator,
  values: readonly string[],
): Result<Requirement, string> {
  const errors: FieldError[] = [];
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length > 0) errors.push(invalid("key", key, keyErrors.join("; ")));
  errors.push(...valuesErrors(operator, values));
  for (const [at, value] of values.entries()) {
    const wrong = isLabelValue(value);
    if (wrong.length > 0) errors.push(invalid(keyPath(index("values", at), key), value, wrong.join("; ")));
  }
  return errors.length > 0 ? fail(fieldErrorsMessage(errors)) : ok({ key, operator, values });
}

/** Requirements of one selector, sorted by key as upstream keeps them. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  const sorted = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return { requirements: sorted, nothing: false };
}

function matchesRequirement({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  // Not a string: absent, or a name that every JavaScript object inherits.
  if (typeof value !== "string") return operator === "!=" || operator === "notin" || operator === "!";
  switch (operator) {
    case "=":
    case "==":
      return values[0] === value;
    case "in":
      return values.includes(value);
    case "!=":
      return values[0] !== value;
    case "notin":
      return !values.includes(value);
    case "exists":
      return true;
    case "!":
      return false;
    default: {
      const actual = parseInt64(value);
      const limit = parseInt64(values[0] ?? "");
      if (actual === undefined || limit === undefined) return false;
      return operator === "gt" ? actual > limit : actual < limit;
    }
  }
}

const NO_LABELS: Labels = {};

/** Whether an object with these labels is selected. */
export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  if (selector.nothing) return false;
  for (const requirement of selector.requirements) {
    if (!matchesRequirement(requirement, labels ?? NO_LABELS)) return false;
  }
  return true;
}

/** A selector that demands exactly these labels; none selects everything (an old-style map, as of a Service). */
export function selectorFromMap(map: Labels | undefined): Selector {
  const requirements = Object.entries(map ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: "=", values: [value ?? ""] }),
  );
  return requirements.length === 0 ? EVERYTHING : selectorOf(requirements);
}

const OPERATORS: Readonly<Record<string, Operator>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" };

function compileSelector(selector: LabelSelector): Result<Selector, string> {
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const made = newRequirement(key, "=", [value]);
    if (!made.ok) return made;
    requirements.push(made.value);
  }
  for (const expression of selector.matchExpressions ?? []) {
    const operator = Object.hasOwn(OPERATORS, expression.operator) ? OPERATORS[expression.operator] : undefined;
    if (!operator) return fail(`${goQuote(expression.operator)} is not a valid label selector operator`);
    const made = newRequirement(expression.key, operator, expression.values ?? []);
    if (!made.ok) return made;
    requirements.push(made.value);
  }
  return ok(requirements.length === 0 ? EVERYTHING : selectorOf(requirements));
}

/** Compiled selectors of frozen (stored) LabelSelectors, so that a controller may ask again for nothing. */
const compiled = new WeakMap<LabelSelector, Result<Selector, string>>();

// Models apimachinery pkg/apis/meta/v1 LabelSelectorAsSelector
/** The selector of a LabelSelector object: absent selects nothing, empty selects everything. */
export function selectorFromLabelSelector(selector: LabelSelector | undefined): Result<Selector, string> {
  if (!selector) return ok(NOTHING);
  const known = compiled.get(selector);
  if (known) return known;
  const result = compileSelector(selector);
  if (Object.isFrozen(selector)) compiled.set(selector, result);
  return result;
}

/** Whether a validated LabelSelector selects these labels; an invalid or absent one selects nothing. */
export function labelSelectorMatches(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  const result = selectorFromLabelSelector(selector);
  return result.ok && matchesLabels(result.value, labels);
}

const SYMBOLS: Readonly<Partial<Record<Operator, string>>> = { "=": "=", "==": "==", "!=": "!=", gt: ">", lt: "<" };

function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === "exists") return key;
  if (operator === "!") return `!${key}`;
  const list = [...values].sort().join(",");
  return operator === "in" || operator === "notin"
    ? `${key} ${operator} (${list})`
    : `${key}${SYMBOLS[operator]}${list}`;
}

/** The selector's text, as the scale subresource and `kubectl describe` show it. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(formatRequirement).join(",");
}

// Models apimachinery pkg/apis/meta/v1 FormatLabelSelector
/** As `formatSelector`, for tables: `<none>` where there is nothing to show. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const result = selectorFromLabelSelector(selector);
  return result.ok ? formatSelector(result.value) || "<none>" : "<error>";
}
