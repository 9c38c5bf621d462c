import { type ClusterRoleBinding, ROLES, type RoleBinding } from "../../api/refs.ts";
import type { Draft } from "../../base/json.ts";

// Models pkg/apis/rbac/v1 SetDefaults_RoleBinding, SetDefaults_Subject
export function defaultBinding(object: Draft<RoleBinding | ClusterRoleBinding>): void {
  // A body without one has no roleRef at all; validation then names what is missing in it.
  const roleRef: Partial<Draft<RoleBinding>["roleRef"]> = object.roleRef ?? {};
  object.roleRef = {
    ...roleRef,
    apiGroup: roleRef.apiGroup || ROLES.group,
    kind: roleRef.kind ?? "",
    name: roleRef.name ?? "",
  };
  for (const subject of object.subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === "User" || subject.kind === "Group")) subject.apiGroup = ROLES.group;
  }
}
