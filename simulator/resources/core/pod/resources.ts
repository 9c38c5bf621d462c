import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  type Quantity,
  quantityOf,
} from "../../../api/meta/quantity.ts";
import type { Container, PodSpec } from "../../../api/schema/generated/types.ts";
import { isSidecar } from "./containers.ts";

export type ResourceList = Readonly<Record<string, string>>;
type Amounts = Map<string, Quantity>;

function add(into: Amounts, list: ResourceList | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = quantityOf(text);
    const present = into.get(name);
    into.set(name, present === undefined ? amount : addQuantities(present, amount));
  }
}

function raise(into: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const present = into.get(name);
    if (present === undefined || compareQuantities(amount, present) > 0) into.set(name, amount);
  }
}

function plus(a: Amounts, list: ResourceList | undefined): Amounts {
  const sum = new Map(a);
  add(sum, list);
  return sum;
}

// Models component-helpers resource AggregateContainerRequests and AggregateContainerLimits
/**
 * What all containers of a pod need together: the sum of those that run at once, or what an init container needs beside
 * the sidecars started before it, whichever is more.
 */
function aggregate(spec: PodSpec, of: (container: Container) => ResourceList | undefined): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) add(total, of(container));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) {
      add(total, of(container));
      add(sidecars, of(container));
      raise(starting, sidecars);
    } else {
      raise(starting, plus(sidecars, of(container)));
    }
  }
  raise(total, starting);
  return total;
}

/** Requests of all containers together, without pod-level resources and overhead. */
export function aggregateContainerRequests(spec: PodSpec): ReadonlyMap<string, Quantity> {
  return aggregate(spec, (container) => container.resources?.requests);
}

/** Limits of all containers together, without pod-level resources and overhead. */
export function aggregateContainerLimits(spec: PodSpec): ReadonlyMap<string, Quantity> {
  return aggregate(spec, (container) => container.resources?.limits);
}

/** Amounts as the texts of a resource list. */
export function toResourceList(amounts: ReadonlyMap<string, Quantity>): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}
