import type { Kind } from "../../../api/kind.ts";
import { HORIZONTAL_POD_AUTOSCALERS, type HorizontalPodAutoscaler } from "../../../api/refs.ts";
import { defaultAutoscaler } from "./defaults.ts";
import { autoscalerColumns } from "./table.ts";
import { autoscalerV1 } from "./v1.ts";
import { validateAutoscaler, validateAutoscalerStatusUpdate, validateAutoscalerUpdate } from "./validation.ts";

/** The version that storage and readers prefer. */
export const horizontalPodAutoscalerKind: Kind<HorizontalPodAutoscaler> = {
  ref: HORIZONTAL_POD_AUTOSCALERS,
  singular: "horizontalpodautoscaler",
  shortNames: ["hpa"],
  categories: ["all"],
  namespaced: true,
  type: "V2HorizontalPodAutoscaler",
  defaults: defaultAutoscaler,
  prepareCreate: (object) => ({ ...object, status: { desiredReplicas: 0 } }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateAutoscaler,
  validateUpdate: validateAutoscalerUpdate,
  validateStatusUpdate: validateAutoscalerStatusUpdate,
  view: withMetrics,
  subresources: { status: true },
  otherVersions: [autoscalerV1],
  columns: autoscalerColumns,
};

/** Readers see `currentMetrics: null` until there are any: a list that Go's JSON does not leave out. */
function withMetrics(object: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  if (object.status.currentMetrics) return object;
  return { ...object, status: { ...object.status, currentMetrics: null as unknown as undefined } };
}
