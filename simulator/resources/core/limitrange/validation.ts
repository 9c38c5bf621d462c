import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  required,
} from "../../../api/meta/field-error.ts";
import {
  compareQuantities,
  formatQuantity,
  type Quantity,
  quantityOf,
  quantityOfUnits,
  toFloat,
} from "../../../api/meta/quantity.ts";
import { isQualifiedName } from "../../../api/meta/validation.ts";
import type { LimitRange } from "../../../api/refs.ts";
import type { LimitRangeItem } from "../../../api/schema/generated/types.ts";
import { isOvercommitAllowed } from "../pod/resource-names.ts";
import { validateContainerResourceName, validateResourceName } from "../pod/validation/resources.ts";

const TYPES = ["Pod", "Container", "PersistentVolumeClaim"];
const ONE = quantityOfUnits(1);

// Models pkg/apis/core/validation ValidateLimitRange
export function validateLimitRange({ spec }: LimitRange): readonly FieldError[] {
  const limits = spec.limits ?? [];
  return limits.flatMap((limit, at) => {
    const path = index("spec.limits", at);
    const typePath = child(path, "type");
    const repeated = limits.slice(0, at).some(({ type }) => type === limit.type);
    return [
      ...validateType(limit.type ?? "", typePath),
      ...(repeated ? [duplicate(typePath, limit.type)] : []),
      ...validateNames(limit, path),
      ...resourcesOf(limit).flatMap((name) => validateAmounts(limit, name, path)),
    ];
  });
}

function validateType(type: string, path: string): readonly FieldError[] {
  const wrong = isQualifiedName(type).map((text) => invalid(path, type, text));
  if (wrong.length > 0 || type.includes("/") || TYPES.includes(type)) return wrong;
  return [invalid(path, type, "must be a standard limit type or fully qualified")];
}

function validateNames(limit: LimitRangeItem, path: string): readonly FieldError[] {
  const { type, min = {}, max = {} } = limit;
  const rule = type === "Pod" || type === "Container" ? validateContainerResourceName : validateResourceName;
  const named = (field: "max" | "min" | "default" | "defaultRequest" | "maxLimitRequestRatio") =>
    Object.keys(limit[field] ?? {}).flatMap((name) => rule(name, key(child(path, field), name)));
  const noDefault = (field: "default" | "defaultRequest") =>
    Object.keys(limit[field] ?? {}).length > 0
      ? [forbidden(child(path, field), "may not be specified when `type` is 'Pod'")]
      : [];
  const check = type === "Pod" ? noDefault : named;
  const unlimited = type === "PersistentVolumeClaim" && min.storage === undefined && max.storage === undefined;
  const text = "either minimum or maximum storage value is required, but neither was provided";
  return [
    ...named("max"),
    ...named("min"),
    ...check("default"),
    ...check("defaultRequest"),
    ...(unlimited ? [required(child(path, "limits"), text)] : []),
    ...named("maxLimitRequestRatio"),
  ];
}

function resourcesOf({ type, max, min, default: limits, defaultRequest, maxLimitRequestRatio }: LimitRangeItem) {
  const defaults = type === "Pod" ? {} : { ...limits, ...defaultRequest };
  return Object.keys({ ...max, ...min, ...defaults, ...maxLimitRequestRatio });
}

/** That the amounts of one resource do not contradict each other. */
function validateAmounts(limit: LimitRangeItem, name: string, path: string): readonly FieldError[] {
  const amount = (field: "max" | "min" | "default" | "defaultRequest"): Quantity | undefined => {
    const text = limit[field]?.[name];
    return text === undefined || (limit.type === "Pod" && field.startsWith("default")) ? undefined : quantityOf(text);
  };
  const at = (field: string): string => key(child(path, field), name);
  const min = amount("min");
  const max = amount("max");
  const request = amount("defaultRequest");
  const fallback = amount("default");
  const errors: FieldError[] = [];
  /** Complains where `low` is more than `high`; `bad` is the amount that is shown. */
  const ordered = (
    low: Quantity | undefined,
    high: Quantity | undefined,
    field: string,
    bad: "low" | "high",
    text: string,
  ) => {
    if (!low || !high || compareQuantities(low, high) <= 0) return;
    const [lowName, highName] = text.split("|");
    const detail = `${lowName} value ${formatQuantity(low)} is greater than ${highName} value ${formatQuantity(high)}`;
    errors.push(invalid(at(field), formatQuantity(bad === "low" ? low : high), detail));
  };
  ordered(min, max, "min", "low", "min|max");
  ordered(min, request, "defaultRequest", "high", "min|default request");
  ordered(request, max, "defaultRequest", "low", "default request|max");
  ordered(request, fallback, "defaultRequest", "low", "default request|default limit");
  ordered(min, fallback, "default", "low", "min|default");
  ordered(fallback, max, "default", "high", "default|max");
  errors.push(...validateRatio(limit.maxLimitRequestRatio?.[name], min, max, at("maxLimitRequestRatio")));
  if (!isOvercommitAllowed(name) && fallback && request && compareQuantities(fallback, request) !== 0) {
    const [one, other] = [formatQuantity(fallback), formatQuantity(request)];
    const text = `default value ${one} must equal to defaultRequest value ${other} in ${name}`;
    errors.push(invalid(at("defaultRequest"), other, text));
  }
  return errors;
}

function validateRatio(
  text: string | undefined,
  min: Quantity | undefined,
  max: Quantity | undefined,
  path: string,
): readonly FieldError[] {
  if (text === undefined) return [];
  const ratio = quantityOf(text);
  const shown = formatQuantity(ratio);
  const errors: FieldError[] = [];
  if (compareQuantities(ratio, ONE) < 0) errors.push(invalid(path, shown, `ratio ${shown} is less than 1`));
  if (!min || !max) return errors;
  const most = toFloat(max) / toFloat(min);
  if (toFloat(ratio) > most) {
    errors.push(invalid(path, shown, `ratio ${shown} is greater than max/min = ${most.toFixed(6)}`));
  }
  return errors;
}
