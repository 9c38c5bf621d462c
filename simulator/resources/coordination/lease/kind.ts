import type { Kind } from "../../../api/kind.ts";
import { type FieldError, forbidden, invalid, notSupported } from "../../../api/meta/field-error.ts";
import { isQualifiedName } from "../../../api/meta/validation.ts";
import { LEASES, type Lease } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";

export const leaseKind: Kind<Lease> = {
  ref: LEASES,
  singular: "lease",
  namespaced: true,
  createOnUpdate: true,
  type: "Lease",
  defaults: (object) => {
    object.spec ??= {};
  },
  validate: (object) => validateLeaseSpec(object.spec),
  validateUpdate: (object) => validateLeaseSpec(object.spec),
  columns: [
    nameColumn(),
    {
      name: "Holder",
      type: "string",
      description: { type: "LeaseSpec", field: "holderIdentity" },
      priority: 0,
      cell: (object) => object.spec.holderIdentity ?? "",
    },
    ageColumn(),
  ],
};

// Models pkg/apis/coordination/validation ValidateLeaseSpec
function validateLeaseSpec(spec: Lease["spec"]): readonly FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec;
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"));
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalid("spec.leaseTransitions", leaseTransitions, "must be greater than or equal to 0"));
  }
  if (strategy !== undefined) errors.push(...validateStrategy(strategy));
  if (preferredHolder && !strategy) {
    errors.push(forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined"));
  }
  return errors;
}

/** The path names `strategy` twice; so does upstream's. */
const STRATEGY_PATH = "spec.strategy.strategy";

function validateStrategy(strategy: string): readonly FieldError[] {
  if (strategy.includes("/")) return isQualifiedName(strategy).map((text) => invalid(STRATEGY_PATH, strategy, text));
  const known = ["OldestEmulationVersion"];
  return known.includes(strategy) ? [] : [notSupported(STRATEGY_PATH, strategy, known)];
}
