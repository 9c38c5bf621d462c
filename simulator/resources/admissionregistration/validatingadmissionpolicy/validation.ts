import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { validateLabelName } from "../../../api/meta/label-validation.ts";
import type { ValidatingAdmissionPolicy } from "../../../api/refs.ts";
import type { AuditAnnotation, Validation } from "../../../api/schema/generated/types.ts";
import { validateConditions } from "../../conditions.ts";
import { validatePolicyParts } from "../policies.ts";

const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"];
const MAX_ANNOTATIONS = 20;
const MAX_EXPRESSION_LENGTH = 5 * 1024;
const LINE_BREAK = /[\n\r]/;
const NOTHING_TO_DO = "validations or auditAnnotations must contain at least one item";

// Models pkg/apis/admissionregistration/validation validateValidatingAdmissionPolicySpec
export function validatePolicy({ metadata, spec }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec;
  const errors = [...validatePolicyParts(spec)];
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [...errors, required("spec.validations", NOTHING_TO_DO), required("spec.auditAnnotations", NOTHING_TO_DO)];
  }
  errors.push(...validations.flatMap((one, at) => validateValidation(one, index("spec.validations", at))));
  if (auditAnnotations.length > MAX_ANNOTATIONS) {
    const text = `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`;
    errors.push(invalid("spec.auditAnnotations", auditAnnotations, text));
  }
  const seen = new Set<string>();
  for (const [at, annotation] of auditAnnotations.entries()) {
    const path = index("spec.auditAnnotations", at);
    errors.push(...validateAnnotation(metadata.name, annotation, path));
    if (seen.has(annotation.key)) errors.push(duplicate(child(path, "key"), annotation.key));
    seen.add(annotation.key);
  }
  return errors;
}

function validateValidation(validation: Validation, path: string): readonly FieldError[] {
  const { expression = "", message = "", messageExpression = "", reason } = validation;
  const messagePath = child(path, "message");
  const errors: FieldError[] = [];
  if (expression.trim() === "") errors.push(required(child(path, "expression"), "expression is not specified"));
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.push(invalid(child(path, "messageExpression"), messageExpression, "must be non-empty if specified"));
  }
  if (message !== "" && message.trim() === "") {
    errors.push(invalid(messagePath, message, "message must be non-empty if specified"));
  } else if (LINE_BREAK.test(message.trim())) {
    errors.push(invalid(messagePath, message, "message must not contain line breaks"));
  } else if (LINE_BREAK.test(expression.trim()) && message === "") {
    errors.push(required(messagePath, "message must be specified if expression contains line breaks"));
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.push(notSupported(child(path, "reason"), reason, REASONS));
  }
  return errors;
}

function validateAnnotation(name: string, { key = "", valueExpression = "" }: AuditAnnotation, path: string) {
  const valuePath = child(path, "valueExpression");
  const expression = valueExpression.trim();
  return [
    ...(name === ""
      ? [invalid(child(path, "key"), key, "requires metadata.name be non-empty")]
      : validateLabelName(`${name}/${key}`, child(path, "key"))),
    ...(expression === "" ? [required(valuePath, "valueExpression is not specified")] : []),
    ...(expression.length > MAX_EXPRESSION_LENGTH
      ? [required(valuePath, `must not exceed ${MAX_EXPRESSION_LENGTH} bytes in length`)]
      : []),
  ];
}

// Models pkg/apis/admissionregistration/validation validateValidatingAdmissionPolicyStatus
export function validatePolicyStatus({ status }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const warnings = status?.typeChecking?.expressionWarnings ?? [];
  return [
    ...warnings.flatMap(({ warning, fieldRef }, at) => {
      const path = index("status.typeChecking.expressionWarnings", at);
      return [
        ...(warning ? [] : [required(child(path, "warning"))]),
        ...(fieldRef?.trim() ? [] : [required(child(path, "fieldRef"))]),
      ];
    }),
    ...validateConditions(status?.conditions, "status.conditions"),
  ];
}
