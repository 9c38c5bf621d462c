import { SUBJECT_INDEX, subjectKeys } from "../../../api/authorization/subjects.ts";
import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import { ROLE_BINDINGS, type RoleBinding } from "../../../api/refs.ts";
import { bindingColumns } from "../columns.ts";
import { defaultBinding } from "../defaults.ts";
import { checkBinding } from "../escalation.ts";
import { validateRoleBinding, validateRoleRefUpdate } from "../validation.ts";

export const roleBindingKind: Kind<RoleBinding> = {
  ref: ROLE_BINDINGS,
  singular: "rolebinding",
  namespaced: true,
  createOnUpdate: true,
  type: "RoleBinding",
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  authorizeWrite: checkBinding,
  validate: validateRoleBinding,
  validateUpdate: (object, old) => [...validateRoleBinding(object), ...validateRoleRefUpdate(object, old)],
  indexes: { [SUBJECT_INDEX]: (object) => subjectKeys(object as RoleBinding) },
  columns: bindingColumns(
    "roleBinding",
    "RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.",
  ),
};
