import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { isIpv4, parseCidr, validateCidrLegacy } from "../../../api/meta/ip.ts";
import { validateLabelName } from "../../../api/meta/label-validation.ts";
import { quantityOf, signOf, toMilliCpu } from "../../../api/meta/quantity.ts";
import { isLabelValue, NEGATIVE_ERROR } from "../../../api/meta/validation.ts";
import type { Node } from "../../../api/refs.ts";
import type { Taint } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";

const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
/** Upstream's path of taints, which are in the spec. */
const TAINTS_PATH = "metadata.taints";

// Models pkg/apis/core/validation ValidateNode
export function validateNode(object: Node): readonly FieldError[] {
  return [
    ...validateTaints(object.spec.taints ?? []),
    ...validateResources(object),
    ...validatePodCidrs(object.spec.podCIDRs ?? []),
  ];
}

// Models pkg/apis/core/validation ValidateNodeUpdate
export function validateNodeUpdate(object: Node, old: Node): readonly FieldError[] {
  const { spec } = object;
  const errors = [...validateResources(object), ...validateAddresses(object)];
  if (old.spec.podCIDRs?.length && !equalJson(old.spec.podCIDRs, spec.podCIDRs ?? [])) {
    errors.push(forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec.providerID && old.spec.providerID !== spec.providerID) {
    errors.push(forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
  errors.push(...validateTaints(spec.taints ?? []));
  if ((spec.externalID ?? "") !== (old.spec.externalID ?? "")) {
    errors.push(forbidden("spec.externalID", "may not be updated"));
  }
  return errors;
}

// Models pkg/apis/core/validation validateNodeTaints
function validateTaints(taints: readonly Taint[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, at) => {
    const path = index(TAINTS_PATH, at);
    const { key = "", value = "", effect = "" } = taint;
    errors.push(...validateLabelName(key, child(path, "key")));
    const wrong = isLabelValue(value);
    if (wrong.length > 0) errors.push(invalid(child(path, "value"), value, wrong.join(";")));
    errors.push(...validateEffect(effect, child(path, "effect")));
    if (seen.has(`${effect}:${key}`)) {
      const bad = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      errors.push({ ...duplicate(path, bad), detail: "taints must be unique by key and effect pair" });
    }
    seen.add(`${effect}:${key}`);
  });
  return errors;
}

function validateEffect(effect: string, path: string): readonly FieldError[] {
  if (effect === "") return [required(path)];
  return TAINT_EFFECTS.includes(effect) ? [] : [notSupported(path, effect, TAINT_EFFECTS)];
}

// Models pkg/apis/core/validation ValidateNodeResources
function validateResources(object: Node): readonly FieldError[] {
  const { capacity = {}, allocatable = {} } = object.status;
  return [
    ...Object.entries(capacity).flatMap(([name, value]) => validateResource(name, value, "status.capacity")),
    ...Object.entries(allocatable).flatMap(([name, value]) => validateResource(name, value, "status.allocatable")),
  ];
}

function validateResource(name: string, text: string, parent: string): readonly FieldError[] {
  const path = child(parent, name);
  const quantity = quantityOf(text);
  const errors: FieldError[] = [];
  if (signOf(quantity) < 0) errors.push(invalid(path, text, NEGATIVE_ERROR));
  const whole = name === "pods" || (name.includes("/") && !name.includes("kubernetes.io/"));
  if (whole && toMilliCpu(quantity) % 1000 !== 0) errors.push(invalid(path, text, "must be an integer"));
  return errors;
}

function validatePodCidrs(cidrs: readonly string[]): readonly FieldError[] {
  const path = "spec.podCIDRs";
  const errors = cidrs.flatMap((cidr, at) => validateCidrLegacy(index(path, at), cidr));
  if (cidrs.length < 2) return errors;
  const families = new Set(cidrs.map((text) => parseCidr(text)).map((cidr) => cidr && isIpv4(cidr)));
  if (families.size !== 2 || cidrs.length > 2) {
    errors.push(invalid(path, cidrs, "may specify no more than one CIDR for each IP family"));
  }
  const repeated = cidrs.flatMap((cidr, at) => (cidrs.indexOf(cidr) < at ? [duplicate(index(path, at), cidr)] : []));
  return [...errors, ...repeated];
}

function validateAddresses(object: Node): FieldError[] {
  const seen = new Set<string>();
  return (object.status.addresses ?? []).flatMap(({ type, address }, at) => {
    const key = `${type} ${address}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [duplicate(index("status.addresses", at), { Type: type, Address: address })];
  });
}
