import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  notFound,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { compareQuantities, formatQuantity, quantityOf, signOf, toMilliCpu } from "../../../../api/meta/quantity.ts";
import { NEGATIVE_ERROR } from "../../../../api/meta/validation.ts";
import type { PodSpec, ResourceRequirements } from "../../../../api/schema/generated/types.ts";
import {
  isExtendedResource,
  isHugePageResource,
  isIntegerResource,
  isNativeResource,
  isOvercommitAllowed,
  isPodLevelResource,
  isStandardContainerResource,
  isStandardResource,
  isWholeHugePages,
  POD_LEVEL_RESOURCES,
} from "../resource-names.ts";
import { aggregateContainerLimits, aggregateContainerRequests, type ResourceList } from "../resources.ts";
import { validateDnsLabel, validateQualifiedName } from "./formats.ts";

type NameRule = (name: string, path: string) => readonly FieldError[];

// Models pkg/apis/core/validation validateResourceName
/** A name that something outside qualifies, or one that Kubernetes knows. */
export function validateResourceName(name: string, path: string): readonly FieldError[] {
  const errors = validateQualifiedName(name, path);
  if (errors.length > 0 || name.includes("/") || isStandardResource(name)) return errors;
  return [invalid(path, name, "must be a standard resource type or fully qualified")];
}

// Models pkg/apis/core/validation ValidateContainerResourceName
export const validateContainerResourceName: NameRule = (name, path) => {
  const errors = validateResourceName(name, path);
  if (!name.includes("/")) {
    if (isStandardContainerResource(name)) return errors;
    return [...errors, invalid(path, name, "must be a standard resource for containers")];
  }
  if (isNativeResource(name) || isExtendedResource(name)) return errors;
  return [...errors, invalid(path, name, "doesn't follow extended resource name standard")];
};

const validatePodResourceName: NameRule = (name, path) => {
  const errors = validateResourceName(name, path);
  if (errors.length > 0 || isPodLevelResource(name)) return errors;
  return [notSupported(path, name, POD_LEVEL_RESOURCES)];
};

// Models pkg/apis/core/validation ValidateResourceQuantityValue
/** An amount of a resource: not negative, and whole where the resource comes in pieces. */
export function validateResourceAmount(name: string, text: string, path: string): readonly FieldError[] {
  const amount = quantityOf(text);
  const printed = formatQuantity(amount);
  const errors: FieldError[] = [];
  if (signOf(amount) < 0) errors.push(invalid(path, printed, NEGATIVE_ERROR));
  if (isIntegerResource(name) && toMilliCpu(amount) % 1000 !== 0) {
    errors.push(invalid(path, printed, "must be an integer"));
  }
  return errors;
}

function validateEntry(name: string, text: string, path: string, nameRule: NameRule): readonly FieldError[] {
  const errors = [...nameRule(name, path), ...validateResourceAmount(name, text, path)];
  if (isHugePageResource(name) && !isWholeHugePages(name, text)) {
    errors.push(invalid(path, formatQuantity(quantityOf(text)), `${name} is not positive integer multiple of ${name}`));
  }
  return errors;
}

function validateAgainstLimit(name: string, text: string, limits: ResourceList, path: string): readonly FieldError[] {
  const limit = limits[name];
  const limitsPath = child(path, "limits");
  if (limit === undefined) {
    if (isOvercommitAllowed(name)) return [];
    return [required(limitsPath, "Limit must be set for non overcommitable resources")];
  }
  const order = compareQuantities(quantityOf(text), quantityOf(limit));
  const requestsPath = child(path, "requests");
  const printed = formatQuantity(quantityOf(text));
  const limitText = formatQuantity(quantityOf(limit));
  if (order !== 0 && !isOvercommitAllowed(name)) {
    return [invalid(requestsPath, printed, `must be equal to ${name} limit of ${limitText}`)];
  }
  if (order <= 0) return [];
  return [invalid(requestsPath, printed, `must be less than or equal to ${name} limit of ${limitText}`)];
}

// Models pkg/apis/core/validation validateResourceRequirements
function validateRequirements(
  resources: ResourceRequirements,
  claimNames: ReadonlySet<string>,
  path: string,
  nameRule: NameRule,
): readonly FieldError[] {
  const { limits = {}, requests = {}, claims = [] } = resources;
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(limits)) {
    errors.push(...validateEntry(name, text, key(child(path, "limits"), name), nameRule));
  }
  for (const [name, text] of Object.entries(requests)) {
    const entry = validateEntry(name, text, key(child(path, "requests"), name), nameRule);
    errors.push(...entry, ...validateAgainstLimit(name, text, limits, path));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePageResource) && !names.includes("cpu") && !names.includes("memory")) {
    errors.push(forbidden(path, "HugePages require cpu or memory"));
  }
  return [...errors, ...validateClaimNames(claims, claimNames, child(path, "claims"))];
}

function validateClaimNames(
  claims: NonNullable<ResourceRequirements["claims"]>,
  claimNames: ReadonlySet<string>,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, claim] of claims.entries()) {
    const here = index(path, at);
    if (!claim.name) {
      errors.push(required(here));
      continue;
    }
    const id = `${claim.name}/${claim.request ?? ""}`;
    if (claim.request) errors.push(...validateDnsLabel(claim.request, child(here, "request")));
    if (seen.has(id)) errors.push(duplicate(here, claim.name));
    seen.add(id);
    if (claimNames.has(claim.name)) continue;
    const known = claimNames.size === 0 ? " which is empty" : `: ${[...claimNames].sort().join(", ")}`;
    errors.push({
      ...notFound(here, claim.name),
      detail: `must be one of the names in pod.spec.resourceClaims${known}`,
    });
  }
  return errors;
}

export function validateContainerResources(
  resources: ResourceRequirements,
  claimNames: ReadonlySet<string>,
  path: string,
): readonly FieldError[] {
  return validateRequirements(resources, claimNames, path, validateContainerResourceName);
}

/** What a runtime class adds to a pod's needs. */
export function validateOverhead(overhead: ResourceList, path: string): readonly FieldError[] {
  return validateContainerResources({ limits: overhead }, new Set(), path);
}

// Models pkg/apis/core/validation validatePodResources
/** Resources of the pod as a whole. */
export function validatePodResources(
  spec: PodSpec,
  claimNames: ReadonlySet<string>,
  path: string,
): readonly FieldError[] {
  const { resources } = spec;
  if (resources === undefined) return [];
  const here = child(path, "resources");
  if (spec.os?.name === "windows") return [forbidden(here, "may not be set for a windows pod")];
  const errors: FieldError[] = [];
  if (resources.claims)
    errors.push(forbidden(child(here, "claims"), "claims may not be set for Resources at pod-level"));
  errors.push(...validateRequirements(resources, claimNames, here, validatePodResourceName));
  return [...errors, ...validatePodResourceConsistency(spec, resources, here)];
}

function validatePodResourceConsistency(
  spec: PodSpec,
  { limits = {}, requests = {} }: ResourceRequirements,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, sum] of aggregateContainerRequests(spec)) {
    const request = requests[name];
    if (request === undefined || compareQuantities(sum, quantityOf(request)) <= 0) continue;
    const text = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    errors.push(invalid(key(child(path, "requests"), name), request, text));
  }
  for (const [name, sum] of aggregateContainerLimits(spec)) {
    const limit = limits[name];
    if (!isHugePageResource(name) || limit === undefined || compareQuantities(sum, quantityOf(limit)) <= 0) continue;
    const text = `must be greater than or equal to aggregate container limits of ${formatQuantity(sum)}`;
    errors.push(invalid(key(child(path, "limits"), name), limit, text));
  }
  for (const [at, container] of (spec.containers ?? []).entries()) {
    for (const [name, own] of Object.entries(container.resources?.limits ?? {})) {
      const limit = limits[name];
      if (limit === undefined || compareQuantities(quantityOf(own), quantityOf(limit)) <= 0) continue;
      const here = child(key(index(child(path, "containers"), at), name), "limits");
      errors.push(invalid(here, own, `must be less than or equal to pod limits of ${limit}`));
    }
  }
  return errors;
}
