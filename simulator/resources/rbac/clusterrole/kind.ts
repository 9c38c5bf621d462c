import { AGGREGATING_INDEX } from "../../../api/authorization/subjects.ts";
import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import { CLUSTER_ROLES, type ClusterRole } from "../../../api/refs.ts";
import { roleColumns } from "../columns.ts";
import { checkRole } from "../escalation.ts";
import { validateClusterRole } from "../validation.ts";
import { withRules } from "../view.ts";

export const clusterRoleKind: Kind<ClusterRole> = {
  ref: CLUSTER_ROLES,
  singular: "clusterrole",
  namespaced: false,
  createOnUpdate: true,
  type: "ClusterRole",
  validateName: nameIsPathSegment,
  authorizeWrite: checkRole,
  validate: validateClusterRole,
  validateUpdate: validateClusterRole,
  view: withRules,
  indexes: { [AGGREGATING_INDEX]: (object) => ((object as ClusterRole).aggregationRule ? "true" : undefined) },
  columns: roleColumns(),
};
