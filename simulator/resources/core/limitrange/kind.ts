import type { Kind } from "../../../api/kind.ts";
import { LIMIT_RANGES, type LimitRange } from "../../../api/refs.ts";
import type { LimitRangeItem } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { createdAtColumn, nameColumn } from "../../columns.ts";
import { roundResources } from "../pod/container-defaults.ts";
import { validateLimitRange } from "./validation.ts";

export const limitRangeKind: Kind<LimitRange> = {
  ref: LIMIT_RANGES,
  singular: "limitrange",
  shortNames: ["limits"],
  namespaced: true,
  createOnUpdate: true,
  type: "LimitRange",
  defaults: (object) => {
    object.spec ??= {} as Draft<LimitRange>["spec"];
    for (const item of object.spec.limits ?? []) defaultLimit(item);
  },
  validate: validateLimitRange,
  validateUpdate: validateLimitRange,
  view: withLimits,
  columns: [nameColumn(), createdAtColumn()],
};

/** Readers see `limits: null` where there are none: a list that Go's JSON does not leave out. */
function withLimits(object: LimitRange): LimitRange {
  return object.spec.limits ? object : { ...object, spec: { ...object.spec, limits: null as never } };
}

// Models pkg/apis/core/v1 SetDefaults_LimitRangeItem
/** Containers: the default limit is the maximum, the default request the limit or else the minimum. */
function defaultLimit(item: Draft<LimitRangeItem>): void {
  const { max, min, maxLimitRequestRatio } = item;
  if (max) item.max = roundResources(max);
  if (min) item.min = roundResources(min);
  if (maxLimitRequestRatio) item.maxLimitRequestRatio = roundResources(maxLimitRequestRatio);
  if (item.default) item.default = roundResources(item.default);
  if (item.defaultRequest) item.defaultRequest = roundResources(item.defaultRequest);
  if (item.type !== "Container") return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}
