import type { Cache } from "../api/client.ts";
import type { Status } from "../api/errors.ts";
import type { KubeObject } from "../api/object.ts";
import type { ResourceRef } from "../api/refs.ts";
import type { Change } from "../api/store.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentContext, ServedResource, Waiting } from "./component.ts";

/** Which keys a change makes dirty: the object's own, its owner's, a node's… The cache is for look-ups by index. */
export interface WatchRule {
  readonly of: ResourceRef<KubeObject>;
  keys(change: Change, cache: Cache): readonly string[];
  /** Looks only after this while, so that changes which come one by one are seen together. */
  readonly delayMs?: number;
}

/** Makes a watch rule with a typed change. */
export function watchRule<T extends KubeObject>(
  of: ResourceRef<T>,
  keys: (change: Change<T>, cache: Cache) => readonly string[],
  delayMs?: number,
): WatchRule {
  return {
    of: of as unknown as ResourceRef<KubeObject>,
    keys: keys as unknown as WatchRule["keys"],
    ...(delayMs !== undefined && { delayMs }),
  };
}

/**
 * What a reconcile asks for: nothing (done), another look after a while, or a retry with back-off because the API
 * refused something (5 ms doubling to 1000 s, as client-go's default rate limiter).
 */
export type Outcome = { readonly againAfterMs?: number; readonly failed?: Status } | undefined;

/** One controller: level-triggered. It receives a key, reads caches, and moves the world one step towards the spec. */
export interface Reconciler {
  /** Rules besides the controller's own that need the context: to watch all kinds, or to leave out what is in hand. */
  readonly watches?: readonly WatchRule[];
  /** A rule for each resource that the API serves, and for each that it comes to serve; undefined: not to be watched. */
  watchEach?(resource: ServedResource): WatchRule | undefined;
  reconcile(key: string): Outcome;
  /** Work besides keys: a tick that it asked for with `context.send({tick: …})`. */
  tick?(event: JsonObject): void;
  /** First start, after the watches are open and their objects queued. */
  start?(): void;
  /** What an object waits for, where the reconciler knows more of it than when it will look again. */
  waits?(resource: string, key: string): readonly Waiting[];
  /** In-memory state that the store does not hold (rate limiters, observed heartbeats). */
  save?(): JsonObject;
  load?(state: JsonObject): void;
}

/** A controller of the controller manager: one folder, one registry line. */
export interface Controller {
  /** Its name, also its source in events unless that is given: `deployment-controller`. */
  readonly name: string;
  readonly eventSource?: string;
  readonly watches: readonly WatchRule[];
  create(context: ComponentContext): Reconciler;
}
