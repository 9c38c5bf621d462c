import type { Kind } from "../../../api/kind.ts";
import { POD_DISRUPTION_BUDGETS, type PodDisruptionBudget } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatusUpdate } from "./validation.ts";

const NOT_SET = "N/A";

export const podDisruptionBudgetKind: Kind<PodDisruptionBudget> = {
  ref: POD_DISRUPTION_BUDGETS,
  singular: "poddisruptionbudget",
  shortNames: ["pdb"],
  namespaced: true,
  type: "PodDisruptionBudget",
  hasGeneration: true,
  defaults: (object) => {
    object.spec ??= {};
  },
  prepareCreate: (object) => ({ ...object, status: withFixedFields(undefined) }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec, status: withFixedFields(object.status) }),
  validate: validatePodDisruptionBudget,
  validateUpdate: validatePodDisruptionBudget,
  validateStatusUpdate: validatePodDisruptionBudgetStatusUpdate,
  subresources: { status: true },
  // Models pkg/printers/internalversion printPodDisruptionBudget
  columns: [
    nameColumn(),
    {
      name: "Min Available",
      type: "string",
      description: "The minimum number of pods that must be available.",
      priority: 0,
      cell: (object) => String(object.spec.minAvailable ?? NOT_SET),
    },
    {
      name: "Max Unavailable",
      type: "string",
      description: "The maximum number of pods that may be unavailable.",
      priority: 0,
      cell: (object) => String(object.spec.maxUnavailable ?? NOT_SET),
    },
    {
      name: "Allowed Disruptions",
      type: "integer",
      description: "Calculated number of pods that may be disrupted at this time.",
      priority: 0,
      cell: (object) => object.status.disruptionsAllowed ?? 0,
    },
    ageColumn(),
  ],
};

/** The numbers of a status that Go always writes out. */
function withFixedFields(status: PodDisruptionBudget["status"] | undefined): PodDisruptionBudget["status"] {
  return { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status };
}
