import type {
  ApiRequest,
  ApiResponse,
  ApplyOptions,
  ApplyResult,
  CommandResult,
  JsonObject,
  NetworkRequest,
  NetworkResponse,
  ScenarioView,
  StreamTransport,
} from "../../simulator/index.ts";
import type { CrowdChange, Look } from "./crowd.ts";

export type { ApplyDocument, ApplyOptions, ApplyResult, ScenarioView } from "../../simulator/index.ts";

/**
 * What the page knows of the world behind it: a cluster in a worker, or later a real one. All of the page's reads and
 * writes of the cluster go through here.
 */
export interface Session {
  /** Sends one Kubernetes API request. Never rejects for an API error: that is a response with a `Status` body. */
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Opens what goes on after it was asked for: a log that is followed, exec, attach, port-forward, a watch. */
  readonly stream: StreamTransport;
  /** Lets virtual time pass; while the clock is paused it does not. */
  wait(ms: number): Promise<void>;
  /** The cluster's time: milliseconds since 1970. */
  now(): Promise<number>;
  /** One HTTP exchange over the cluster's network, as its control plane's machine sees it. */
  fetch(exchange: Exchange): Promise<NetworkResponse | { readonly problem: string }>;
  /**
   * `kubectl apply -f -`, run apart so that reading 5 MB holds up neither page nor cluster. `signal` stops it in the
   * middle: what was applied by then stays.
   */
  apply(text: string, options?: ApplyOptions & { readonly signal?: AbortSignal }): Promise<ApplyResult>;
  /** One kubectl line, without the word `kubectl`, run apart like `apply`. It has no files and no terminal. */
  kubectl(words: readonly string[]): Promise<CommandResult>;
  /**
   * Calls back at most once a frame with what changed; the first batch is complete (`reset`). The next one waits until what
   * the listener answered with has settled. Returns a way to stop.
   */
  subscribe(listener: (batch: Batch) => void | Promise<void>): () => void;
  /** Says what is looked at: of a cluster too large to be told whole, only that comes object by object. */
  look(look: Look): void;
  /** Keys of a node's pods, in the order of the letters in its `NodeCell`; none where the cluster is told whole. */
  podsOf(node: string): Promise<readonly string[]>;
  /** Objects whose kind and name have all of these words, some at most: for a cluster of which not all is told. */
  find(words: readonly string[]): Promise<readonly ObjectChange[]>;
  /** What is wrong with a KubeSchedulerConfiguration, in kube-scheduler's words; undefined: nothing. */
  schedulerProblem(text: string): Promise<string | undefined>;
  /** The machines that run in the cluster, as plain data to draw. They do not change while the session lives. */
  machines(): Promise<readonly MachineDescription[]>;
  readonly lessons: Lessons;
  /** Ends the playing of a kept run: the cluster goes on from where that is; what came after is gone. */
  goOnFromHere(): Promise<void>;
  /** Begins anew: same options, empty cluster; what was saved of the old one is gone. */
  restart(options?: SessionOptions): Promise<void>;
  close(): void;
}

/** A request to an address, or a name, in the cluster's network. */
export interface Exchange {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly request: NetworkRequest;
}

/** A lesson as the list shows it. Its steps tick by themselves as the cluster shows what they ask for. */
export interface LessonInfo {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  readonly steps: readonly LessonStep[];
}

export interface LessonStep {
  readonly id: string;
  readonly title: string;
  /** Markdown of a small kind: paragraphs, lists with `-`, `code` and **bold**. */
  readonly text: string;
  readonly hint?: string;
  /** What the button says that does the step; absent where there is nothing to do but watch. */
  readonly action?: string;
}

/** The lessons that come with a session, and the one being played. How it stands comes with the batches. */
export interface Lessons {
  list(): Promise<readonly LessonInfo[]>;
  /** Begins a lesson from its first step, whatever was played before. */
  begin(name: string): Promise<void>;
  leave(): Promise<void>;
  /** Does a step's action. Answers with what went wrong, if anything. */
  act(step: string): Promise<string | undefined>;
}

export interface SessionOptions {
  readonly seed?: number;
  /** Workers beside the one control-plane node. */
  readonly workers?: number;
  /** The scheduler's KubeSchedulerConfiguration, YAML or JSON. */
  readonly schedulerConfiguration?: string;
}

export interface Batch {
  /** True when this batch replaces all that was known. */
  readonly reset: boolean;
  readonly clock: ClockView;
  readonly changes: readonly ObjectChange[];
  /** Present where the cluster is too large to be told whole: then `changes` holds what is looked at, and this the sums. */
  readonly crowd?: CrowdChange;
  /** Components whose machine state changed. */
  readonly components: readonly ComponentView[];
  /** How the lesson stands, when that changed; null when none is played any more. */
  readonly lesson?: ScenarioView | null;
  /** Set when the simulation stopped on a broken invariant: what to show and how to report it. */
  readonly failure?: string;
}

/** A created or changed object (`object`), or one that is gone (`object: null`). `kind` is `Pod`, `Deployment`, … */
export interface ObjectChange {
  readonly kind: string;
  /** `namespace/name`, or `name` for a cluster-scoped kind. */
  readonly key: string;
  readonly object: JsonObject | null;
}

export interface ClockView {
  /** Virtual milliseconds since the cluster began. */
  readonly nowMs: number;
  /** Wall time (epoch milliseconds) that virtual 0 stands for: object timestamps count from here. */
  readonly startEpochMs: number;
  /** Virtual seconds per wall second. */
  readonly speed: number;
  readonly paused: boolean;
  /** The next thing worth seeing, such as "node-2 lease expires", if one is known. */
  readonly next?: { readonly atMs: number; readonly what: string };
  /** Present while a kept run is played again up to where it was left: how much of it is, 0 to 1. */
  readonly playedBack?: number;
  /** Present where the browser refused to keep the session. */
  readonly unkept?: true;
}

export interface ComponentView {
  /** `replicaset`, `kube-scheduler`, `kubelet/worker-1`, … */
  readonly name: string;
  /** The process it lives in: `kube-controller-manager`, `kube-scheduler`, `kubelet`, … */
  readonly process: string;
  /** Id of its machine among `machines()`, and the state it is in. */
  readonly machine: string;
  readonly state: string;
  /** Keys waiting in its work queue, and how often it has reconciled. */
  readonly queued: number;
  readonly reconciled: number;
}

export interface MachineDescription {
  readonly id: string;
  readonly title: string;
  readonly states: readonly {
    readonly id: string;
    readonly parent?: string;
    readonly type: "atomic" | "compound" | "parallel" | "final" | "history";
    readonly initial: boolean;
    readonly description?: string;
  }[];
  readonly transitions: readonly {
    /** A state's id; "" is the machine itself: open in every state. */
    readonly from: string;
    /** The same as `from` when the transition only acts. */
    readonly to: string;
    readonly kind: "event" | "after" | "always" | "done";
    readonly event: string;
    readonly guard?: string;
    readonly delay?: string | number;
    readonly actions: readonly string[];
  }[];
}
