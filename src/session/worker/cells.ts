import type { Node, Pod } from "../../../simulator/index.ts";
import { podRequests, quantity, type Requests } from "../../store/quantity.ts";
import { isControlPlane, nodeStatus, podStatus } from "../../store/status.ts";
import { type CrowdChange, type NodeCell, TONE_LETTERS } from "../crowd.ts";
import { keyOf, type SomeCollection } from "./collections.ts";

/** So many pods are summed up for one frame; nodes beyond wait for the next. About 3 ms. */
const PODS_A_FRAME = 4000;
const ZONE = "topology.kubernetes.io/zone";

/** Sums of each node, worked out again only where something changed, some each frame. */
export class Cells {
  readonly #nodes: SomeCollection;
  readonly #pods: SomeCollection;
  readonly #touched = new Set<string>();
  /** Pods of one template share their containers; a pod's state is one object until it changes. */
  readonly #requests = new WeakMap<object, Requests>();
  readonly #letters = new WeakMap<object, string>();

  constructor(nodes: SomeCollection, pods: SomeCollection) {
    this.#nodes = nodes;
    this.#pods = pods;
    for (const { metadata } of nodes.values()) this.#touched.add(keyOf(metadata));
  }

  /** Keys of a node's pods, in the order of its cell's letters. */
  podsOf(node: string): readonly string[] {
    return Array.from(this.#pods.byIndex("node", node), ({ metadata }) => keyOf(metadata));
  }

  /** Something of a node changed. One that waits keeps its turn. */
  touch(node: string): void {
    this.#touched.add(node);
  }

  get hasChanges(): boolean {
    return this.#touched.size > 0;
  }

  take(all: boolean): Pick<CrowdChange, "cells" | "gone"> {
    const cells: NodeCell[] = [];
    const gone: string[] = [];
    let left = all ? Number.POSITIVE_INFINITY : PODS_A_FRAME;
    for (const key of this.#touched) {
      if (left <= 0) break;
      this.#touched.delete(key);
      const node = this.#nodes.get(key) as unknown as Node | undefined;
      if (!node) gone.push(key);
      else {
        const cell = this.#cellOf(key, node);
        cells.push(cell);
        left -= cell.pods.length + 10;
      }
    }
    return { cells, gone };
  }

  #cellOf(key: string, node: Node): NodeCell {
    const { tone, dark, cordoned } = nodeStatus(node);
    const controlPlane = isControlPlane(node);
    const allocatable = node.status?.allocatable;
    let pods = "";
    let cpu = 0;
    let memory = 0;
    for (const object of this.#pods.byIndex("node", key)) {
      const pod = object as unknown as Pod;
      pods += dark ? TONE_LETTERS.unknown : this.#letterOf(pod);
      if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") continue;
      const asked = this.#requestsOf(pod);
      cpu += asked.cpu;
      memory += asked.memory;
    }
    return {
      key,
      zone: node.metadata?.labels?.[ZONE] ?? (controlPlane ? "control plane" : "workers"),
      controlPlane,
      tone,
      cordoned,
      pods,
      podsOf: quantity(allocatable?.pods),
      cpu,
      cpuOf: quantity(allocatable?.cpu),
      memory,
      memoryOf: quantity(allocatable?.memory),
    };
  }

  #letterOf(pod: Pod): string {
    let letter = this.#letters.get(pod);
    if (letter === undefined) {
      letter = TONE_LETTERS[podStatus(pod).tone];
      this.#letters.set(pod, letter);
    }
    return letter;
  }

  #requestsOf(pod: Pod): Requests {
    const containers = pod.spec?.containers ?? [];
    let requests = this.#requests.get(containers);
    if (requests === undefined) {
      requests = podRequests(pod);
      this.#requests.set(containers, requests);
    }
    return requests;
  }
}
