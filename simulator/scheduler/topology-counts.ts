import type { NodeInfo } from "./node-info.ts";

/** One value of a topology key, such as a zone: how many counted nodes and pods it has. */
interface Domain {
  readonly id: number;
  nodes: number;
  pods: number;
}

/** Ids that stand for no domain: not looked up yet; of nodes without the key; of nodes whose domain has no counted node. */
const UNKNOWN = 0;
const UNLABELLED = 1;
const UNCOUNTED = 2;
const FIRST_ID = 3;

/**
 * Pods counted by topology domain, kept up to date as pods and nodes come and go, with the smallest count at hand. What
 * upstream counts anew over all nodes for each pod, in PreFilter of PodTopologySpread and InterPodAffinity.
 */
export class TopologyCounts {
  readonly topologyKey: string;
  /** Whether a node takes part; a node without the topology key never does. */
  readonly #isCounted: ((node: NodeInfo) => boolean) | undefined;
  readonly #domains = new Map<string, Domain>();
  /** Ids of domains by the place of their nodes, as far as asked for since domains came or went. */
  #idAt = new Int32Array(0);
  /** The node's labels, as the table counts them, by which an id was found. */
  #foundAt = new Float64Array(0);
  #isAsked = false;
  /** Pods by id of the domain: read for hundreds of nodes in each cycle. */
  #podsOf = new Float64Array(FIRST_ID);
  /** By id: the last `distinctAmong` that met it. */
  #metIn = new Float64Array(FIRST_ID);
  #meetings = 0;
  #nextId = FIRST_ID;
  readonly #freeIds: number[] = [];
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
    return this.#podsOf[this.#idOf(node, node.place)] as number;
  }

  /** Whether the node has the topology key. */
  hasLabel(node: NodeInfo): boolean {
    return this.#idOf(node, node.place) !== UNLABELLED;
  }

  /** Adds, for each node that has the topology key, its domain's pods times `weight`, and `bonus`, to its sum. */
  addTo(sums: Float64Array, nodes: readonly NodeInfo[], places: Int32Array, weight: number, bonus: number): void {
    const labelled = nodes[0]?.table.labelled as Float64Array;
    for (let index = 0; index < nodes.length; index++) {
      const id = this.#idAmong(nodes, places, index, labelled);
      if (id === UNLABELLED) continue;
      sums[index] = (sums[index] as number) + ((this.#podsOf[id] as number) * weight + bonus);
    }
  }

  /** In how many domains the nodes are; those without the key are in one. */
  distinctAmong(nodes: readonly NodeInfo[], places: Int32Array): number {
    const meeting = ++this.#meetings;
    const others = new Set<string>();
    const labelled = nodes[0]?.table.labelled as Float64Array;
    let count = 0;
    for (let index = 0; index < nodes.length; index++) {
      const id = this.#idAmong(nodes, places, index, labelled);
      if (id < FIRST_ID) others.add((nodes[index] as NodeInfo).labels[this.topologyKey] ?? "");
      else if (this.#metIn[id] !== meeting) {
        this.#metIn[id] = meeting;
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
      domain = { id: this.#takeId(), nodes: 0, pods: 0 };
      this.#forgetIds();
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
    this.#podsOf[domain.id] = 0;
    this.#freeIds.push(domain.id);
    this.#forgetIds();
  }

  /** Counts pods in or out on a counted node. */
  addPods(node: NodeInfo, pods: number): void {
    const value = this.#domainOf(node);
    const domain = value === undefined ? undefined : this.#domains.get(value);
    if (domain !== undefined) this.#change(domain, pods);
  }

  /** The id for the node at an index: itself it is looked at only when its labels have changed. */
  #idAmong(nodes: readonly NodeInfo[], places: Int32Array, index: number, labelled: Float64Array): number {
    const place = places[index] as number;
    const id = this.#idAt[place];
    if (id !== undefined && id !== UNKNOWN && this.#foundAt[place] === labelled[place]) return id;
    return this.#find(nodes[index] as NodeInfo);
  }

  #idOf(node: NodeInfo, place: number): number {
    const id = this.#idAt[place];
    if (id !== undefined && id !== UNKNOWN && this.#foundAt[place] === node.table.labelled[place]) return id;
    return this.#find(node);
  }

  #find({ place, labels, table }: NodeInfo): number {
    const value = labels[this.topologyKey];
    const id = value === undefined ? UNLABELLED : (this.#domains.get(value)?.id ?? UNCOUNTED);
    if (place >= this.#idAt.length) {
      const [ids, founds] = [new Int32Array(2 * (place + 1)), new Float64Array(2 * (place + 1))];
      ids.set(this.#idAt);
      founds.set(this.#foundAt);
      this.#idAt = ids;
      this.#foundAt = founds;
    }
    this.#idAt[place] = id;
    this.#foundAt[place] = table.labelled[place] as number;
    this.#isAsked = true;
    return id;
  }

  #forgetIds(): void {
    if (this.#isAsked) this.#idAt.fill(UNKNOWN);
    this.#isAsked = false;
  }

  #takeId(): number {
    const id = this.#freeIds.pop() ?? this.#nextId++;
    if (id >= this.#podsOf.length) {
      const [pods, met] = [new Float64Array(2 * id), new Float64Array(2 * id)];
      pods.set(this.#podsOf);
      met.set(this.#metIn);
      this.#podsOf = pods;
      this.#metIn = met;
    }
    return id;
  }

  #domainOf(node: NodeInfo): string | undefined {
    const value = node.labels[this.topologyKey];
    return value === undefined || (this.#isCounted !== undefined && !this.#isCounted(node)) ? undefined : value;
  }

  #change(domain: Domain, pods: number): void {
    if (pods === 0) return;
    this.#leave(domain.pods);
    domain.pods += pods;
    this.#podsOf[domain.id] = domain.pods;
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
