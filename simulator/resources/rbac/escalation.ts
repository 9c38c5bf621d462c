import { isMaster } from "../../api/authentication/user.ts";
import { authorize } from "../../api/authorization/authorizer.ts";
import { grantsOf, rulesOf } from "../../api/authorization/resolver.ts";
import { forbidden, notFound, type Status } from "../../api/errors.ts";
import type { WriteContext } from "../../api/kind.ts";
import { aggregateMessage } from "../../api/meta/field-error.ts";
import { goQuote } from "../../api/meta/go-text.ts";
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  type ClusterRole,
  type ClusterRoleBinding,
  ROLE_BINDINGS,
  ROLES,
  type Role,
  type RoleBinding,
} from "../../api/refs.ts";
import type { PolicyRule } from "../../api/schema/generated/types.ts";
import { equalJson } from "../../base/json.ts";
import { missingRights } from "./covers.ts";

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

// Models pkg/registry/rbac/{role,clusterrole}/policybased Storage, and pkg/registry/rbac escalation_check.go
/** Nobody may write a role that allows more than they may do themselves, but who may `escalate`. */
export function checkRole(
  role: Role | ClusterRole,
  old: Role | ClusterRole | undefined,
  context: WriteContext,
): Status | undefined {
  const ref = role.kind === "Role" ? ROLES : CLUSTER_ROLES;
  const { name, namespace = "" } = role.metadata;
  // A request to create names no object: only those pass who may escalate any.
  const about = { group: ref.group, resource: ref.plural, subresource: "", namespace };
  const action = { verb: "escalate", ...about, name: old === undefined ? "" : name };
  if (isMaster(context.user) || authorize(context, { user: context.user, action }).allowed) return undefined;
  if (old !== undefined && changesOnlyDeletion(role, old)) return undefined;
  const missing = whyEscalates(context, namespace, role.rules ?? []);
  if (missing !== undefined) return forbidden(ref, name, missing);
  const aggregates = [role, old].some(
    (one) => ((one as ClusterRole)?.aggregationRule?.clusterRoleSelectors ?? []).length > 0,
  );
  if (!aggregates || whyEscalates(context, namespace, EVERYTHING) === undefined) return undefined;
  return forbidden(ref, name, "must have cluster-admin privileges to use the aggregationRule");
}

// Models pkg/registry/rbac/{rolebinding,clusterrolebinding}/policybased Storage
/** Nobody may give a role that allows more than they may do themselves, but who may `bind` it. */
export function checkBinding(
  binding: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding | undefined,
  context: WriteContext,
): Status | undefined {
  const ref = binding.kind === "RoleBinding" ? ROLE_BINDINGS : CLUSTER_ROLE_BINDINGS;
  const { roleRef, metadata } = binding;
  const { namespace = "" } = metadata;
  if (isMaster(context.user) || (old !== undefined && changesOnlyDeletion(binding, old))) return undefined;
  const resource = roleRef.kind === "Role" ? ROLES.plural : roleRef.kind === "ClusterRole" ? CLUSTER_ROLES.plural : "";
  if (resource === "") return undefined;
  const about = { group: roleRef.apiGroup ?? "", resource, subresource: "", namespace };
  const action = { verb: "bind", ...about, name: roleRef.name };
  if (authorize(context, { user: context.user, action }).allowed) return undefined;
  const rules = rulesOf(context, roleRef, namespace);
  if (rules === undefined) return notFound({ group: ROLES.group, plural: roleRef.kind.toLowerCase() }, roleRef.name);
  const missing = whyEscalates(context, namespace, rules);
  return missing === undefined ? undefined : forbidden(ref, metadata.name, missing);
}

// Models pkg/registry/rbac/validation ConfirmNoEscalation
function whyEscalates(context: WriteContext, namespace: string, rules: readonly PolicyRule[]): string | undefined {
  const { user } = context;
  const grants = [...grantsOf(context, user, namespace)];
  const missing = missingRights(
    grants.flatMap((grant) => grant.rules),
    rules,
  );
  if (missing.length === 0) return undefined;
  const groups = `[${user.groups.map(goQuote).join(" ")}]`;
  const start = `user ${goQuote(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held`;
  const problems = grants.flatMap(({ problem }) => problem ?? []);
  const unresolved = problems.length === 0 ? "" : `; resolution errors: [${aggregateMessage(problems)}]`;
  return `${start}:\n${missing.join("\n")}${unresolved}`;
}

/** Whether a write changes no more than what lets the garbage collector finish a deletion. Models IsOnlyMutatingGCFields. */
function changesOnlyDeletion<T extends Role | ClusterRole | RoleBinding | ClusterRoleBinding>(
  object: T,
  old: T,
): boolean {
  const { ownerReferences: _, finalizers: __, managedFields: ___, ...metadata } = object.metadata;
  const { ownerReferences, finalizers, managedFields, ...before } = old.metadata;
  return equalJson({ ...object, metadata }, { ...old, metadata: before });
}
