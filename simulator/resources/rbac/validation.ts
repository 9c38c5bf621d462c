import { child, type FieldError, index, invalid, notSupported, required } from "../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../api/meta/label-validation.ts";
import { isDns1123Subdomain, isPathSegmentName } from "../../api/meta/validation.ts";
import { type ClusterRole, type ClusterRoleBinding, ROLES, type Role, type RoleBinding } from "../../api/refs.ts";
import type { PolicyRule, RbacV1Subject as Subject } from "../../api/schema/generated/types.ts";

// Models pkg/apis/rbac/validation ValidateRole, ValidateClusterRole, ValidateRoleBinding, ValidateClusterRoleBinding

export function validateRole({ rules = [] }: Role): readonly FieldError[] {
  return rules.flatMap((rule, at) => validateRule(rule, true, index("rules", at)));
}

export function validateClusterRole({ rules, aggregationRule }: ClusterRole): readonly FieldError[] {
  const errors = (rules ?? []).flatMap((rule, at) => validateRule(rule, false, index("rules", at)));
  if (aggregationRule === undefined) return errors;
  const path = "aggregationRule.clusterRoleSelectors";
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil"));
  }
  return [...errors, ...selectors.flatMap((selector, at) => validateLabelSelector(selector, index(path, at)))];
}

function validateRule(rule: PolicyRule, isNamespaced: boolean, path: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = [];
  if (verbs.length === 0) errors.push(required(child(path, "verbs"), "verbs must contain at least one value"));
  if (nonResourceURLs.length > 0) {
    const refuse = (why: string) => errors.push(invalid(child(path, "nonResourceURLs"), nonResourceURLs, why));
    if (isNamespaced) refuse("namespaced rules cannot apply to non-resource URLs");
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      refuse("rules cannot apply to both regular resources and non-resource URLs");
    }
    return errors;
  }
  if (apiGroups.length === 0) {
    errors.push(required(child(path, "apiGroups"), "resource rules must supply at least one api group"));
  }
  if (resources.length === 0) {
    errors.push(required(child(path, "resources"), "resource rules must supply at least one resource"));
  }
  return errors;
}

export function validateRoleBinding(binding: RoleBinding): readonly FieldError[] {
  return validateBinding(binding, ["Role", "ClusterRole"]);
}

export function validateClusterRoleBinding(binding: ClusterRoleBinding): readonly FieldError[] {
  return validateBinding(binding, ["ClusterRole"]);
}

function validateBinding(
  { metadata, roleRef, subjects = [] }: RoleBinding | ClusterRoleBinding,
  kinds: readonly string[],
): FieldError[] {
  const errors: FieldError[] = [];
  if (roleRef.apiGroup !== ROLES.group) errors.push(notSupported("roleRef.apiGroup", roleRef.apiGroup, [ROLES.group]));
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported("roleRef.kind", roleRef.kind, kinds));
  if (roleRef.name === "") errors.push(required("roleRef.name"));
  else for (const text of isPathSegmentName(roleRef.name)) errors.push(invalid("roleRef.name", roleRef.name, text));
  const isNamespaced = metadata.namespace !== undefined;
  return [
    ...errors,
    ...subjects.flatMap((subject, at) => validateSubject(subject, isNamespaced, index("subjects", at))),
  ];
}

function validateSubject(subject: Subject, isNamespaced: boolean, path: string): FieldError[] {
  const { kind = "", name = "", apiGroup = "", namespace = "" } = subject;
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(child(path, "name")));
  if (kind === "ServiceAccount") {
    if (name !== "") {
      for (const text of isDns1123Subdomain(name)) errors.push(invalid(child(path, "name"), name, text));
    }
    if (apiGroup !== "") errors.push(notSupported(child(path, "apiGroup"), apiGroup, [""]));
    if (!isNamespaced && namespace === "") errors.push(required(child(path, "namespace")));
  } else if (kind === "User" || kind === "Group") {
    if (apiGroup !== ROLES.group) errors.push(notSupported(child(path, "apiGroup"), apiGroup, [ROLES.group]));
  } else {
    errors.push(notSupported(child(path, "kind"), kind, ["ServiceAccount", "User", "Group"]));
  }
  return errors;
}

/** A binding gives one role for ever: another one takes another binding. */
export function validateRoleRefUpdate(
  { roleRef }: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding,
) {
  const { apiGroup, kind, name } = roleRef;
  const same = apiGroup === old.roleRef.apiGroup && kind === old.roleRef.kind && name === old.roleRef.name;
  // Printed as the API server holds it inside.
  const printed = { APIGroup: apiGroup, Kind: kind, Name: name };
  return same ? [] : [invalid("roleRef", printed, "cannot change roleRef")];
}
