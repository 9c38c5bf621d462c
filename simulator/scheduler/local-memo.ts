import type { Plugin, Status } from "./framework.ts";
import type { NodeInfo } from "./node-info.ts";
import type { NodeTable } from "./node-table.ts";
import type { PodInfo, PodShape } from "./pod-info.ts";
import type { Profile } from "./profile.ts";

type Filter = Plugin & Required<Pick<Plugin, "filter">>;
type Scorer = Plugin & Required<Pick<Plugin, "score">>;

/** So many templates have a memo at a time: each takes some numbers a node. */
const KEPT_TEMPLATES = 32;
/** The first pods of a template do without: most templates of single pods have no others. */
const PODS_BEFORE = 2;
const NOT_YET = 0;

/**
 * What local plugins say of the pods of one template, node by node, each kept until the node changes. Of 5,000 nodes few
 * do between two pods, and upstream, which asks anew, has 16 threads for it.
 */
export class LocalMemo {
  readonly #filters: readonly Filter[];
  readonly #scorers: readonly Scorer[];
  /** By the node's place: its generation when it was asked last. */
  #filteredAt = new Float64Array(0);
  #scoredAt = new Float64Array(0);
  readonly #statuses: (Status | undefined)[] = [];
  readonly #columns = new Map<Plugin, Float64Array>();

  constructor(filters: readonly Filter[], scorers: readonly Scorer[]) {
    this.#filters = filters;
    this.#scorers = scorers;
  }

  /** How many of a cycle's filters, from the first one on, this speaks for; 0 when the cycle has others. */
  coverage(filters: readonly Filter[]): number {
    for (let index = 0; index < this.#filters.length; index++) if (filters[index] !== this.#filters[index]) return 0;
    return this.#filters.length;
  }

  /** The verdict of the local filters on a node, which is at `place`. */
  filter(pod: PodInfo, node: NodeInfo, place: number, { generations }: NodeTable): Status | undefined {
    const generation = generations[place] as number;
    if (this.#filteredAt[place] === generation) return this.#statuses[place];
    if (place >= this.#filteredAt.length) this.#filteredAt = grown(this.#filteredAt, place);
    let status: Status | undefined;
    for (let index = 0; status === undefined && index < this.#filters.length; index++) {
      status = (this.#filters[index] as Filter).filter(undefined, pod, node);
    }
    this.#filteredAt[place] = generation;
    this.#statuses[place] = status;
    return status;
  }

  /** Brings the local scores of these nodes up to date. */
  refresh(pod: PodInfo, nodes: readonly NodeInfo[], places: Int32Array, { generations }: NodeTable): void {
    for (let index = 0; index < nodes.length; index++) {
      const place = places[index] as number;
      if (this.#scoredAt[place] !== generations[place]) this.#score(pod, nodes[index] as NodeInfo);
    }
  }

  #score(pod: PodInfo, node: NodeInfo): void {
    const { place, table } = node;
    if (place >= this.#scoredAt.length) this.#scoredAt = grown(this.#scoredAt, place);
    this.#scoredAt[place] = table.generations[place] as number;
    for (const scorer of this.#scorers) {
      let column = this.#columns.get(scorer);
      if (column === undefined || place >= column.length) {
        column = grown(column ?? new Float64Array(0), place);
        this.#columns.set(scorer, column);
      }
      column[place] = scorer.score(undefined, pod, node);
    }
  }

  /** A local plugin's scores by the nodes' places, as far as refreshed; undefined for any other plugin. */
  column(plugin: Plugin): Float64Array | undefined {
    return this.#columns.get(plugin);
  }
}

/** The memos of the templates whose pods are scheduled now. */
export class LocalMemos {
  readonly #profile: Profile;
  readonly #memos = new Map<PodShape, LocalMemo>();
  /** Pods seen of templates without a memo. */
  readonly #seen = new WeakMap<PodShape, number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** The memo for a pod, whose cycle runs these filters; undefined where it does not pay. */
  of({ shape }: PodInfo, filters: readonly Filter[]): LocalMemo | undefined {
    const known = this.#memos.get(shape);
    if (known !== undefined) return known;
    const seen = this.#seen.get(shape) ?? NOT_YET;
    this.#seen.set(shape, seen + 1);
    if (seen < PODS_BEFORE) return undefined;
    if (this.#memos.size >= KEPT_TEMPLATES) {
      for (const oldest of this.#memos.keys()) {
        this.#memos.delete(oldest);
        this.#seen.delete(oldest);
        break;
      }
    }
    const memo = new LocalMemo(leadingLocal(filters), this.#localScorers());
    this.#memos.set(shape, memo);
    return memo;
  }

  #localScorers(): readonly Scorer[] {
    return this.#profile.scorers.flatMap(({ plugin }) => (plugin.isLocal === true ? [plugin] : []));
  }
}

/** The filters up to the first one that is not local: theirs is the first word, whatever the others say. */
function leadingLocal(filters: readonly Filter[]): readonly Filter[] {
  const end = filters.findIndex(({ isLocal }) => isLocal !== true);
  return end < 0 ? [...filters] : filters.slice(0, end);
}

function grown(values: Float64Array, place: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * (place + 1));
  larger.set(values);
  return larger;
}
