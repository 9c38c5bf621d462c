import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../api/meta/label-validation.ts";
import { isPathSegmentName } from "../../api/meta/validation.ts";
import type { MatchResources, NamedRuleWithOperations } from "../../api/schema/generated/types.ts";

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];
const MATCH_POLICIES = ["Equivalent", "Exact"];

/** Which requests a webhook or a policy is about. Models pkg/apis/admissionregistration/validation validateRuleWithOperations. */
export function validateRule(rule: NamedRuleWithOperations, path: string): readonly FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const at = (field: string) => child(path, field);
  return [
    ...validateList(operations, at("operations"), "operations"),
    ...operations.flatMap((operation, nth) =>
      OPERATIONS.includes(operation) ? [] : [notSupported(index(at("operations"), nth), operation, OPERATIONS)],
    ),
    ...validateList(apiGroups, at("apiGroups"), "API groups"),
    ...validateList(apiVersions, at("apiVersions"), "API versions"),
    ...apiVersions.flatMap((version, nth) => (version === "" ? [required(index(at("apiVersions"), nth))] : [])),
    ...validateResources(resources, at("resources")),
    ...(scope !== undefined && !SCOPES.includes(scope) ? [notSupported(at("scope"), scope, SCOPES)] : []),
  ];
}

/** A list that may not be empty, and in which a star stands alone. */
function validateList(values: readonly string[], path: string, what: string): readonly FieldError[] {
  if (values.length === 0) return [required(path)];
  if (values.length === 1 || !values.includes("*")) return [];
  return [invalid(path, values, `if '*' is present, must not specify other ${what}`)];
}

// Models pkg/apis/admissionregistration/validation validateResources
function validateResources(resources: readonly string[], path: string): readonly FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  /** `x` of each `x/*`, and `y` of each star-slash-y. */
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let hasPlainResource = false;
  for (const [at, name] of resources.entries()) {
    const here = index(path, at);
    if (name === "") {
      errors.push(required(here));
      continue;
    }
    const slash = name.indexOf("/");
    if (slash < 0) {
      hasPlainResource = name !== "*";
      continue;
    }
    const [resource, part] = [name.slice(0, slash), name.slice(slash + 1)];
    if (wholeResources.has(resource)) {
      errors.push(invalid(here, name, `if '${resource}/*' is present, must not specify ${name}`));
    }
    if (wholeSubresources.has(part)) {
      errors.push(invalid(here, name, `if '*/${part}' is present, must not specify ${name}`));
    }
    if (part === "*") wholeResources.add(resource);
    if (resource === "*") wholeSubresources.add(part);
  }
  if (resources.length > 1 && resources.includes("*/*")) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes("*") && hasPlainResource) {
    const text = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(path, resources, text));
  }
  return errors;
}

// Models pkg/apis/admissionregistration/validation validateMatchResources
export function validateMatch(match: MatchResources | undefined, path: string): readonly FieldError[] {
  if (match === undefined) return [];
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...validateMatchPolicy(matchPolicy, child(path, "matchPolicy"), true),
    ...validateLabelSelector(namespaceSelector, child(path, "namespaceSelector")),
    ...validateLabelSelector(objectSelector, child(path, "objectSelector")),
    ...resourceRules.flatMap((rule, at) => validateNamedRule(rule, index(child(path, "resourceRules"), at))),
    ...excludeResourceRules.flatMap((rule, at) =>
      validateNamedRule(rule, index(child(path, "excludeResourceRules"), at)),
    ),
  ];
}

export function validateMatchPolicy(
  policy: string | undefined,
  path: string,
  isRequired: boolean,
): readonly FieldError[] {
  if (policy === undefined) return isRequired ? [required(path)] : [];
  return MATCH_POLICIES.includes(policy) ? [] : [notSupported(path, policy, MATCH_POLICIES)];
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): readonly FieldError[] {
  const seen = new Set<string>();
  const named = (rule.resourceNames ?? []).flatMap((name, at) => {
    const here = index(child(path, "resourceNames"), at);
    const repeated = seen.has(name) ? [duplicate(here, name)] : [];
    seen.add(name);
    return [...isPathSegmentName(name).map((text) => invalid(here, name, text)), ...repeated];
  });
  return [...named, ...validateRule(rule, path)];
}
