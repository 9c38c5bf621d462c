import { child, type FieldError, index, notSupported, required, tooMany } from "../../../../api/meta/field-error.ts";
import type { Container } from "../../../../api/schema/generated/types.ts";

const POLICIES = ["Always", "Never", "OnFailure"];
const ACTIONS = ["Restart", "RestartAllContainers"];
const OPERATORS = ["In", "NotIn"];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;

// Models pkg/apis/core/validation validateContainerRestartPolicy
/** A container's own policy and rules; `path` is the container's. */
export function validateContainerRestartPolicy(container: Container, path: string): readonly FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  const policyPath = child(path, "restartPolicy");
  const rulesPath = child(path, "restartPolicyRules");
  if (restartPolicy === undefined && rules.length === 0) return [];
  const errors: FieldError[] = [];
  if (restartPolicy === undefined) {
    errors.push(required(policyPath, "must specify restartPolicy when restart rules are used"));
  } else if (!POLICIES.includes(restartPolicy)) {
    errors.push(notSupported(policyPath, restartPolicy, POLICIES));
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  for (const [at, rule] of rules.entries()) {
    const here = index(rulesPath, at);
    if (!ACTIONS.includes(rule.action)) errors.push(notSupported(child(here, "action"), rule.action ?? "", ACTIONS));
    const codesPath = child(here, "exitCodes");
    if (!rule.exitCodes) {
      errors.push(required(codesPath, "must be specified"));
      continue;
    }
    const { operator, values = [] } = rule.exitCodes;
    if (!OPERATORS.includes(operator))
      errors.push(notSupported(child(codesPath, "operator"), operator ?? "", OPERATORS));
    if (values.length > MAX_EXIT_CODES) errors.push(tooMany(child(codesPath, "values"), values.length, MAX_EXIT_CODES));
  }
  return errors;
}
