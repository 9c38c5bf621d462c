import type { Labels } from "../api/meta/labels.ts";
import type { NodeInfo } from "./node-info.ts";

/** One value of a topology key, such as a zone: how many counted nodes and pods it has. */
interface Domain {
  nodes: number;
  pods: number;
  /** The last `distinctAmong` that met it. */
  metIn: number;
}

/** Where nodes are that lack the topology key. */
const UNLABELLED: Domain = { nodes: 0, pods: 0, metIn: 0 };
/** Where nodes are whose domain has no counted node. */
const UNCOUNTED: Domain = { nodes: 0, pods: 0, metIn: 0 };

/**
 * Pods counted by topology domain, kept up to date as pods and nodes come and go, with the smallest count at hand. What
 * upstream counts anew over all nodes for each pod, in PreFilter of PodTopologySpread and InterPodAffinity.
 */
export class TopologyCounts {
  readonly topologyKey: string;
  /** Whether a node takes part; a node without the topology key never does. */
  readonly #isCounted: ((node: NodeInfo) => boolean) | undefined;
  readonly #domains = new Map<string, Domain>();
  /** Domains by the place of their nodes, as far as asked for since domains came or went: each cycle asks for hundreds. */
  #byPlace: Domain[] = [];
  /** The labels by which they were found. */
  readonly #labelsAt: Labels[] = [];
  #meetings = 0;
  /** How many domains have a given number of pods. */
  readonly #domainsWith: number[] = [];
  #least = 0;
  #total = 0;

  constructor(topologyKey: string, isCounted?: (node: NodeInfo) => boolean) {
    this.topologyKey = topologyKey;
    this.#isCounted = isCounted;
  }

  /** Pods in all domains. */
  get total(): number {
    return this.#total;
  }

  get domainCount(): number {
    return this.#domains.size;
  }

  /** The number of pods in the domain that has the fewest. */
  get least(): number {
    if (this.#domains.size === 0) return 0;
    while ((this.#domainsWith[this.#least] ?? 0) === 0) this.#least++;
    return this.#least;
  }

  /** Pods in the domain that the node would be in, whether or not the node itself is counted. */
  at(node: NodeInfo): number {
    return this.#domainAt(node).pods;
  }

  /** Whether the node has the topology key. */
  hasLabel(node: NodeInfo): boolean {
    return this.#domainAt(node) !== UNLABELLED;
  }

  /** Adds, for each node that has the topology key, its domain's pods times `weight`, and `bonus`, to its sum. */
  addTo(sums: Float64Array, nodes: readonly NodeInfo[], count: number, weight: number, bonus: number): void {
    for (let index = 0; index < count; index++) {
      const domain = this.#domainAt(nodes[index] as NodeInfo);
      if (domain !== UNLABELLED) sums[index] = (sums[index] as number) + (domain.pods * weight + bonus);
    }
  }

  /** In how many domains the nodes are; those without the key are in one. */
  distinctAmong(nodes: readonly NodeInfo[]): number {
    const meeting = ++this.#meetings;
    const others = new Set<string>();
    let count = 0;
    for (const node of nodes) {
      const domain = this.#domainAt(node);
      if (domain === UNLABELLED || domain === UNCOUNTED) others.add(node.labels[this.topologyKey] ?? "");
      else if (domain.metIn !== meeting) {
        domain.metIn = meeting;
        count++;
      }
    }
    return count + others.size;
  }

  addNode(node: NodeInfo, pods: number): void {
    const value = this.#domainOf(node);
    if (value === undefined) return;
    let domain = this.#domains.get(value);
    if (domain === undefined) {
      domain = { nodes: 0, pods: 0, metIn: 0 };
      if (this.#byPlace.length > 0) this.#byPlace = [];
      this.#domains.set(value, domain);
      this.#enter(0);
    }
    domain.nodes++;
    this.#change(domain, pods);
  }

  removeNode(node: NodeInfo, pods: number): void {
    const value = this.#domainOf(node);
    const domain = value === undefined ? undefined : this.#domains.get(value);
    if (value === undefined || domain === undefined) return;
    this.#change(domain, -pods);
    domain.nodes--;
    if (domain.nodes > 0) return;
    this.#leave(domain.pods);
    this.#domains.delete(value);
    this.#byPlace = [];
  }

  /** Counts pods in or out on a counted node. */
  addPods(node: NodeInfo, pods: number): void {
    const value = this.#domainOf(node);
    const domain = value === undefined ? undefined : this.#domains.get(value);
    if (domain !== undefined) this.#change(domain, pods);
  }

  #domainAt(node: NodeInfo): Domain {
    const { place, labels } = node;
    const known = this.#byPlace[place];
    if (known !== undefined && this.#labelsAt[place] === labels) return known;
    const value = labels[this.topologyKey];
    const domain = value === undefined ? UNLABELLED : (this.#domains.get(value) ?? UNCOUNTED);
    this.#byPlace[place] = domain;
    this.#labelsAt[place] = labels;
    return domain;
  }

  #domainOf(node: NodeInfo): string | undefined {
    const value = node.labels[this.topologyKey];
    return value === undefined || (this.#isCounted !== undefined && !this.#isCounted(node)) ? undefined : value;
  }

  #change(domain: Domain, pods: number): void {
    if (pods === 0) return;
    this.#leave(domain.pods);
    domain.pods += pods;
    this.#total += pods;
    this.#enter(domain.pods);
  }

  #enter(pods: number): void {
    this.#domainsWith[pods] = (this.#domainsWith[pods] ?? 0) + 1;
    if (pods < this.#least) this.#least = pods;
  }

  #leave(pods: number): void {
    this.#domainsWith[pods] = (this.#domainsWith[pods] ?? 0) - 1;
  }
}
