import type { Labels } from "../api/meta/labels.ts";
import type { Node } from "../api/refs.ts";
import type { Taint } from "../api/schema/generated/types.ts";
import * as column from "./node-table.ts";
import type { HostPort, PodInfo } from "./pod-info.ts";
import { allocatableOf, ResourceSum, type Resources } from "./resources.ts";

const NO_LABELS: Labels = Object.freeze({});
const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const NO_IMAGES: ReadonlyMap<string, number> = new Map();
const NOTHING_ALLOCATABLE = allocatableOf({});

/** A node with what its pods take up: all that filters and scores read. Models framework NodeInfo. */
export class NodeInfo {
  readonly name: string;
  /** The table, and where in it the node's numbers begin: `allocatable`, `requested` and so on, near at hand. */
  readonly table: column.NodeTable;
  readonly row: number;
  /** Its place in lists beside the table: small, and given to another node when this one is gone. */
  readonly place: number;
  node: Node | undefined;
  labels: Labels = NO_LABELS;
  allocatable: Resources & { readonly pods: number } = NOTHING_ALLOCATABLE;
  isUnschedulable = false;
  /** Taints that keep pods away: NoSchedule and NoExecute. */
  hardTaints: readonly Taint[] = NO_TAINTS;
  /** Taints that ask pods to stay away: PreferNoSchedule. */
  softTaints: readonly Taint[] = NO_TAINTS;
  /** Image name -> bytes. */
  images: ReadonlyMap<string, number> = NO_IMAGES;
  readonly pods = new Map<string, PodInfo>();
  readonly requested = new ResourceSum();
  readonly #ports = new Map<string, number>();
  #nonZeroCpu = 0;
  #nonZeroMemory = 0;

  constructor(name: string, table: column.NodeTable) {
    this.name = name;
    this.table = table;
    this.row = table.take();
    this.place = column.placeOf(this.row);
    table.touch(this.place);
    table.relabel(this.place);
  }

  setNode(node: Node | undefined): void {
    const previous = this.node;
    this.node = node;
    if (previous !== undefined && node !== undefined && isSameForScheduling(previous, node)) return;
    this.table.touch(this.place);
    const taints = node?.spec.taints ?? NO_TAINTS;
    const labels = node?.metadata.labels ?? NO_LABELS;
    if (labels !== this.labels) this.table.relabel(this.place);
    this.labels = labels;
    this.allocatable = node === undefined ? NOTHING_ALLOCATABLE : allocatableOf(node.status.allocatable);
    this.isUnschedulable = node?.spec.unschedulable === true;
    this.hardTaints = orNone(taints.filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute"));
    this.softTaints = orNone(taints.filter(({ effect }) => effect === "PreferNoSchedule"));
    this.images = imagesOf(node);
    const { values } = this.table;
    values[this.row + column.ALLOCATABLE_CPU] = this.allocatable.milliCpu;
    values[this.row + column.ALLOCATABLE_MEMORY] = this.allocatable.memoryBytes;
    values[this.row + column.ALLOCATABLE_PODS] = this.allocatable.pods;
  }

  addPod(info: PodInfo): void {
    this.pods.set(info.key, info);
    this.#count(info, 1);
  }

  removePod(info: PodInfo): void {
    this.pods.delete(info.key);
    this.#count(info, -1);
  }

  get usesPorts(): boolean {
    return this.#ports.size > 0;
  }

  /** Whether a wanted host port is taken; the address 0.0.0.0 stands for all. Models HostPortInfo.CheckConflict. */
  isPortTaken(wanted: HostPort): boolean {
    if (wanted.ip !== "0.0.0.0") {
      return this.#ports.has(portKey(wanted)) || this.#ports.has(portKey({ ...wanted, ip: "0.0.0.0" }));
    }
    const suffix = portKey({ ...wanted, ip: "" });
    for (const taken of this.#ports.keys()) if (taken.endsWith(suffix)) return true;
    return false;
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    this.table.touch(this.place);
    const { requests, nonZero } = info;
    this.requested.add(requests, sign);
    this.#nonZeroCpu += sign * nonZero.milliCpu;
    this.#nonZeroMemory += sign * nonZero.memoryBytes;
    const { values } = this.table;
    values[this.row + column.POD_COUNT] = this.pods.size;
    values[this.row + column.REQUESTED_CPU] = this.requested.milliCpu;
    values[this.row + column.REQUESTED_MEMORY] = this.requested.memoryBytes;
    values[this.row + column.NON_ZERO_CPU] = this.#nonZeroCpu;
    values[this.row + column.NON_ZERO_MEMORY] = this.#nonZeroMemory;
    for (const port of info.shape.hostPorts) {
      const key = portKey(port);
      const uses = (this.#ports.get(key) ?? 0) + sign;
      if (uses === 0) this.#ports.delete(key);
      else this.#ports.set(key, uses);
    }
  }
}

/** One empty list for all nodes: no look into memory to see that there are none. */
function orNone(taints: readonly Taint[]): readonly Taint[] {
  return taints.length === 0 ? NO_TAINTS : taints;
}

function portKey({ ip, protocol, port }: HostPort): string {
  return `${ip}|${protocol}|${port}`;
}

/** Heartbeats change none of these: they cost nothing. */
function isSameForScheduling(a: Node, b: Node): boolean {
  return (
    a.spec === b.spec &&
    a.metadata.labels === b.metadata.labels &&
    a.status.allocatable === b.status.allocatable &&
    a.status.images === b.status.images
  );
}

function imagesOf(node: Node | undefined): ReadonlyMap<string, number> {
  const list = node?.status.images;
  if (list === undefined || list.length === 0) return NO_IMAGES;
  const images = new Map<string, number>();
  for (const { names, sizeBytes } of list) for (const name of names ?? []) images.set(name, sizeBytes ?? 0);
  return images;
}
