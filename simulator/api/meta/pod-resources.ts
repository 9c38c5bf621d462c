import type { PodSpec } from "../schema/generated/types.ts";
import { addQuantities, compareQuantities, type Quantity, quantityOf } from "./quantity.ts";

export type ResourceField = "requests" | "limits";

/** Adds a resource list to a total, in place. */
export function addResources(total: Map<string, Quantity>, list: { readonly [resource: string]: string } = {}): void {
  for (const [name, text] of Object.entries(list)) {
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
/** What a pod's containers ask for together, its overhead left out. */
export function containerTotal(spec: PodSpec, field: ResourceField): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const container of spec.containers) addResources(total, container.resources?.[field]);
  const sidecars = new Map<string, Quantity>();
  const largest = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === "Always";
    if (isSidecar) addResources(sidecars, container.resources?.[field]);
    const together = new Map(sidecars);
    if (!isSidecar) addResources(together, container.resources?.[field]);
    atLeast(largest, together);
  }
  for (const [name, amount] of sidecars) {
    const sum = total.get(name);
    total.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
  atLeast(total, largest);
  for (const [name, text] of Object.entries(spec.resources?.[field] ?? {})) total.set(name, quantityOf(text));
  return total;
}
