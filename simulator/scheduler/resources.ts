import { quantityOf, toBytes, toMilliCpu } from "../api/meta/quantity.ts";
import type { Pod } from "../api/refs.ts";
import type { Container, PodSpec } from "../api/schema/generated/types.ts";

/** Amounts of resources: thousandths of a CPU, bytes, and whole units of everything else. */
export interface Resources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  /** Extended resources, huge pages, attachable volumes. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** Resources that pods are added to and taken from. */
export class ResourceSum implements Resources {
  milliCpu = 0;
  memoryBytes = 0;
  ephemeralBytes = 0;
  readonly scalars = new Map<string, number>();

  add(other: Resources, sign: 1 | -1): void {
    this.milliCpu += sign * other.milliCpu;
    this.memoryBytes += sign * other.memoryBytes;
    this.ephemeralBytes += sign * other.ephemeralBytes;
    if (other.scalars.size === 0) return;
    for (const [name, value] of other.scalars) {
      const sum = (this.scalars.get(name) ?? 0) + sign * value;
      if (sum === 0) this.scalars.delete(name);
      else this.scalars.set(name, sum);
    }
  }
}

/** What a container counts for in scores when it asks for nothing. Models pkg/scheduler/util pod_resources. */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

type Quantities = { readonly [name: string]: string | undefined } | undefined;
type Amounts = Map<string, number>;

/** One amount of a resource of a list, in the unit that the scheduler counts it in. */
export function amountOf(name: string, text: string | undefined): number {
  const quantity = quantityOf(text);
  return name === "cpu" ? toMilliCpu(quantity) : toBytes(quantity);
}

/** Whether the resource is counted in whole units by name. Models component-helpers v1helper.IsScalarResourceName. */
export function isScalar(name: string): boolean {
  return name.includes("/") || name.startsWith("hugepages-") || name.startsWith("attachable-volumes-");
}

function amounts(list: Quantities): Amounts {
  const result: Amounts = new Map();
  for (const name in list) result.set(name, amountOf(name, list[name]));
  return result;
}

function addTo(sum: Amounts, other: Amounts): void {
  for (const [name, value] of other) sum.set(name, (sum.get(name) ?? 0) + value);
}

function raiseTo(sum: Amounts, other: Amounts): void {
  for (const [name, value] of other) sum.set(name, Math.max(sum.get(name) ?? 0, value));
}

/** What counts for a container in place of what its spec asks for; undefined: its spec. */
type HeldBy = (container: Container) => Amounts | undefined;

const NOT_HELD: HeldBy = () => undefined;
const NO_DEFAULTS: Amounts = new Map();
const DEFAULTS: Amounts = new Map([
  ["cpu", DEFAULT_MILLI_CPU],
  ["memory", DEFAULT_MEMORY_BYTES],
]);

function containerAmounts(container: Container, held: HeldBy, defaults: Amounts): Amounts {
  const result = held(container) ?? amounts(container.resources?.requests as Quantities);
  for (const [name, value] of defaults) if (!result.has(name)) result.set(name, value);
  return result;
}

const isPodLevel = (name: string): boolean => name === "cpu" || name === "memory" || name.startsWith("hugepages-");

/** The parts of a pod's spec that say what it asks for. */
export type RequestingSpec = Pick<PodSpec, "containers" | "initContainers" | "overhead" | "resources">;

/**
 * What the scheduler sets aside for a pod. `nonZero`: containers that ask for no CPU or memory count with a small default;
 * where the pod asks as a whole, only for what neither it nor a container asks for. Models component-helpers resource
 * PodRequests and framework getNonMissingContainerRequests.
 */
export function podRequests(spec: RequestingSpec, nonZero: boolean): Resources {
  return asResources(sumOf(spec, NOT_HELD, nonZero));
}

function sumOf(spec: RequestingSpec, held: HeldBy, nonZero: boolean): Amounts {
  if (!nonZero) return sumWith(spec, held, NO_DEFAULTS);
  const whole = Object.keys(spec.resources?.requests ?? {}).some(isPodLevel);
  if (!whole) return sumWith(spec, held, DEFAULTS);
  const asked = sumWith(spec, held, NO_DEFAULTS);
  return sumWith(spec, held, new Map([...DEFAULTS].filter(([name]) => !asked.has(name))));
}

/** Init containers run one after another, sidecars go on beside the rest. */
function sumWith(spec: RequestingSpec, held: HeldBy, defaults: Amounts): Amounts {
  const sum: Amounts = new Map();
  for (const container of spec.containers) addTo(sum, containerAmounts(container, held, defaults));
  const sidecars: Amounts = new Map();
  const initPeak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = containerAmounts(container, held, defaults);
    if (container.restartPolicy === "Always") {
      addTo(sum, own);
      addTo(sidecars, own);
      raiseTo(initPeak, sidecars);
    } else {
      addTo(own, sidecars);
      raiseTo(initPeak, own);
    }
  }
  raiseTo(sum, initPeak);
  for (const [name, value] of amounts(spec.resources?.requests as Quantities)) {
    if (isPodLevel(name)) sum.set(name, value);
  }
  addTo(sum, amounts(spec.overhead as Quantities));
  return sum;
}

/** What a pod that is being resized counts for. */
export interface HeldResources {
  readonly requests: Resources;
  readonly nonZero: Resources;
}

/**
 * What a pod counts for on its node once its spec was changed: of each resource the most of what its spec asks for, what
 * the kubelet has granted and what is set up; without the spec where the kubelet finds that it can never grant it.
 * Undefined for pods that were never changed. Models component-helpers resource PodRequests with UseStatusResources.
 */
export function heldResources({ metadata, spec, status }: Pod): HeldResources | undefined {
  if ((metadata.generation ?? 1) <= 1) return undefined;
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  if (!statuses.some(({ allocatedResources, resources }) => allocatedResources || resources)) return undefined;
  const pending = status.conditions?.find(({ type }) => type === "PodResizePending");
  const held: HeldBy = (container) => {
    const found = statuses.find(({ name }) => name === container.name);
    const lists = [found?.resources?.requests, found?.allocatedResources] as readonly Quantities[];
    if (lists.every((list) => list === undefined)) return undefined;
    const most: Amounts =
      pending?.reason === "Infeasible" ? new Map() : amounts(container.resources?.requests as Quantities);
    for (const list of lists) raiseTo(most, amounts(list));
    return most;
  };
  return { requests: asResources(sumOf(spec, held, false)), nonZero: asResources(sumOf(spec, held, true)) };
}

function asResources(sum: Amounts): Resources {
  const scalars = new Map([...sum].filter(([name]) => isScalar(name)));
  return {
    milliCpu: sum.get("cpu") ?? 0,
    memoryBytes: sum.get("memory") ?? 0,
    ephemeralBytes: sum.get("ephemeral-storage") ?? 0,
    scalars,
  };
}

/** A node's allocatable as resources, with the number of pods it takes. */
export function allocatableOf(list: Quantities): Resources & { readonly pods: number } {
  return { ...asResources(amounts(list)), pods: amountOf("pods", list?.pods) };
}

/** The amount of a resource by its name. */
export function resourceOf(resources: Resources, name: string): number {
  if (name === "cpu") return resources.milliCpu;
  if (name === "memory") return resources.memoryBytes;
  if (name === "ephemeral-storage") return resources.ephemeralBytes;
  return resources.scalars.get(name) ?? 0;
}
