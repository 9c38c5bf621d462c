import type { CertificateSigningRequest } from "../../../api/refs.ts";
import type { CertificateSigningRequestCondition } from "../../../api/schema/generated/types.ts";

type Conditions = readonly CertificateSigningRequestCondition[];

/** What only the approval subresource may say. */
const DECISIONS = ["Approved", "Denied"];

// Models pkg/registry/certificates/certificates preserveConditionInstances
/** The conditions of a status write: decisions stay those that were there. */
export function kept(object: CertificateSigningRequest, old: CertificateSigningRequest): Conditions {
  const decisions = (old.status.conditions ?? []).filter(({ type }) => DECISIONS.includes(type));
  const remaining = [...decisions];
  const given = (object.status.conditions ?? []).flatMap((condition) => {
    if (!DECISIONS.includes(condition.type)) return [condition];
    const at = remaining.findIndex(({ type }) => type === condition.type);
    return at < 0 ? [] : remaining.splice(at, 1);
  });
  return [...given, ...remaining];
}

// Models pkg/registry/certificates/certificates populateConditionTimestamps
/** Conditions with the times that their writer left out. */
export function datedConditions(
  conditions: Conditions,
  old: CertificateSigningRequest,
  now: string,
): Conditions | undefined {
  if (conditions.length === 0) return undefined;
  return conditions.map((condition) => {
    const before = old.status.conditions?.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? since ?? now,
    };
  });
}
