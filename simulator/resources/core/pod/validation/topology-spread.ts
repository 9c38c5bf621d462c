import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../../api/meta/label-validation.ts";
import type { TopologySpreadConstraint } from "../../../../api/schema/generated/types.ts";
import { validateLabelKeys } from "./affinity.ts";

const ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];
const NODE_POLICIES = ["Honor", "Ignore"];
const NOT_POSITIVE = "must be greater than zero";

// Models pkg/apis/core/validation validateTopologySpreadConstraints
export function validateTopologySpreadConstraints(
  constraints: readonly TopologySpreadConstraint[],
  path: string,
): readonly FieldError[] {
  return constraints.flatMap((constraint, at) =>
    validateConstraint(constraint, constraints.slice(at + 1), index(path, at)),
  );
}

function validateConstraint(
  constraint: TopologySpreadConstraint,
  later: readonly TopologySpreadConstraint[],
  path: string,
): readonly FieldError[] {
  const { maxSkew = 0, topologyKey = "", whenUnsatisfiable = "", minDomains, labelSelector } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(child(path, "maxSkew"), maxSkew, NOT_POSITIVE));
  if (topologyKey === "") errors.push(required(child(path, "topologyKey"), "can not be empty"));
  if (!ACTIONS.includes(whenUnsatisfiable)) {
    errors.push(notSupported(child(path, "whenUnsatisfiable"), whenUnsatisfiable, ACTIONS));
  }
  const same = (other: TopologySpreadConstraint) =>
    other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable;
  if (later.some(same)) {
    const here = child(path, "{topologyKey, whenUnsatisfiable}");
    errors.push(duplicate(here, `{${topologyKey}, ${whenUnsatisfiable}}`));
  }
  const domainsPath = child(path, "minDomains");
  if (minDomains !== undefined) {
    if (minDomains <= 0) errors.push(invalid(domainsPath, minDomains, NOT_POSITIVE));
    if (whenUnsatisfiable !== "DoNotSchedule") {
      const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(invalid(domainsPath, minDomains, text));
    }
  }
  for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const) {
    const policy = constraint[field];
    if (policy !== undefined && !NODE_POLICIES.includes(policy)) {
      errors.push(notSupported(child(path, field), policy, NODE_POLICIES));
    }
  }
  return [
    ...errors,
    ...validateLabelKeys(constraint.matchLabelKeys, undefined, labelSelector, path),
    ...validateLabelSelector(labelSelector, child(path, "labelSelector")),
  ];
}
