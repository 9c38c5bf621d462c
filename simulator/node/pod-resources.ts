import { addQuantities, compareQuantities, formatQuantity, type Quantity, quantityOf } from "../api/meta/quantity.ts";
import type { Container, PodSpec, ResourceRequirements } from "../api/schema/generated/types.ts";

type Field = "requests" | "limits";
type List = { readonly [resource: string]: string };

function add(total: Map<string, Quantity>, list: List | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = quantityOf(text);
    const sum = total.get(name);
    total.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
}

function atLeast(total: Map<string, Quantity>, other: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of other) {
    const has = total.get(name);
    if (has === undefined || compareQuantities(has, amount) < 0) total.set(name, amount);
  }
}

// Models k8s.io/component-helpers/resource PodRequests: init containers run one at a time beside the sidecars before them
function totalOf(spec: PodSpec, field: Field): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const container of spec.containers) add(total, container.resources?.[field]);
  const sidecars = new Map<string, Quantity>();
  const largest = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === "Always";
    if (isSidecar) add(sidecars, container.resources?.[field]);
    const together = new Map(sidecars);
    if (!isSidecar) add(together, container.resources?.[field]);
    atLeast(largest, together);
  }
  for (const [name, amount] of sidecars) {
    const sum = total.get(name);
    total.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
  atLeast(total, largest);
  for (const [name, text] of Object.entries(spec.resources?.[field] ?? {})) total.set(name, quantityOf(text));
  if (field === "requests" || total.size > 0) add(total, spec.overhead);
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

/** Requests and limits of a pod as a whole. */
export function podResources(spec: PodSpec): ResourceRequirements {
  const requests = listOf(spec, "requests");
  const limits = listOf(spec, "limits");
  return { ...(requests !== undefined && { requests }), ...(limits !== undefined && { limits }) };
}

/** What a pod asks of a node, as quantities. */
export function podRequests(spec: PodSpec): ReadonlyMap<string, Quantity> {
  return totalOf(spec, "requests");
}
