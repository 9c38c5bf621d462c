import type { PolicyCompiler } from "../../../api/admission/policies/environment.ts";
import { BOOL, NULL, STRING } from "../../../api/cel/types.ts";
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
import { compileErrors } from "../conditions.ts";
import { compilerOf, validatePolicyParts } from "../policies.ts";

const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"];
const MAX_ANNOTATIONS = 20;
const MAX_EXPRESSION_LENGTH = 5 * 1024;
const LINE_BREAK = /[\n\r]/;
const NOTHING_TO_DO = "validations or auditAnnotations must contain at least one item";

// Models pkg/apis/admissionregistration/validation validateValidatingAdmissionPolicySpec
export function validatePolicy({ metadata, spec }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec;
  const compiler = compilerOf(spec);
  const errors = [...validatePolicyParts(spec, compiler)];
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [...errors, required("spec.validations", NOTHING_TO_DO), required("spec.auditAnnotations", NOTHING_TO_DO)];
  }
  errors.push(...validations.flatMap((one, at) => validateValidation(one, index("spec.validations", at), compiler)));
  if (auditAnnotations.length > MAX_ANNOTATIONS) {
    const text = `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`;
    errors.push(invalid("spec.auditAnnotations", auditAnnotations, text));
  }
  const seen = new Set<string>();
  for (const [at, annotation] of auditAnnotations.entries()) {
    const path = index("spec.auditAnnotations", at);
    errors.push(...validateAnnotation(metadata.name, annotation, path, compiler));
    if (seen.has(annotation.key)) errors.push(duplicate(child(path, "key"), annotation.key));
    seen.add(annotation.key);
  }
  return errors;
}

function validateValidation(validation: Validation, path: string, compiler: PolicyCompiler): readonly FieldError[] {
  const { expression = "", message = "", messageExpression = "", reason } = validation;
  const messagePath = child(path, "message");
  const errors: FieldError[] = [];
  const expressionPath = child(path, "expression");
  if (expression.trim() === "") errors.push(required(expressionPath, "expression is not specified"));
  else errors.push(...compileErrors(compiler.compile(expression, [BOOL]), expression, expressionPath));
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.push(invalid(child(path, "messageExpression"), messageExpression, "must be non-empty if specified"));
  } else if (messageExpression !== "") {
    const compiled = compiler.compile(messageExpression, [STRING], false);
    errors.push(...compileErrors(compiled, messageExpression, child(path, "messageExpression")));
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

function validateAnnotation(
  name: string,
  { key = "", valueExpression = "" }: AuditAnnotation,
  path: string,
  compiler: PolicyCompiler,
) {
  const valuePath = child(path, "valueExpression");
  const expression = valueExpression.trim();
  return [
    ...(name === ""
      ? [invalid(child(path, "key"), key, "requires metadata.name be non-empty")]
      : validateLabelName(`${name}/${key}`, child(path, "key"))),
    ...(expression === ""
      ? [required(valuePath, "valueExpression is not specified")]
      : compileErrors(compiler.compile(valueExpression, [STRING, NULL]), valueExpression, valuePath)),
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
