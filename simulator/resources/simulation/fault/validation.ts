import { parseDuration } from "../../../api/meta/duration.ts";
import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { Fault } from "../../../api/refs.ts";

/** What can break, and the kind of its target. `Component` is a part of the control plane, such as kube-scheduler. */
export const FAULT_TARGET_KINDS = {
  NodeCrash: "Node",
  KubeletStop: "Node",
  NodePartition: "Node",
  ContainerCrash: "Pod",
  ComponentStop: "Component",
} as const;

export type FaultTypeName = keyof typeof FAULT_TARGET_KINDS;
export const FAULT_TYPES = Object.keys(FAULT_TARGET_KINDS) as readonly FaultTypeName[];

export function isFaultType(type: string): type is FaultTypeName {
  return Object.hasOwn(FAULT_TARGET_KINDS, type);
}

const PHASES = ["Active", "Finished", "Failed"];
const TARGET = "spec.target";

export function validateFault(object: Fault): readonly FieldError[] {
  const spec = object.spec as Fault["spec"] | undefined;
  const type = spec?.type ?? "";
  const errors: FieldError[] = [];
  if (type === "") errors.push(required("spec.type"));
  else if (!isFaultType(type)) errors.push(notSupported("spec.type", type, FAULT_TYPES));
  const target = spec?.target as Fault["spec"]["target"] | undefined;
  if (target === undefined) errors.push(required(TARGET));
  else errors.push(...validateTarget(target, type));
  return [...errors, ...validateDuration(spec?.duration)];
}

/** A fault is made and deleted, never turned into another one. */
export function validateFaultUpdate(object: Fault, old: Fault): readonly FieldError[] {
  return validateImmutable(object.spec, old.spec, "spec");
}

export function validateFaultStatusUpdate(object: Fault): readonly FieldError[] {
  const { phase } = object.status;
  return phase === undefined || PHASES.includes(phase) ? [] : [notSupported("status.phase", phase, PHASES)];
}

function validateTarget(target: Fault["spec"]["target"], type: string): readonly FieldError[] {
  const { kind = "", namespace, selector, zone, container } = target;
  const at = (field: string) => child(TARGET, field);
  const errors: FieldError[] = [];
  const expected = isFaultType(type) ? FAULT_TARGET_KINDS[type] : undefined;
  if (kind === "") errors.push(required(at("kind")));
  else if (expected !== undefined && kind !== expected) errors.push(notSupported(at("kind"), kind, [expected]));
  errors.push(...validateChoice(target));
  errors.push(...validateLabelSelector(selector, at("selector")));
  if (selector && !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
    errors.push(invalid(at("selector"), selector, "must select something: an empty selector would hit everything"));
  }
  if (zone && kind !== "Node") errors.push(forbidden(at("zone"), "may only be set when `kind` is 'Node'"));
  if (selector && kind === "Component") errors.push(forbidden(at("selector"), "components are found by `name` only"));
  if (namespace && kind !== "Pod") errors.push(forbidden(at("namespace"), "may only be set when `kind` is 'Pod'"));
  if (container && kind !== "Pod") errors.push(forbidden(at("container"), "may only be set when `kind` is 'Pod'"));
  return errors;
}

/** Exactly one of name, selector and zone says what is hit. */
function validateChoice({ name, selector, zone }: Fault["spec"]["target"]): readonly FieldError[] {
  const given = [name, selector, zone].filter(Boolean).length;
  if (given === 0) return [required(TARGET, "must specify one of `name`, `selector`, `zone`")];
  return given > 1 ? [forbidden(TARGET, "may not specify more than one of `name`, `selector`, `zone`")] : [];
}

function validateDuration(duration: string | undefined): readonly FieldError[] {
  if (duration === undefined) return [];
  const parsed = parseDuration(duration);
  if (!parsed.ok) return [invalid("spec.duration", duration, parsed.error)];
  return parsed.value > 0 ? [] : [invalid("spec.duration", duration, "must be greater than 0")];
}
