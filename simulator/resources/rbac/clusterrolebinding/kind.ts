import { SUBJECT_INDEX, subjectKeys } from "../../../api/authorization/subjects.ts";
import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import { CLUSTER_ROLE_BINDINGS, type ClusterRoleBinding } from "../../../api/refs.ts";
import { bindingColumns } from "../columns.ts";
import { defaultBinding } from "../defaults.ts";
import { checkBinding } from "../escalation.ts";
import { validateClusterRoleBinding, validateRoleRefUpdate } from "../validation.ts";

export const clusterRoleBindingKind: Kind<ClusterRoleBinding> = {
  ref: CLUSTER_ROLE_BINDINGS,
  singular: "clusterrolebinding",
  namespaced: false,
  createOnUpdate: true,
  type: "ClusterRoleBinding",
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  authorizeWrite: checkBinding,
  validate: validateClusterRoleBinding,
  validateUpdate: (object, old) => [...validateClusterRoleBinding(object), ...validateRoleRefUpdate(object, old)],
  indexes: { [SUBJECT_INDEX]: (object) => subjectKeys(object as ClusterRoleBinding) },
  columns: bindingColumns(
    "clusterRoleBinding",
    "RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.",
  ),
};
