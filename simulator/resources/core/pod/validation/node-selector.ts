import { child, type FieldError, forbidden, index, invalid, required } from "../../../../api/meta/field-error.ts";
import { validateLabelName } from "../../../../api/meta/label-validation.ts";
import { isLabelValue, nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type {
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from "../../../../api/schema/generated/types.ts";
import { check } from "./formats.ts";

// Models pkg/apis/core/validation ValidateNodeSelectorRequirement
function validateExpression(
  requirement: NodeSelectorRequirement,
  allowInvalidValues: boolean,
  path: string,
): readonly FieldError[] {
  const { key = "", operator = "", values = [] } = requirement;
  const valuesPath = child(path, "values");
  const errors: FieldError[] = [];
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length === 0)
        errors.push(required(valuesPath, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case "Exists":
    case "DoesNotExist":
      if (values.length > 0) {
        errors.push(forbidden(valuesPath, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    case "Gt":
    case "Lt":
      if (values.length !== 1) {
        errors.push(required(valuesPath, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      }
      break;
    default:
      errors.push(invalid(child(path, "operator"), operator, "not a valid selector operator"));
  }
  errors.push(...validateLabelName(key, child(path, "key")));
  if (allowInvalidValues) return errors;
  return [...errors, ...values.flatMap((value, at) => check(isLabelValue, value, index(valuesPath, at)))];
}

// Models pkg/apis/core/validation ValidateNodeFieldSelectorRequirement
/** A requirement on a node's field: only its name can be asked for. */
function validateField(requirement: NodeSelectorRequirement, path: string): readonly FieldError[] {
  const { key = "", operator = "", values = [] } = requirement;
  const valuesPath = child(path, "values");
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") {
    errors.push(invalid(child(path, "operator"), operator, "not a valid selector operator"));
  } else if (values.length !== 1) {
    errors.push(
      required(valuesPath, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    );
  }
  if (key !== "metadata.name") {
    return [...errors, invalid(child(path, "key"), key, "not a valid field selector key")];
  }
  const wrong = values.flatMap((value, at) =>
    nameIsDnsSubdomain(value, false).map((text) => invalid(index(valuesPath, at), value, text)),
  );
  return [...errors, ...wrong];
}

export function validateNodeSelectorTerm(
  term: NodeSelectorTerm,
  allowInvalidValues: boolean,
  path: string,
): readonly FieldError[] {
  const { matchExpressions = [], matchFields = [] } = term;
  return [
    ...matchExpressions.flatMap((requirement, at) =>
      validateExpression(requirement, allowInvalidValues, index(child(path, "matchExpressions"), at)),
    ),
    ...matchFields.flatMap((requirement, at) => validateField(requirement, index(child(path, "matchFields"), at))),
  ];
}

// Models pkg/apis/core/validation ValidateNodeSelector
export function validateNodeSelector(selector: NodeSelector, path: string): readonly FieldError[] {
  const termsPath = child(path, "nodeSelectorTerms");
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(termsPath, "must have at least one node selector term")];
  return terms.flatMap((term, at) => validateNodeSelectorTerm(term, false, index(termsPath, at)));
}
