import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import { ROLES, type Role } from "../../../api/refs.ts";
import { roleColumns } from "../columns.ts";
import { checkRole } from "../escalation.ts";
import { validateRole } from "../validation.ts";
import { withRules } from "../view.ts";

export const roleKind: Kind<Role> = {
  ref: ROLES,
  singular: "role",
  namespaced: true,
  createOnUpdate: true,
  type: "Role",
  validateName: nameIsPathSegment,
  authorizeWrite: checkRole,
  validate: validateRole,
  validateUpdate: validateRole,
  view: withRules,
  columns: roleColumns(),
};
