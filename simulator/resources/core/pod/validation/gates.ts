import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  required,
} from "../../../../api/meta/field-error.ts";
import { nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type {
  ObjectMeta,
  PodReadinessGate,
  PodResourceClaim,
  PodSchedulingGate,
} from "../../../../api/schema/generated/types.ts";
import { MIRROR_POD_ANNOTATION } from "./annotations.ts";
import { validateDnsLabel, validateQualifiedName } from "./formats.ts";
import { internalForm } from "./internal-form.ts";

// What a pod waits for: readiness gates, scheduling gates, resource claims. Models pkg/apis/core/validation.

export function validateReadinessGates(gates: readonly PodReadinessGate[], path: string): readonly FieldError[] {
  return gates.flatMap(({ conditionType = "" }, at) =>
    validateQualifiedName(conditionType, child(index(path, at), "conditionType")),
  );
}

export function validateSchedulingGates(gates: readonly PodSchedulingGate[], path: string): readonly FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name = "" }, at) => {
    const here = index(path, at);
    const repeated = seen.has(name) ? [duplicate(here, name)] : [];
    seen.add(name);
    return [...validateQualifiedName(name, here), ...repeated];
  });
}

/** Gates may be taken away from a pod, never added. */
export function validateOnlyDeletedGates(
  gates: readonly PodSchedulingGate[],
  old: readonly PodSchedulingGate[],
  path: string,
): readonly FieldError[] {
  return gates.flatMap(({ name = "" }, at) =>
    old.some((gate) => gate.name === name)
      ? []
      : [
          forbidden(
            child(index(path, at), "name"),
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

export function validateResourceClaims(
  claims: readonly PodResourceClaim[],
  meta: ObjectMeta | undefined,
  path: string,
): readonly FieldError[] {
  const names = new Set<string>();
  return claims.flatMap((claim, at) => {
    if (meta?.annotations?.[MIRROR_POD_ANNOTATION] !== undefined) {
      return [forbidden("", "static pods do not support resource claims")];
    }
    const here = index(path, at);
    const name = claim.name ?? "";
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(child(here, "name")));
    else if (names.has(name)) errors.push(duplicate(child(here, "name"), name));
    else errors.push(...validateDnsLabel(name, child(here, "name")));
    names.add(name);
    return [...errors, ...validateClaimSource(claim, here)];
  });
}

function validateClaimSource(claim: PodResourceClaim, path: string): readonly FieldError[] {
  const sources = ["resourceClaimName", "resourceClaimTemplateName"] as const;
  const given = sources.filter((field) => claim[field] !== undefined);
  const errors: FieldError[] = [];
  if (given.length !== 1) {
    const text =
      given.length === 0
        ? "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
        : "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified";
    errors.push(invalid(path, internalForm("PodResourceClaim", claim), text));
  }
  const names = given.flatMap((field) =>
    nameIsDnsSubdomain(claim[field] ?? "", false).map((text) => invalid(child(path, field), claim[field], text)),
  );
  return [...errors, ...names];
}
