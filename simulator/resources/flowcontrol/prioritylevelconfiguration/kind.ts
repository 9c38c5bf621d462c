import type { Column, Kind } from "../../../api/kind.ts";
import { PRIORITY_LEVELS, type PriorityLevel } from "../../../api/refs.ts";
import type { LimitedPriorityLevelConfiguration } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, column, NONE, nameColumn } from "../../columns.ts";
import { validateFlowConditions } from "../flowschema/validation.ts";
import { validatePriorityLevel } from "./validation.ts";

const DEFAULT_SHARES = 30;
const DEFAULT_QUEUES = { queues: 64, handSize: 8, queueLengthLimit: 50 };

export const priorityLevelKind: Kind<PriorityLevel> = {
  ref: PRIORITY_LEVELS,
  singular: "prioritylevelconfiguration",
  namespaced: false,
  type: "PriorityLevelConfiguration",
  hasGeneration: true,
  // Models pkg/apis/flowcontrol/v1 SetDefaults_PriorityLevelConfiguration and its parts
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.type ??= "";
    if (spec.limited) defaultLimited(spec.limited);
    if (spec.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
    object.spec = spec as typeof object.spec;
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  validate: validatePriorityLevel,
  validateUpdate: validatePriorityLevel,
  validateStatusUpdate: ({ status }) => validateFlowConditions(status?.conditions ?? []),
  subresources: { status: true },
  // Models pkg/printers/internalversion printPriorityLevelConfiguration
  columns: [
    nameColumn(),
    column("Type", "string", { type: "PriorityLevelConfigurationSpec", field: "type" }, ({ spec }) => spec.type),
    column(
      "NominalConcurrencyShares",
      "string",
      { type: "LimitedPriorityLevelConfiguration", field: "nominalConcurrencyShares" },
      ({ spec }) => spec.limited?.nominalConcurrencyShares ?? NONE,
    ),
    queueColumn("Queues", "queues"),
    queueColumn("HandSize", "handSize"),
    queueColumn("QueueLengthLimit", "queueLengthLimit"),
    ageColumn(),
  ],
};

function defaultLimited(limited: Draft<LimitedPriorityLevelConfiguration>): void {
  limited.nominalConcurrencyShares ??= DEFAULT_SHARES;
  limited.lendablePercent ??= 0;
  limited.limitResponse ??= { type: "" };
  const { queuing } = limited.limitResponse;
  if (!queuing) return;
  queuing.queues ||= DEFAULT_QUEUES.queues;
  queuing.handSize ||= DEFAULT_QUEUES.handSize;
  queuing.queueLengthLimit ||= DEFAULT_QUEUES.queueLengthLimit;
}

function queueColumn(name: string, field: keyof typeof DEFAULT_QUEUES): Column<PriorityLevel> {
  return column(name, "string", { type: "QueuingConfiguration", field }, ({ spec }) => {
    return spec.limited?.limitResponse?.queuing?.[field] ?? NONE;
  });
}
