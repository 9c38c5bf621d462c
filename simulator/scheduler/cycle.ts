import {
  isStatus,
  type Plugin,
  type PluginHandle,
  type PostFilterAnswer,
  type Rejection,
  SKIP,
  type Status,
  unresolvable,
} from "./framework.ts";
import { type LocalMemo, LocalMemos } from "./local-memo.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";
import type { Profile, Scorer } from "./profile.ts";
import type { CycleRecord } from "./verdicts.ts";

/** Fewer nodes than this are all looked at. */
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/** How many fitting nodes are enough. Models schedule_one numFeasibleNodesToFind. */
export function enoughNodes(nodeCount: number, percentage: number): number {
  if (nodeCount < MIN_FEASIBLE_NODES || percentage >= 100) return nodeCount;
  const adaptive = Math.max(50 - Math.trunc(nodeCount / 125), MIN_PERCENTAGE);
  return Math.max(Math.trunc((nodeCount * (percentage || adaptive)) / 100), MIN_FEASIBLE_NODES);
}

/** What came of looking for a node. */
export type Found =
  | { readonly node: NodeInfo }
  | { readonly error: Status }
  | { readonly rejection: Rejection; readonly preFilter?: Status; readonly plugins: readonly string[] };

const NO_SCORES = new Float64Array(0);

type FilterPlugin = Plugin & Required<Pick<Plugin, "filter">>;

/** One pod's way through the filters and scores. Its lists are used again for the next pod. */
export class Cycle {
  readonly #profile: Profile;
  readonly #handle: PluginHandle;
  /** Where the next search begins, so that all nodes get their turn. Models nextStartNodeIndex. */
  startIndex = 0;
  readonly #filters: FilterPlugin[] = [];
  readonly #filterStates: unknown[] = [];
  /** What PreFilter plugins left for the filters, by their place; a filter without one reads beyond the end. */
  readonly #states: unknown[] = [];
  readonly #statePlaces: readonly number[];
  /** Lists are written over from their beginning: one that is emptied would lose its room, and grow anew for each pod. */
  #feasible: NodeInfo[] = [];
  #feasibleCount = 0;
  /** Places of the feasible nodes. */
  #places = new Int32Array(0);
  #rejected: NodeInfo[] = [];
  #statuses: Status[] = [];
  #rejectedCount = 0;
  readonly #scored: Scorer[] = [];
  #named: CycleRecord["plugins"] = [];
  readonly #memos: LocalMemos;
  #memo: LocalMemo | undefined;
  /** How many filters the memo speaks for. */
  #remembered = 0;
  #scores: Float64Array = NO_SCORES;
  #row = new Float64Array(0);
  #totals = new Float64Array(0);

  constructor(profile: Profile, handle: PluginHandle) {
    this.#profile = profile;
    this.#handle = handle;
    this.#memos = new LocalMemos(profile);
    this.#statePlaces = profile.filters.map((plugin) => {
      const place = profile.preFilters.findIndex((other) => (other as Plugin) === plugin);
      return place < 0 ? profile.preFilters.length : place;
    });
  }

  /** Forgets the last pod. */
  clear(): void {
    this.#feasibleCount = 0;
    this.#rejectedCount = 0;
    this.#scored.length = 0;
  }

  /** Cuts off what the lists hold of pods before this one. */
  #trim(): void {
    trim(this.#feasible, this.#feasibleCount);
    trim(this.#rejected, this.#rejectedCount);
    trim(this.#statuses, this.#rejectedCount);
  }

  /** Looks for the best node. Models schedule_one schedulePod. */
  find(pod: PodInfo): Found {
    this.clear();
    const narrowed = this.#preFilter(pod);
    if ("code" in narrowed) {
      this.#trim();
      if (narrowed.code === "Error") return { error: narrowed };
      const rejection = { nodes: this.#rejected, statuses: this.#statuses, absent: narrowed };
      return { rejection, preFilter: narrowed, plugins: [narrowed.plugin] };
    }
    if (!this.#takeNominated(pod)) this.#filterNodes(pod, narrowed.nodes);
    this.#trim();
    const plugins = new Set(narrowed.by);
    let last: Status | undefined;
    for (const status of this.#statuses) {
      if (status.code === "Error") return { error: status };
      if (status !== last) plugins.add(status.plugin);
      last = status;
    }
    if (this.#feasible.length === 0) {
      const absent = narrowed.absent;
      return { rejection: { nodes: this.#rejected, statuses: this.#statuses, absent }, plugins: [...plugins] };
    }
    const only = this.#feasible[0] as NodeInfo;
    if (this.#feasible.length === 1) return { node: only };
    const failed = this.#score(pod);
    return failed !== undefined ? { error: failed } : { node: this.#best() };
  }

  /** Asks the PostFilter plugins, after `find` rejected the pod. Models RunPostFilterPlugins. */
  postFilter(pod: PodInfo, rejection: Rejection): PostFilterAnswer & { readonly text?: string } {
    const filter = (node: NodeInfo) => this.#filter(pod, node);
    const reasons: string[] = [];
    let nominatedNode: string | undefined;
    for (const plugin of this.#profile.postFilters) {
      const answer = plugin.postFilter(pod, rejection, filter);
      if (answer.status?.code !== "Unschedulable") return answer;
      nominatedNode = answer.nominatedNode ?? nominatedNode;
      reasons.push(...answer.status.reasons);
    }
    return { nominatedNode, text: reasons.join(", ") };
  }

  /** What was looked at, for the verdicts. The lists are the reader's now: the next pod gets new ones, or `reuse`d ones. */
  record() {
    this.#trim();
    const record = {
      feasible: this.#feasible,
      rejected: this.#rejected,
      statuses: this.#statuses,
      plugins: this.#scoredNames(),
      scores: this.#scores,
    };
    this.#feasible = [];
    this.#rejected = [];
    this.#statuses = [];
    this.#scores = NO_SCORES;
    this.clear();
    return record;
  }

  /** The plugins that scored, with their weights: one list for as many pods as have the same. */
  #scoredNames(): CycleRecord["plugins"] {
    const isSame =
      this.#named.length === this.#scored.length &&
      this.#scored.every(({ plugin, weight }, at) => {
        const known = this.#named[at];
        return known?.name === plugin.name && known.weight === weight;
      });
    if (!isSame) this.#named = this.#scored.map(({ plugin, weight }) => ({ name: plugin.name, weight }));
    return this.#named;
  }

  /** Takes back the lists of a record that nobody reads any more: thousands of nodes' for each of many pods. */
  reuse({
    feasible,
    rejected,
    statuses,
    scores,
  }: Pick<CycleRecord, "feasible" | "rejected" | "statuses" | "scores">): void {
    this.#feasible = feasible as NodeInfo[];
    this.#rejected = rejected as NodeInfo[];
    this.#statuses = statuses as Status[];
    this.#scores = scores;
    this.clear();
  }

  #preFilter(pod: PodInfo) {
    const { nodes } = this.#handle;
    this.#filters.length = 0;
    this.#filterStates.length = 0;
    let names: ReadonlySet<string> | undefined;
    const by: string[] = [];
    const states = this.#states;
    const { preFilters } = this.#profile;
    for (let at = 0; at < preFilters.length; at++) {
      const plugin = preFilters[at] as (typeof preFilters)[number];
      const answer = plugin.preFilter(pod);
      if (answer === SKIP) states[at] = SKIP;
      else if (isStatus(answer)) return answer;
      else {
        states[at] = answer.state;
        const wanted = answer.nodeNames;
        if (wanted === undefined) continue;
        by.push(plugin.name);
        names = names === undefined ? wanted : new Set([...names].filter((name) => wanted.has(name)));
      }
    }
    for (let at = 0; at < this.#profile.filters.length; at++) {
      const plugin = this.#profile.filters[at] as FilterPlugin;
      const state = states[this.#statePlaces[at] as number];
      if (state === SKIP) continue;
      this.#filters.push(plugin);
      this.#filterStates.push(state);
    }
    this.#memo = this.#memos.of(pod, this.#filters);
    this.#remembered = this.#memo?.coverage(this.#filters) ?? 0;
    if (names === undefined) return { nodes: nodes.list(), by, absent: undefined };
    const listed = [...names].sort().flatMap((name) => nodes.get(name) ?? []);
    const text = `node(s) didn't satisfy plugin(s) [${by.join(" ")}]`;
    return { nodes: listed, by, absent: unresolvable(by[0] ?? "", text) };
  }

  /** The node that was promised to the pod is asked before all others. Models evaluateNominatedNode. */
  #takeNominated(pod: PodInfo): boolean {
    const name = pod.pod.status.nominatedNodeName;
    const node = name ? this.#handle.nodes.get(name) : undefined;
    if (node === undefined || this.#filter(pod, node) !== undefined) return false;
    this.#accept(node, node.place);
    return true;
  }

  #accept(node: NodeInfo, place: number): void {
    const index = this.#feasibleCount++;
    this.#feasible[index] = node;
    if (index >= this.#places.length) {
      const larger = new Int32Array(2 * index + 128);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[index] = place;
  }

  #filterNodes(pod: PodInfo, nodes: readonly NodeInfo[]): void {
    const { options, nodes: all } = this.#handle;
    // Where nobody scores, the first node will do.
    const enough = this.#profile.scorers.length === 0 ? 1 : enoughNodes(nodes.length, options.percentageOfNodesToScore);
    const places = nodes === all.list() ? all.places() : undefined;
    const first = nodes[0];
    const memo = this.#remembered > 0 && !this.#handle.hasNominations() ? this.#memo : undefined;
    const isQuick = places !== undefined && first !== undefined && memo !== undefined;
    let looked = 0;
    while (looked < nodes.length && this.#feasibleCount < enough) {
      const index = (this.startIndex + looked++) % nodes.length;
      const node = nodes[index] as NodeInfo;
      // Where nothing has changed, the node itself is not looked at: of thousands that is most of the time.
      const status = isQuick
        ? (memo.filter(pod, node, places[index] as number, first.table) ?? this.#runFrom(this.#remembered, pod, node))
        : this.#filter(pod, node);
      if (status === undefined) this.#accept(node, places?.[index] ?? node.place);
      else {
        const place = this.#rejectedCount++;
        this.#rejected[place] = node;
        this.#statuses[place] = status;
      }
    }
    this.startIndex = all.size === 0 ? 0 : (this.startIndex + looked) % all.size;
  }

  /**
   * The filters' verdict on a node: with the pods nominated to it that are at least as important, and without them, since
   * they may go elsewhere. Models RunFilterPluginsWithNominatedPods.
   */
  #filter(pod: PodInfo, node: NodeInfo): Status | undefined {
    if (!this.#handle.hasNominations()) return this.#runFilters(pod, node);
    const others: PodInfo[] = [];
    for (const other of this.#handle.nominatedTo(node.name)) {
      if (other.priority >= pod.priority && other.key !== pod.key) others.push(other);
    }
    if (others.length > 0) {
      const { nodes } = this.#handle;
      for (const other of others) nodes.place(other, node.name);
      const status = this.#runFilters(pod, node);
      for (const other of others) nodes.displace(other, node.name);
      if (status !== undefined) return status;
    }
    return this.#runFilters(pod, node);
  }

  #runFilters(pod: PodInfo, node: NodeInfo): Status | undefined {
    const remembered = this.#remembered;
    if (remembered > 0) {
      const status = (this.#memo as LocalMemo).filter(pod, node, node.place, node.table);
      if (status !== undefined) return status;
    }
    return this.#runFrom(remembered, pod, node);
  }

  #runFrom(first: number, pod: PodInfo, node: NodeInfo): Status | undefined {
    const filters = this.#filters;
    const states = this.#filterStates;
    for (let index = first; index < filters.length; index++) {
      const status = (filters[index] as FilterPlugin).filter(states[index], pod, node);
      if (status !== undefined) return status;
    }
    return undefined;
  }

  #score(pod: PodInfo): Status | undefined {
    const nodes = this.#feasible;
    const count = nodes.length;
    this.#makeRoom(count);
    this.#totals.fill(0, 0, count);
    const places = this.#places;
    this.#memo?.refresh(pod, nodes, places, (nodes[0] as NodeInfo).table);
    for (const scorer of this.#profile.scorers) {
      const { plugin, weight } = scorer;
      const answer = plugin.preScore === undefined ? undefined : plugin.preScore(pod, nodes, places);
      if (answer === SKIP) continue;
      if (answer !== undefined && isStatus(answer)) return answer;
      const state = answer?.state;
      const row = this.#row;
      const totals = this.#totals;
      const scores = this.#scores;
      const column = this.#memo?.column(plugin);
      if (column !== undefined) {
        for (let index = 0; index < count; index++) row[index] = column[places[index] as number] as number;
      } else if (plugin.scoreAll !== undefined) plugin.scoreAll(state, pod, nodes, places, row);
      else for (let index = 0; index < count; index++) row[index] = plugin.score(state, pod, nodes[index] as NodeInfo);
      plugin.normalizeScore?.(state, row, count, nodes);
      const offset = this.#scored.push(scorer) * count - count;
      for (let index = 0; index < count; index++) {
        const weighted = (row[index] as number) * weight;
        scores[offset + index] = weighted;
        totals[index] = (totals[index] as number) + weighted;
      }
    }
    return undefined;
  }

  /** The node with the highest total; chance decides among equals. Models selectHost. */
  #best(): NodeInfo {
    let most = Number.NEGATIVE_INFINITY;
    let ties = 0;
    const count = this.#feasible.length;
    const totals = this.#totals;
    for (let index = 0; index < count; index++) {
      const total = totals[index] as number;
      if (total > most) {
        most = total;
        ties = 1;
      } else if (total === most) ties++;
    }
    let skip = ties > 1 ? this.#handle.context.random("tie").below(ties) : 0;
    for (let index = 0; index < count; index++) {
      if (totals[index] === most && skip-- === 0) return this.#feasible[index] as NodeInfo;
    }
    return this.#feasible[0] as NodeInfo;
  }

  #makeRoom(count: number): void {
    const cells = count * this.#profile.scorers.length;
    if (this.#scores.length < cells) this.#scores = new Float64Array(cells);
    if (this.#row.length >= count) return;
    this.#row = new Float64Array(count);
    this.#totals = new Float64Array(count);
  }
}

function trim(list: unknown[], count: number): void {
  if (list.length > count) list.length = count;
}
