import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  omitValue,
  required,
  tooMany,
} from "../../../api/meta/field-error.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from "../../../api/schema/generated/types.ts";
import { validateQualifiedName } from "../../core/pod/validation/formats.ts";

// Models pkg/apis/batch/validation validatePodFailurePolicy

const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];
const OPERATORS = ["In", "NotIn"];
const STATUSES = ["False", "True", "Unknown"];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_PATTERNS = 20;

const validValues = (values: readonly string[]): string => `valid values: [${values.map(goQuote).join(" ")}]`;

/** Which failures of pods count, which end the job and which are forgiven. `spec.podFailurePolicy` is set. */
export function validateFailurePolicy(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = child(path, "rules");
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  return [
    ...(rules.length > MAX_RULES ? [tooMany(rulesPath, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, at) => validateRule(spec, rule, index(rulesPath, at), names)),
  ];
}

function validateRule(
  spec: Partial<JobSpec>,
  rule: PodFailurePolicyRule,
  path: string,
  names: ReadonlySet<string>,
): readonly FieldError[] {
  const { action = "", onExitCodes, onPodConditions = [] } = rule;
  const actionPath = child(path, "action");
  const errors: FieldError[] = [];
  if (action === "") errors.push(required(actionPath, validValues(ACTIONS)));
  else if (!ACTIONS.includes(action)) errors.push(notSupported(actionPath, action, ACTIONS));
  else if (action === "FailIndex" && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalid(actionPath, action, "requires the backoffLimitPerIndex to be set"));
  }
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, child(path, "onExitCodes"), names));
  if (onPodConditions.length > 0) errors.push(...validateConditions(onPodConditions, child(path, "onPodConditions")));
  if (onExitCodes && onPodConditions.length > 0) {
    errors.push(invalid(path, omitValue, "specifying both OnExitCodes and OnPodConditions is not supported"));
  }
  if (!onExitCodes && onPodConditions.length === 0) {
    errors.push(invalid(path, omitValue, "specifying one of OnExitCodes and OnPodConditions is required"));
  }
  return errors;
}

function validateConditions(
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: string,
): readonly FieldError[] {
  const surplus = patterns.length > MAX_PATTERNS ? [tooMany(path, patterns.length, MAX_PATTERNS)] : [];
  const wrong = patterns.flatMap(({ type = "", status = "" }, at) => {
    const statusPath = child(index(path, at), "status");
    const errors = [...validateQualifiedName(type, child(index(path, at), "type"))];
    if (status === "") errors.push(required(statusPath, validValues(STATUSES)));
    else if (!STATUSES.includes(status)) errors.push(notSupported(statusPath, status, STATUSES));
    return errors;
  });
  return [...surplus, ...wrong];
}

function validateExitCodes(
  requirement: PodFailurePolicyOnExitCodesRequirement,
  path: string,
  names: ReadonlySet<string>,
): readonly FieldError[] {
  const { operator = "", containerName, values = [] } = requirement;
  const operatorPath = child(path, "operator");
  const valuesPath = child(path, "values");
  const errors: FieldError[] = [];
  if (operator === "") errors.push(required(operatorPath, validValues(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(operatorPath, operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName)) {
    const text = "must be one of the container or initContainer names in the pod template";
    errors.push(invalid(child(path, "containerName"), containerName, text));
  }
  if (values.length === 0)
    errors.push(invalid(valuesPath, requirement.values ?? null, "at least one value is required"));
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(valuesPath, values.length, MAX_EXIT_CODES));
  for (const [at, code] of values.entries()) {
    const here = index(valuesPath, at);
    if (operator === "In" && code === 0) errors.push(invalid(here, code, "must not be 0 for the In operator"));
    if (values.indexOf(code) < at) errors.push(duplicate(here, code));
  }
  if (values.some((code, at) => at > 0 && (values[at - 1] ?? 0) > code)) {
    errors.push(invalid(valuesPath, values, "must be ordered"));
  }
  return errors;
}
