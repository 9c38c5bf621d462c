import { addResources, containerTotal } from "../api/meta/pod-resources.ts";
import { formatQuantity, type Quantity } from "../api/meta/quantity.ts";
import type { Container, PodSpec, ResourceRequirements } from "../api/schema/generated/types.ts";
import { deepFreeze } from "../base/json.ts";

type Field = "requests" | "limits";
type List = { readonly [resource: string]: string };

function totalOf(spec: PodSpec, field: Field): Map<string, Quantity> {
  const total = containerTotal(spec, field);
  if (field === "requests" || total.size > 0) addResources(total, spec.overhead);
  return total;
}

function listOf(spec: PodSpec, field: Field): List | undefined {
  const only = onlyContainer(spec);
  if (only !== undefined) return only.resources?.[field];
  const total = totalOf(spec, field);
  if (total.size === 0) return undefined;
  return Object.fromEntries([...total].map(([name, amount]) => [name, formatQuantity(amount)]));
}

/** The container that all of a pod's resources are those of, in the most common case. */
function onlyContainer(spec: PodSpec): Container | undefined {
  const isPlain = spec.containers.length === 1 && !spec.initContainers?.length && !spec.resources && !spec.overhead;
  return isPlain ? spec.containers[0] : undefined;
}

/** Of pods that have nothing but containers, which pods of one template share. */
const shared = new WeakMap<readonly Container[], ResourceRequirements>();

/** Requests and limits of a pod as a whole. */
export function podResources(spec: PodSpec): ResourceRequirements {
  if (spec.initContainers?.length || spec.resources || spec.overhead) return newResources(spec);
  let resources = shared.get(spec.containers);
  if (resources === undefined) {
    resources = deepFreeze(newResources(spec));
    shared.set(spec.containers, resources);
  }
  return resources;
}

function newResources(spec: PodSpec): ResourceRequirements {
  const requests = listOf(spec, "requests");
  const limits = listOf(spec, "limits");
  return { ...(requests !== undefined && { requests }), ...(limits !== undefined && { limits }) };
}

/** What a pod asks of a node, as quantities. */
export function podRequests(spec: PodSpec): ReadonlyMap<string, Quantity> {
  return totalOf(spec, "requests");
}
