import { estimateCost } from "../../../api/cel/estimate.ts";
import { celTypeOf, maxCardinality } from "../../../api/custom/cel-types.ts";
import { findFieldPath } from "../../../api/custom/field-path.ts";
import type { JsonSchema } from "../../../api/custom/json-schema.ts";
import { compileRule } from "../../../api/custom/rules.ts";
import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import type { ValidationRule } from "../../../api/schema/generated/types.ts";

const RULE_COST_LIMIT = 10_000_000;
const TOTAL_COST_LIMIT = 100_000_000;
const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const MOST_EXPENSIVE = 10;

/** The costs of all rules of a schema. */
export class TotalCost {
  #total = 0;
  readonly #rules: { readonly path: string; readonly cost: number }[] = [];

  add(path: string, cost: number): void {
    this.#total += cost;
    this.#rules.push({ path, cost });
  }

  problems(path: string): readonly FieldError[] {
    if (this.#total <= TOTAL_COST_LIMIT) return [];
    const expensive = [...this.#rules].sort((a, b) => b.cost - a.cost).slice(0, MOST_EXPENSIVE);
    const text = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
    const total = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
    return [
      ...expensive.map((rule) => forbidden(rule.path, text)),
      forbidden(path, tooExpensive(total, this.#total, TOTAL_COST_LIMIT)),
    ];
  }
}

// Models getCostErrorMessage
function tooExpensive(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? "more than 100x" : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** The form of a schema's rules, before they are compiled. */
export function validateRuleForms(schema: JsonSchema, path: string): readonly FieldError[] {
  return (schema["x-kubernetes-validations"] ?? []).flatMap((rule, at) =>
    validateRuleForm(rule, schema, index(child(path, "x-kubernetes-validations"), at)),
  );
}

const hasLines = (text: string): boolean => /[\n\r]/.test(text);

function validateRuleForm(rule: ValidationRule, schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { message = "", messageExpression = "", reason, fieldPath = "" } = rule;
  const [text, said] = [rule.rule.trim(), message.trim()];
  const messagePath = child(path, "message");
  if (text === "") errors.push(required(child(path, "rule"), "rule is not specified"));
  else if (message !== "" && said === "") errors.push(invalid(messagePath, message, "must be non-empty if specified"));
  else if (hasLines(said)) errors.push(invalid(messagePath, message, "must not contain line breaks"));
  else if (hasLines(text) && said === "") {
    errors.push(required(messagePath, "message must be specified if rule contains line breaks"));
  }
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.push(required(child(path, "messageExpression"), "messageExpression must be non-empty if specified"));
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.push(notSupported(child(path, "reason"), reason, REASONS));
  }
  if (fieldPath === "") return errors;
  const at = child(path, "fieldPath");
  if (fieldPath.trim() === "") errors.push(invalid(at, fieldPath, "must be non-empty if specified"));
  if (hasLines(fieldPath)) errors.push(invalid(at, fieldPath, "must not contain line breaks"));
  if (!findFieldPath(fieldPath, schema).ok) errors.push(invalid(at, fieldPath, "must be a valid path"));
  return errors;
}

/** Where rules stand in a schema. */
export interface RulePlace {
  readonly path: string;
  readonly isResource: boolean;
  /** How many values of the schema a resource may hold; undefined: as many as fit. */
  readonly cardinality: number | undefined;
  /** The schema within which old and new values cannot be told to belong together. */
  readonly uncorrelatable: string | undefined;
  readonly total: TotalCost;
  /** Whether the schema stood like this before: then its single rules may cost what they do. */
  readonly isUnchanged: boolean;
}

// Models ValidateCustomResourceDefinitionOpenAPISchema, its part about rules
/** Compiles the rules of a schema and estimates what they may cost. */
export function validateRules(schema: JsonSchema, place: RulePlace): readonly FieldError[] {
  const self = celTypeOf(schema, place.isResource);
  const rules = schema["x-kubernetes-validations"] ?? [];
  if (self === undefined || rules.length === 0) return [];
  const cardinality = place.cardinality ?? maxCardinality(schema);
  return rules.flatMap((rule, at) => {
    const path = index(child(place.path, "x-kubernetes-validations"), at);
    const rulePath = child(path, "rule");
    const { compiled, error, messageError } = compileRule(rule, self);
    const errors: FieldError[] = [];
    const checkCost = (what: string, cost: number, costPath: string) => {
      if (!place.isUnchanged && cost > RULE_COST_LIMIT) {
        errors.push(forbidden(costPath, tooExpensive(what, cost, RULE_COST_LIMIT)));
      }
      place.total.add(costPath, cost);
    };
    if (compiled !== undefined)
      checkCost("estimated rule cost", estimateCost(compiled.program) * cardinality, rulePath);
    if (error !== undefined) errors.push(invalid(rulePath, goRule(rule), error));
    const messagePath = child(path, "messageExpression");
    if (messageError !== undefined) errors.push(invalid(messagePath, goRule(rule), messageError));
    if (compiled?.message !== undefined) {
      checkCost("estimated messageExpression cost", estimateCost(compiled.message), messagePath);
    }
    if (compiled?.usesOldSelf && place.uncorrelatable !== undefined) {
      const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`;
      errors.push(invalid(rulePath, rule.rule, text));
    } else if (compiled?.usesOldSelf === false && rule.optionalOldSelf !== undefined) {
      const text = "may not be set if oldSelf is not used in rule";
      errors.push(invalid(child(path, "optionalOldSelf"), rule.optionalOldSelf, text));
    }
    return errors;
  });
}

/** A rule as Go prints upstream's struct. */
function goRule(rule: ValidationRule): unknown {
  return {
    Rule: rule.rule,
    Message: rule.message ?? "",
    MessageExpression: rule.messageExpression ?? "",
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? "",
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
