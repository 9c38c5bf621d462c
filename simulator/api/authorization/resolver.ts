import type { User } from "../authentication/user.ts";
import { notFound } from "../errors.ts";
import type { KubeObject } from "../object.ts";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  type ClusterRoleBinding,
  type ResourceRef,
  ROLE_BINDINGS,
  ROLES,
  type RoleBinding,
} from "../refs.ts";
import type { PolicyRule, RoleRef } from "../schema/generated/types.ts";
import { SUBJECT_INDEX, userKeys } from "./subjects.ts";

/** The objects that access is judged by. */
export interface AccessView {
  find<T extends KubeObject>(ref: ResourceRef<T>, namespace: string | undefined, name: string): T | undefined;
  byIndex<T extends KubeObject>(ref: ResourceRef<T>, index: string, value: string): Iterable<T>;
}

/** One binding of a user, with the rules of its role, or why they cannot be had. */
export interface Grant {
  readonly binding: ClusterRoleBinding | RoleBinding;
  readonly rules: readonly PolicyRule[];
  readonly problem?: string;
}

// Models pkg/registry/rbac/validation DefaultRuleResolver
/** What a user was given: cluster wide, and in the namespace unless it is empty. */
export function* grantsOf(view: AccessView, user: User, namespace: string): Generator<Grant> {
  const keys = userKeys(user);
  const seen = new Set<ClusterRoleBinding | RoleBinding>();
  for (const key of keys) {
    for (const binding of view.byIndex(CLUSTER_ROLE_BINDINGS, SUBJECT_INDEX, key)) {
      if (!seen.has(binding)) yield grant(view, binding, "");
      seen.add(binding);
    }
  }
  if (namespace === "") return;
  for (const key of keys) {
    for (const binding of view.byIndex(ROLE_BINDINGS, SUBJECT_INDEX, `${namespace}/${key}`)) {
      if (!seen.has(binding)) yield grant(view, binding, namespace);
      seen.add(binding);
    }
  }
}

function grant(view: AccessView, binding: ClusterRoleBinding | RoleBinding, namespace: string): Grant {
  const rules = rulesOf(view, binding.roleRef, namespace);
  return rules === undefined ? { binding, rules: [], problem: missingRole(binding.roleRef) } : { binding, rules };
}

/** The rules of the role that a binding in this namespace (empty: none) refers to; undefined when there is no such role. */
export function rulesOf(view: AccessView, roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
  const role =
    roleRef.kind === "Role"
      ? view.find(ROLES, namespace, roleRef.name)
      : view.find(CLUSTER_ROLES, undefined, roleRef.name);
  return role === undefined ? undefined : (role.rules ?? []);
}

/** Upstream's listers name a resource in the singular. */
function missingRole({ kind, name }: RoleRef): string {
  return notFound({ group: ROLES.group, plural: kind.toLowerCase() }, name).message;
}
