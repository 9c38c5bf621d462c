import { addResources, containerTotal } from "../meta/pod-resources.ts";
import { addQuantities, formatQuantity, type Quantity, quantityOf, quantityOfUnits } from "../meta/quantity.ts";
import { timeOf } from "../meta/time.ts";
import type { KubeObject } from "../object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
  SERVICES,
  type Service,
} from "../refs.ts";
import type { Container } from "../schema/generated/types.ts";

/** Amounts by the names that quotas have for them, such as `requests.cpu`, `count/deployments.apps`. */
export type Amounts = ReadonlyMap<string, Quantity>;

const ONE = quantityOfUnits(1);
/** Resources that quotas also know by their bare name. Pods, services and claims among them count more than themselves. */
const COUNTED = new Set(["configmaps", "replicationcontrollers", "resourcequotas", "secrets"]);
/** What containers use, which quotas know by its own name, by that of requests, and by that of limits. */
const COMPUTE = new Set(["cpu", "memory", "ephemeral-storage"]);

// Models pkg/quota/v1/evaluator/core, and apiserver pkg/quota/v1/generic object counts
/** What an object uses of any quota. */
export function usageOf(resource: string, object: KubeObject, nowEpochMs: number): Amounts {
  const usage = new Map<string, Quantity>([[`count/${resource}`, ONE]]);
  if (COUNTED.has(resource)) usage.set(resource, ONE);
  if (resource === PODS.id) addPod(usage, object as Pod, nowEpochMs);
  else if (resource === SERVICES.id) addService(usage, object as Service);
  else if (resource === PERSISTENT_VOLUME_CLAIMS.id) addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

/** Whether a pod still counts: it has not ended, and is not long overdue. Models QuotaV1Pod. */
export function isCharged({ status, metadata }: Pod, nowEpochMs: number): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  const deletionMs = timeOf(deletionTimestamp);
  return deletionMs === undefined || nowEpochMs <= deletionMs + deletionGracePeriodSeconds * 1000;
}

function addPod(usage: Map<string, Quantity>, pod: Pod, nowEpochMs: number): void {
  if (!isCharged(pod, nowEpochMs)) return;
  usage.set("pods", ONE);
  const requests = containerTotal(pod.spec, "requests");
  const limits = containerTotal(pod.spec, "limits");
  addResources(requests, pod.spec.overhead);
  if (limits.size > 0) addResources(limits, pod.spec.overhead);
  addCompute(usage, requests, limits);
}

function addCompute(usage: Map<string, Quantity>, requests: Amounts, limits: Amounts): void {
  for (const [name, amount] of requests) {
    usage.set(`requests.${name}`, amount);
    // Of a resource from elsewhere only the requests can be limited.
    if (COMPUTE.has(name) || name.startsWith("hugepages-")) usage.set(name, amount);
  }
  for (const [name, amount] of limits) if (COMPUTE.has(name)) usage.set(`limits.${name}`, amount);
}

function addService(usage: Map<string, Quantity>, { spec }: Service): void {
  const ports = spec.ports ?? [];
  const isBalanced = spec.type === "LoadBalancer";
  const takesPorts = spec.type === "NodePort" || (isBalanced && spec.allocateLoadBalancerNodePorts !== false);
  const taken = takesPorts ? ports.length : ports.filter(({ nodePort }) => nodePort).length;
  usage.set("services", ONE);
  usage.set("services.loadbalancers", quantityOfUnits(isBalanced ? 1 : 0));
  usage.set("services.nodeports", quantityOfUnits(taken));
}

function addClaim(usage: Map<string, Quantity>, { spec }: PersistentVolumeClaim): void {
  const storage = spec.resources?.requests?.storage;
  const suffix = `${spec.storageClassName ?? ""}.storageclass.storage.k8s.io`;
  usage.set("persistentvolumeclaims", ONE);
  if (spec.storageClassName) usage.set(`${suffix}/persistentvolumeclaims`, ONE);
  if (storage === undefined) return;
  usage.set("requests.storage", quantityOf(storage));
  if (spec.storageClassName) usage.set(`${suffix}/requests.storage`, quantityOf(storage));
}

const DEMANDED = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

// Models podEvaluator.Constraints
/** What containers must say because a quota limits it: a text, or undefined when they do. */
export function missingDemands({ spec }: Pod, limited: ReadonlySet<string>): string | undefined {
  const demanded = DEMANDED.filter((name) => limited.has(name)).sort();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const missing = demanded.flatMap((name) => {
    const silent = containers.filter((container) => !says(container, name)).map((container) => container.name);
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].sort().join(",")}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join("; ")}`;
}

function says({ resources = {} }: Container, name: string): boolean {
  const [, field = "requests", resource = ""] = /^(?:(requests|limits)\.)?(.*)$/.exec(name) ?? [];
  return resources[field as "requests" | "limits"]?.[resource] !== undefined;
}

/** Adds amounts to a total, in place. */
export function addAmounts(total: Map<string, Quantity>, more: Amounts): void {
  for (const [name, amount] of more) {
    const sum = total.get(name);
    total.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
}

export function amountsOf(list: { readonly [name: string]: string } = {}): Map<string, Quantity> {
  return new Map(Object.entries(list).map(([name, text]) => [name, quantityOf(text)]));
}

export function listOf(amounts: Amounts): { readonly [name: string]: string } {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}
