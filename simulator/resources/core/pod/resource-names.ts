import { quantityOf, toBytes } from "../../../api/meta/quantity.ts";
import { isQualifiedName } from "../../../api/meta/validation.ts";

// Models pkg/apis/core/helper: what kind of resource a name in requests and limits stands for.

export const HUGE_PAGES_PREFIX = "hugepages-";
const REQUESTS_PREFIX = "requests.";
const CONTAINER_RESOURCES: readonly string[] = ["cpu", "ephemeral-storage", "memory"];
const COUNTED_RESOURCES: readonly string[] = [
  "configmaps",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "services",
  "services.loadbalancers",
  "services.nodeports",
];
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([
  ...CONTAINER_RESOURCES,
  ...CONTAINER_RESOURCES.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  ...COUNTED_RESOURCES,
  "storage",
  "requests.storage",
]);
/** Names that pod-level resources may have, as the error lists them. */
export const POD_LEVEL_RESOURCES: readonly string[] = ["cpu", HUGE_PAGES_PREFIX, "memory"];

export function isHugePageResource(name: string): boolean {
  return name.startsWith(HUGE_PAGES_PREFIX);
}

/** Without a domain, or in kubernetes.io. */
export function isNativeResource(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

/** A resource that something outside Kubernetes defines, such as `example.com/gpu`. */
export function isExtendedResource(name: string): boolean {
  if (isNativeResource(name) || name.startsWith(REQUESTS_PREFIX)) return false;
  return isQualifiedName(`${REQUESTS_PREFIX}${name}`).length === 0;
}

/** Whether limits may exceed requests. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePageResource(name);
}

export function isStandardResource(name: string): boolean {
  return STANDARD_RESOURCES.has(name) || isHugePageResource(name) || name.startsWith(`requests.${HUGE_PAGES_PREFIX}`);
}

export function isStandardContainerResource(name: string): boolean {
  return CONTAINER_RESOURCES.includes(name) || isHugePageResource(name);
}

/** Resources that come in whole pieces only. */
export function isIntegerResource(name: string): boolean {
  return COUNTED_RESOURCES.includes(name) || isExtendedResource(name);
}

/** What a ResourceQuota may limit: anything but bare `storage`. */
export function isStandardQuotaResource(name: string): boolean {
  return name !== "storage" && isStandardResource(name);
}

export function isPodLevelResource(name: string): boolean {
  return name === "cpu" || name === "memory" || isHugePageResource(name);
}

/** Whether an amount of huge pages is a whole number of pages of the size in the resource's name. */
export function isWholeHugePages(name: string, amount: string): boolean {
  const pageBytes = toBytes(quantityOf(name.slice(HUGE_PAGES_PREFIX.length)));
  return pageBytes > 0 && toBytes(quantityOf(amount)) % pageBytes === 0;
}
