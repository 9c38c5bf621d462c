import { child, type FieldError, invalid, notSupported, required } from "../../../../api/meta/field-error.ts";
import { formatQuantity, quantityOf, signOf } from "../../../../api/meta/quantity.ts";
import type { ObjectFieldSelector, ResourceFieldSelector } from "../../../../api/schema/generated/types.ts";
import { validateQualifiedName } from "./formats.ts";

/** Fields that environment variables may show, and those that files may; in the order of the error. */
export const ENV_FIELDS: readonly string[] = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
export const VOLUME_FIELDS: readonly string[] = [
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
];

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
]);
const SUBSCRIPTED_FIELDS: readonly string[] = ["metadata.annotations", "metadata.labels"];

interface Subscripted {
  readonly field: string;
  readonly subscript: string;
}

// Models pkg/fieldpath SplitMaybeSubscriptedPath
function splitSubscript(fieldPath: string): Subscripted | undefined {
  if (!fieldPath.endsWith("']")) return undefined;
  const inner = fieldPath.slice(0, -2);
  const at = inner.indexOf("['");
  return at <= 0 ? undefined : { field: inner.slice(0, at), subscript: inner.slice(at + 2) };
}

/** What is wrong with a field path that no pod has. Models pkg/apis/core/pods ConvertDownwardAPIFieldLabel. */
function unknownField(apiVersion: string, fieldPath: string, subscripted: Subscripted | undefined): string | undefined {
  if (apiVersion !== "v1") return `unsupported pod version: ${apiVersion}`;
  if (subscripted) {
    const known = SUBSCRIPTED_FIELDS.includes(subscripted.field);
    return known ? undefined : `field label does not support subscript: ${fieldPath}`;
  }
  if (KNOWN_FIELDS.has(fieldPath) || fieldPath === "spec.host") return undefined;
  return `field label not supported: ${fieldPath}`;
}

export function validateObjectFieldSelector(
  selector: ObjectFieldSelector,
  allowed: readonly string[],
  path: string,
): readonly FieldError[] {
  if (!selector.apiVersion) return [required(child(path, "apiVersion"))];
  if (!selector.fieldPath) return [required(child(path, "fieldPath"))];
  const subscripted = splitSubscript(selector.fieldPath);
  const unknown = unknownField(selector.apiVersion, selector.fieldPath, subscripted);
  if (unknown) return [invalid(child(path, "fieldPath"), selector.fieldPath, `error converting fieldPath: ${unknown}`)];
  if (subscripted) {
    const { field, subscript } = subscripted;
    return validateQualifiedName(field === "metadata.annotations" ? subscript.toLowerCase() : subscript, path);
  }
  const field = selector.fieldPath === "spec.host" ? "spec.nodeName" : selector.fieldPath;
  return allowed.includes(field) ? [] : [notSupported(child(path, "fieldPath"), field, allowed)];
}

const RESOURCE_FIELDS: readonly string[] = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const HUGE_PAGE_FIELDS = ["requests.hugepages-", "limits.hugepages-"];
const CPU_DIVISORS = ["1m", "1"];
const BYTE_DIVISORS = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** `volume`: the container is named, since a volume belongs to none. */
export function validateResourceFieldSelector(
  selector: ResourceFieldSelector,
  path: string,
  volume: boolean,
): readonly FieldError[] {
  const { resource } = selector;
  const errors: FieldError[] = [];
  const huge = HUGE_PAGE_FIELDS.some((prefix) => resource?.startsWith(prefix));
  if (volume && !selector.containerName) errors.push(required(child(path, "containerName")));
  else if (!resource) errors.push(required(child(path, "resource")));
  else if (!RESOURCE_FIELDS.includes(resource) && !huge) {
    errors.push(notSupported(child(path, "resource"), resource, RESOURCE_FIELDS));
  }
  return [...errors, ...validateDivisor(resource ?? "", selector.divisor, child(path, "divisor"))];
}

function validateDivisor(resource: string, divisor: string | undefined, path: string): readonly FieldError[] {
  const amount = quantityOf(divisor);
  if (signOf(amount) === 0) return [];
  const text = formatQuantity(amount);
  const refuse = (allowed: readonly string[], list: string, what: string) =>
    allowed.includes(text)
      ? []
      : [invalid(path, resource, `only divisor's values ${list} are supported with the ${what}`)];
  const bytes = BYTE_DIVISORS.join(", ");
  if (resource === "limits.cpu" || resource === "requests.cpu") return refuse(CPU_DIVISORS, "1m and 1", "cpu resource");
  if (resource === "limits.memory" || resource === "requests.memory") {
    return refuse(BYTE_DIVISORS, bytes, "memory resource");
  }
  if (resource === "limits.ephemeral-storage" || resource === "requests.ephemeral-storage") {
    return refuse(BYTE_DIVISORS, bytes, "local ephemeral storage resource");
  }
  const huge = HUGE_PAGE_FIELDS.some((prefix) => resource.startsWith(prefix));
  return huge ? refuse(BYTE_DIVISORS, bytes, "hugepages resource") : [];
}
