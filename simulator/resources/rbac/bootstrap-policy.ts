import type { Incoming } from "../../api/object.ts";
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "../../api/refs.ts";
import type { PolicyRule, RbacV1Subject, RoleRef } from "../../api/schema/generated/types.ts";
import policy from "./generated/bootstrap-policy.json" with { type: "json" };

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}
interface RoleFacts extends Named {
  readonly rules: readonly PolicyRule[];
  readonly aggregationRule?: ClusterRole["aggregationRule"];
}
interface BindingFacts extends Named {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly RbacV1Subject[];
}
interface Policy {
  readonly clusterroles: readonly RoleFacts[];
  readonly clusterrolebindings: readonly BindingFacts[];
  readonly roles: readonly RoleFacts[];
  readonly rolebindings: readonly BindingFacts[];
}

/** Marks what the API server puts right again at its start. */
function marked<T extends Named>(facts: T): T {
  const labels = { "kubernetes.io/bootstrapping": "rbac-defaults", ...facts.metadata.labels };
  const annotations = { "rbac.authorization.kubernetes.io/autoupdate": "true" };
  return { ...facts, metadata: { ...facts.metadata, labels, annotations } };
}

const { clusterroles, clusterrolebindings, roles, rolebindings } = policy as Policy;

// Models plugin/pkg/auth/authorizer/rbac/bootstrappolicy: the data says what v1.36 starts with.
/** The roles and bindings that every cluster has. */
export const bootstrapPolicy = {
  clusterRoles: clusterroles.map(marked) as readonly Incoming<ClusterRole>[],
  clusterRoleBindings: clusterrolebindings.map(marked) as readonly Incoming<ClusterRoleBinding>[],
  roles: roles.map(marked) as readonly Incoming<Role>[],
  roleBindings: rolebindings.map(marked) as readonly Incoming<RoleBinding>[],
};
