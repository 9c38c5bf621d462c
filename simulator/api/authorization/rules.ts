import type { PolicyRule } from "../schema/generated/types.ts";
import { type Action, isPathAction, type ResourceAttributes } from "./attributes.ts";

const ALL = "*";

// Models plugin/pkg/auth/authorizer/rbac RuleAllows and pkg/apis/rbac/v1 evaluation_helpers.go
/** Whether a rule allows an action. */
export function ruleAllows(rule: PolicyRule, action: Action): boolean {
  if (!rule.verbs.includes(action.verb) && !rule.verbs.includes(ALL)) return false;
  if (isPathAction(action)) return (rule.nonResourceURLs ?? []).some((url) => coversPath(url, action.path));
  const { apiGroups = [], resourceNames = [] } = rule;
  return (
    (apiGroups.includes(action.group) || apiGroups.includes(ALL)) &&
    allowsResource(rule, action) &&
    (resourceNames.length === 0 || resourceNames.includes(action.name))
  );
}

function allowsResource({ resources = [] }: PolicyRule, { resource, subresource }: ResourceAttributes): boolean {
  if (subresource === "") return resources.some((one) => one === ALL || one === resource);
  const combined = `${resource}/${subresource}`;
  return resources.some((one) => one === ALL || one === combined || one === `*/${subresource}`);
}

/** Whether a rule's URL, which may end in a star, stands for a path. */
export function coversPath(url: string, path: string): boolean {
  return url === path || (url.endsWith("*") && path.startsWith(url.replace(/\*+$/, "")));
}
