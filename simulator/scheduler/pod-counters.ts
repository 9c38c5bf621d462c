import type { Selector } from "../api/meta/labels.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";
import { TopologyCounts } from "./topology-counts.ts";

/** Which pods are counted, and how to find out quickly whether a pod may be one of them. */
export interface CountedPods {
  /** Equal for equal questions, the topology key and the nodes' condition included. */
  readonly key: string;
  readonly topologyKey: string;
  readonly isCountedNode?: (node: NodeInfo) => boolean;
  /** The only namespaces looked at; undefined: all. */
  readonly namespaces: ReadonlySet<string> | undefined;
  /** Demanded of every counted pod; `matches` may demand more. */
  readonly selector: Selector;
  readonly matches: (pod: PodInfo) => boolean;
}

interface Counter {
  readonly question: CountedPods;
  readonly counts: TopologyCounts;
  /** Where `#byAnchor` holds it. */
  readonly anchors: readonly string[];
}

/** Counters not asked for lately are dropped beyond this number; asked again, they are counted anew. */
const KEPT_COUNTERS = 512;
const ANYWHERE = "*";

/**
 * Live answers to "how many pods that match this are in each domain": counted once over all pods when first asked,
 * then kept up to date. A pod that changes touches only the counters that share a label with it.
 */
export class PodCounters {
  readonly #counters = new Map<string, Counter>();
  readonly #byAnchor = new Map<string, Set<Counter>>();
  readonly #nodes: () => Iterable<NodeInfo>;

  constructor(nodes: () => Iterable<NodeInfo>) {
    this.#nodes = nodes;
  }

  /** The counts that answer a question. */
  ask(question: CountedPods): TopologyCounts {
    const known = this.#counters.get(question.key);
    if (known !== undefined) return known.counts;
    this.#dropOldest();
    const counts = new TopologyCounts(question.topologyKey, question.isCountedNode);
    const counter = { question, counts, anchors: anchorsOf(question) };
    for (const node of this.#nodes()) counts.addNode(node, matchingOn(node, question));
    this.#counters.set(question.key, counter);
    for (const anchor of counter.anchors) {
      const counters = this.#byAnchor.get(anchor) ?? new Set();
      this.#byAnchor.set(anchor, counters.add(counter));
    }
    return counts;
  }

  addNode(node: NodeInfo): void {
    for (const { question, counts } of this.#counters.values()) counts.addNode(node, matchingOn(node, question));
  }

  removeNode(node: NodeInfo): void {
    for (const { question, counts } of this.#counters.values()) counts.removeNode(node, matchingOn(node, question));
  }

  addPod(node: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    if (this.#counters.size === 0) return;
    this.#addAt(ANYWHERE, node, pod, sign);
    for (const key in pod.labels) this.#addAt(`${key}=${pod.labels[key]}`, node, pod, sign);
  }

  /** Forgets what depends on the labels of namespaces. */
  forget(which: (question: CountedPods) => boolean): void {
    for (const counter of [...this.#counters.values()]) if (which(counter.question)) this.#drop(counter);
  }

  #addAt(anchor: string, node: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    const counters = this.#byAnchor.get(anchor);
    if (counters === undefined) return;
    for (const { question, counts } of counters) if (isCounted(pod, question)) counts.addPods(node, sign);
  }

  #dropOldest(): void {
    if (this.#counters.size < KEPT_COUNTERS) return;
    for (const counter of this.#counters.values()) {
      this.#drop(counter);
      return;
    }
  }

  #drop(counter: Counter): void {
    this.#counters.delete(counter.question.key);
    for (const anchor of counter.anchors) {
      const counters = this.#byAnchor.get(anchor);
      counters?.delete(counter);
      if (counters?.size === 0) this.#byAnchor.delete(anchor);
    }
  }
}

function isCounted(pod: PodInfo, { namespaces, matches }: CountedPods): boolean {
  return (namespaces === undefined || namespaces.has(pod.namespace)) && matches(pod);
}

function matchingOn(node: NodeInfo, question: CountedPods): number {
  let count = 0;
  for (const pod of node.pods.values()) if (isCounted(pod, question)) count++;
  return count;
}

/** Labels of which each counted pod must have exactly one. */
function anchorsOf({ selector }: CountedPods): readonly string[] {
  for (const { key, operator, values } of selector.requirements) {
    if (operator === "=" || operator === "==" || operator === "in")
      return [...new Set(values)].map((v) => `${key}=${v}`);
  }
  return [ANYWHERE];
}
