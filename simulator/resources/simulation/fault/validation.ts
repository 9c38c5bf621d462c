import { parseDuration } from "../../../api/meta/duration.ts";
import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { Fault } from "../../../api/refs.ts";

const PHASES = ["Active", "Finished", "Failed"];
const TARGET = "spec.target";

export function validateFault(object: Fault): readonly FieldError[] {
  const spec = object.spec as Fault["spec"] | undefined;
  const errors: FieldError[] = [];
  // Which types there are, and what each may hit, is up to the registry of faults: its admission plugin looks.
  if (!spec?.type) errors.push(required("spec.type"));
  const target = spec?.target as Fault["spec"]["target"] | undefined;
  if (target === undefined) errors.push(required(TARGET));
  else errors.push(...validateTarget(target));
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

function validateTarget(target: Fault["spec"]["target"]): readonly FieldError[] {
  const { kind = "", namespace, selector, zone, container } = target;
  const at = (field: string) => child(TARGET, field);
  const errors: FieldError[] = [];
  if (kind === "") errors.push(required(at("kind")));
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
