import { child, type FieldError, invalid, key, required } from "../../../api/meta/field-error.ts";
import { IMMUTABLE_ERROR } from "../../../api/meta/validation.ts";
import type { ResourceQuota } from "../../../api/refs.ts";
import type { ScopedResourceSelectorRequirement } from "../../../api/schema/generated/types.ts";
import { isStandardQuotaResource } from "../pod/resource-names.ts";
import { validateResourceAmount, validateResourceName } from "../pod/validation/resources.ts";

const POD_SCOPES = ["Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"];
const SCOPES = [...POD_SCOPES, "BestEffort", "VolumeAttributesClass"];
const EXISTS_ONLY = ["BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity"];
const POD_RESOURCES = ["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
const CLAIM_RESOURCES = ["persistentvolumeclaims", "requests.storage"];
const CONFLICTS = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
];

// Models pkg/apis/core/validation ValidateResourceQuotaSpec
export function validateResourceQuota({ spec }: ResourceQuota): readonly FieldError[] {
  return [...validateAmounts(spec.hard, "spec.hard"), ...validateScopes(spec), ...validateScopeSelector(spec)];
}

// Models pkg/apis/core/validation ValidateResourceQuotaUpdate
export function validateResourceQuotaUpdate(object: ResourceQuota, old: ResourceQuota): readonly FieldError[] {
  const scopes = object.spec.scopes ?? [];
  const before = old.spec.scopes ?? [];
  const same = scopes.every((scope) => before.includes(scope)) && before.every((scope) => scopes.includes(scope));
  return [
    ...validateResourceQuota(object),
    ...(same ? [] : [invalid("spec.scopes", object.spec.scopes ?? null, IMMUTABLE_ERROR)]),
  ];
}

export function validateResourceQuotaStatusUpdate({ status }: ResourceQuota): readonly FieldError[] {
  return [...validateAmounts(status.hard, "status.hard"), ...validateAmounts(status.used, "status.used")];
}

function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: string): readonly FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, text]) => {
    const here = key(path, name);
    const unknown = !name.includes("/") && !isStandardQuotaResource(name);
    return [
      ...validateResourceName(name, here),
      ...(unknown ? [invalid(here, name, "must be a standard resource for quota")] : []),
      ...validateResourceAmount(name, text, here),
    ];
  });
}

// Models pkg/apis/core/helper IsResourceQuotaScopeValidForResource
function isScopeForResource(scope: string, resource: string): boolean {
  if (scope === "BestEffort") return resource === "pods";
  if (scope === "VolumeAttributesClass") return CLAIM_RESOURCES.includes(resource);
  return POD_SCOPES.includes(scope) ? POD_RESOURCES.includes(resource) : true;
}

/** The counted resources that a scope says nothing about. */
function strangersTo(scope: string, hard: ResourceQuota["spec"]["hard"]): readonly string[] {
  return Object.keys(hard ?? {}).filter((name) => isStandardQuotaResource(name) && !isScopeForResource(scope, name));
}

function conflicts(scopes: readonly string[]): number {
  return CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope))).length;
}

function validateScopes({ scopes = [], hard }: ResourceQuota["spec"]): readonly FieldError[] {
  const path = "spec.scopes";
  const wrong = scopes.flatMap((scope) => [
    ...(SCOPES.includes(scope) ? [] : ["unsupported scope"]),
    ...strangersTo(scope, hard).map(() => "unsupported scope applied to resource"),
  ]);
  const texts = [...wrong, ...Array.from({ length: conflicts(scopes) }, () => "conflicting scopes")];
  return texts.map((text) => invalid(path, scopes, text));
}

// Models pkg/apis/core/validation validateScopedResourceSelectorRequirement
function validateScopeSelector({ scopeSelector, scopes, hard }: ResourceQuota["spec"]): readonly FieldError[] {
  if (!scopeSelector) return [];
  const path = "spec.scopeSelector.matchExpressions";
  const requirements = scopeSelector.matchExpressions ?? [];
  // Go prints the internal type: its own field names.
  const printed = {
    MatchExpressions:
      scopeSelector.matchExpressions?.map(({ scopeName = "", operator = "", values }) => ({
        ScopeName: scopeName,
        Operator: operator,
        Values: values ?? null,
      })) ?? null,
  };
  const errors = requirements.flatMap((requirement) => {
    const { scopeName = "" } = requirement;
    return [
      ...(SCOPES.includes(scopeName) ? [] : [invalid(child(path, "scopeName"), scopeName, "unsupported scope")]),
      ...strangersTo(scopeName, hard).map(() => invalid(path, printed, "unsupported scope applied to resource")),
      ...validateOperator(requirement, path),
    ];
  });
  const count = conflicts(requirements.map(({ scopeName }) => scopeName));
  const conflicting = Array.from({ length: count }, () => invalid(path, scopes ?? null, "conflicting scopes"));
  return [...errors, ...conflicting];
}

function validateOperator(requirement: ScopedResourceSelectorRequirement, path: string): readonly FieldError[] {
  const { scopeName = "", operator = "", values = [] } = requirement;
  const operatorPath = child(path, "operator");
  const valuesPath = child(path, "values");
  const errors: FieldError[] = [];
  if (EXISTS_ONLY.includes(scopeName) && operator !== "Exists") {
    const text =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    errors.push(invalid(operatorPath, operator, text));
  }
  if (operator === "In" || operator === "NotIn") {
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(required(valuesPath, text));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalid(valuesPath, values, text));
  } else errors.push(invalid(operatorPath, operator, "not a valid selector operator"));
  return errors;
}
