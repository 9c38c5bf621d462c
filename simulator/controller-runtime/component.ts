import type { Cache, Client, Watcher } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";
import type { ResourceRef } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { RandomStream } from "../time/random.ts";

/** What an event says: the object it is about comes first. */
export interface EventText {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** Part of the object, such as `spec.containers{app}`. */
  readonly fieldPath?: string;
  /** What was done, such as `Binding`; given, it makes the event one of the newer kind (events.k8s.io). */
  readonly action?: string;
  /** Who says it, where that is not the component: a scheduler speaks in the name of each of its profiles. */
  readonly source?: string;
}

/** An object that an event can be about: a stored one, or one named without being stored (a node by its name). */
export type EventSubject = Pick<KubeObject, "apiVersion" | "kind"> & {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    /** Empty where the writer knows the object by its name only. */
    readonly uid: string;
    readonly resourceVersion?: string;
  };
};

/** A resource that the API serves, for loops over all kinds. */
export interface ServedResource {
  readonly ref: ResourceRef<KubeObject>;
  readonly namespaced: boolean;
}

/**
 * What a running component is given: its only ways to time, chance, the API and its own future. All of it ends when
 * the component is stopped: timers are dropped, watches closed.
 */
export interface ComponentContext {
  /** Name of the component: its address, its random streams' prefix, the actor in the journal. */
  readonly name: string;
  readonly nowMs: number;
  /** The present as RFC 3339, whole seconds: for metav1.Time fields. */
  readonly now: string;
  /** The present with microseconds: for MicroTime fields, such as a lease's renewTime. */
  readonly nowMicro: string;
  /** Epoch milliseconds of a time text, minus the epoch of virtual 0: compare with `nowMs`. */
  parseMs(time: string): number;
  /** RFC 3339 of a virtual time. */
  formatTime(ms: number): string;
  readonly client: Client;
  readonly cache: Cache;
  readonly watcher: Watcher;
  /** What discovery would answer now. */
  resources(): readonly ServedResource[];
  /** A stream of chance named `<component>/<name>`. */
  random(name: string): RandomStream;
  /** Delivers `event` to this component's `handle` after a delay; returns a number for `cancel`. */
  send(event: JsonObject, delayMs: number): number;
  cancel(seq: number): void;
  /** Writes an Event, joined with like ones as client-go's recorder does. Never fails: lost when the API is away. */
  recordEvent(about: EventSubject, event: EventText): void;
  /** Says why the next writes happen, for the journal: usually the key being reconciled. */
  because(cause: string): void;
  /**
   * Revision of the write that led to the present work; 0: none did, only time. Watches and messages set it. Who keeps
   * work in a queue of its own keeps it there, and sets it before doing the work.
   */
  cause: number;
}

/** Something that an object waits for, as the component knows that makes it wait. */
export interface Waiting {
  /** Such as `ImagePull`. */
  readonly reason: string;
  readonly message: string;
  readonly sinceMs?: number;
  /** Virtual time at which it is over at the earliest; absent: that depends on others. */
  readonly untilMs?: number;
}

/** The running body of a component; made anew at each start, with nothing remembered. */
export interface ComponentBody {
  /** First start: subscribe and look at what is there. */
  start(): void;
  /** Continues from what `save` gave: subscribe without looking at what is there. */
  resume(state: JsonObject): void;
  /** A message that was sent with `context.send`. */
  handle(event: JsonObject): void;
  /** Everything that is not in the store, on the heap or in the context, as JSON. */
  save(): JsonObject;
  /** What an object, such as `pods` `default/web-1`, waits for here. A look: it changes nothing. */
  waits?(resource: string, key: string): readonly Waiting[];
  /** For the page. */
  readonly queued: number;
  readonly reconciled: number;
  /** State for the page when it is finer than the lifecycle's, such as `idle` or `syncing`. */
  readonly activity: string;
}

/** One component as the host knows it: where it runs, and how to make its body. */
export interface ComponentDefinition {
  readonly name: string;
  /** The process that it lives and dies with: `kube-controller-manager`, `kube-scheduler`, `kubelet/worker-1`, … */
  readonly process: string;
  /** How events name it: `deployment-controller`, `default-scheduler`, `kubelet`. */
  readonly eventSource: string;
  /** Host in its events' source, for kubelets. */
  readonly eventHost?: string;
  create(context: ComponentContext): ComponentBody;
}
