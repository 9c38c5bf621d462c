import type { Cache, Client } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";
import type { Node, Pod } from "../api/refs.ts";
import type { ComponentContext } from "../controller-runtime/component.ts";
import type { SchedulerOptions } from "./configuration.ts";
import type { NodeCache } from "./node-cache.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

/** Models kube-scheduler framework Code. Success is said by the absence of a status. */
export type Code = "Unschedulable" | "UnschedulableAndUnresolvable" | "Error";

/** Why a plugin said no. Frozen and shared: on the hot path one status stands for thousands of nodes. */
export interface Status {
  readonly code: Code;
  readonly reasons: readonly string[];
  readonly plugin: string;
}

export function rejected(plugin: string, ...reasons: readonly string[]): Status {
  return Object.freeze({ code: "Unschedulable", reasons, plugin });
}

/** As `rejected`, where removing other pods could not help either. */
export function unresolvable(plugin: string, ...reasons: readonly string[]): Status {
  return Object.freeze({ code: "UnschedulableAndUnresolvable", reasons, plugin });
}

export function failure(plugin: string, message: string): Status {
  return Object.freeze({ code: "Error", reasons: [message], plugin });
}

/** What happened in the cluster that may make a pod schedulable. Models framework ClusterEvent. */
export type EventName =
  | "node/add"
  | "node/allocatable"
  | "node/label"
  | "node/taint"
  | "node/delete"
  | "pod/add"
  | "pod/label"
  | "pod/scale-down"
  | "pod/delete"
  | "self/label"
  | "self/toleration"
  | "self/scale-down"
  | "self/gates"
  | "claim/add"
  | "claim/update"
  | "volume/add"
  | "volume/update"
  | "class/add"
  | "class/update"
  | "csiNode/add"
  | "csiNode/update"
  | "csiDriver/add"
  | "csiDriver/update"
  | "capacity/add"
  | "capacity/update"
  | "attachment/delete";

export interface ClusterEvent {
  readonly name: EventName;
  readonly node?: Node;
  readonly previousNode?: Node;
  /** The other pod (`pod/...`), or the pod itself (`self/...`). */
  readonly pod?: Pod;
  readonly previousPod?: Pod;
  /** The claim, volume, storage class, CSINode or attachment (`claim/...` and so on), and as it was before. */
  readonly storage?: KubeObject;
  readonly previousStorage?: KubeObject;
}

/** Whether the event may make the pod, which this plugin rejected, schedulable. Models framework QueueingHintFn. */
export type Hint = (pod: PodInfo, event: ClusterEvent) => boolean;

/** The plugin takes no part in this pod's cycle. */
export const SKIP = Symbol("skip");

/** What a plugin asked others for is not done yet: it is asked again in a second. */
export const WAIT = Symbol("wait");

/** What a plugin computed once for the pod and is handed again for each node. */
export interface Ready<State> {
  readonly state: State;
  /** Only these nodes can be feasible. */
  readonly nodeNames?: ReadonlySet<string>;
}

export type PreAnswer<State> = typeof SKIP | Ready<State> | Status;

export function isStatus(answer: object): answer is Status {
  return "code" in answer;
}

/** Why no node took the pod: what PostFilter plugins start from. */
export interface Rejection {
  /** Nodes that were examined and rejected, with the status of each beside it. */
  readonly nodes: readonly NodeInfo[];
  readonly statuses: readonly Status[];
  /** What holds for the nodes that were not examined, where they are out of the question. */
  readonly absent?: Status;
}

export interface PostFilterAnswer {
  /** A node that will have room once the victims are gone; the empty text takes an earlier nomination back. */
  readonly nominatedNode?: string;
  /** Absent where the plugin made room. */
  readonly status?: Status;
}

/** A place in the order of the active queue. */
export interface Queued {
  readonly info: PodInfo;
  readonly timestampMs: number;
}

/** Runs the filters of the present cycle on a node as it stands now: what preemption tries its removals with. */
export type NodeFilter = (node: NodeInfo) => Status | undefined;

/**
 * A scheduler plugin: any of the extension points, in the order in which a pod meets them. Methods return undefined for
 * success. Models kube-scheduler framework interfaces.
 */
export interface Plugin<FilterState = unknown, ScoreState = unknown> {
  readonly name: string;
  /** Its filter and score read the pod's shape and the node and nothing else, no state either: what they say can be kept. */
  readonly isLocal?: true;
  /** Events after which a pod that this plugin rejected is worth another try; a missing hint means always. */
  readonly events?: { readonly [Name in EventName]?: Hint | true };
  preEnqueue?(pod: PodInfo): Status | undefined;
  /** QueueSort: negative when `a` goes first. */
  compare?(a: Queued, b: Queued): number;
  preFilter?(pod: PodInfo): PreAnswer<FilterState>;
  /** Called without a state (undefined) where the plugin has no `preFilter`. */
  filter?(state: FilterState, pod: PodInfo, node: NodeInfo): Status | undefined;
  postFilter?(pod: PodInfo, rejection: Rejection, filter: NodeFilter): PostFilterAnswer;
  /** `places` are those of the nodes, and maybe more. */
  preScore?(pod: PodInfo, nodes: readonly NodeInfo[], places: Int32Array): PreAnswer<ScoreState>;
  score?(state: ScoreState, pod: PodInfo, node: NodeInfo): number;
  /** As `score` for all nodes at once, which saves looking at each: for plugins that are asked for every pod. */
  scoreAll?(
    state: ScoreState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    places: Int32Array,
    scores: Float64Array,
  ): void;
  /** Brings `count` scores to 0..100 in place. */
  normalizeScore?(state: ScoreState, scores: Float64Array, count: number, nodes: readonly NodeInfo[]): void;
  reserve?(pod: PodInfo, nodeName: string): Status | undefined;
  unreserve?(pod: PodInfo, nodeName: string): void;
  permit?(pod: PodInfo, nodeName: string): Status | undefined;
  /** `isAgain`: it said WAIT the last time. */
  preBind?(pod: PodInfo, nodeName: string, isAgain: boolean): typeof WAIT | Status | undefined;
  /** SKIP hands the pod on to the next bind plugin. */
  bind?(pod: PodInfo, nodeName: string): typeof SKIP | Status | undefined;
  postBind?(pod: PodInfo, nodeName: string): void;
}

/** What plugins are given. */
export interface PluginHandle {
  readonly context: ComponentContext;
  readonly client: Client;
  readonly objects: Cache;
  readonly nodes: NodeCache;
  readonly options: SchedulerOptions;
  /** Whether any pod is nominated to any node. */
  hasNominations(): boolean;
  /** Pods nominated to a node, which count there until they are bound. */
  nominatedTo(nodeName: string): Iterable<PodInfo>;
}

/** One line of the registry: how to make a plugin, and how much its score counts. */
export interface PluginDefinition {
  readonly name: string;
  /** Default weight of its score; 0 where it has none. */
  readonly weight: number;
  create(handle: PluginHandle): Plugin;
}

export const MAX_NODE_SCORE = 100;

/** Scales scores to 0..100 by their maximum. Models plugins/helper DefaultNormalizeScore. */
export function normalizeByMaximum(scores: Float64Array, count: number, reverse: boolean): void {
  let maximum = 0;
  for (let index = 0; index < count; index++) maximum = Math.max(maximum, scores[index] ?? 0);
  for (let index = 0; index < count; index++) {
    const score = maximum === 0 ? 0 : Math.trunc((MAX_NODE_SCORE * (scores[index] ?? 0)) / maximum);
    scores[index] = reverse ? MAX_NODE_SCORE - score : score;
  }
}
