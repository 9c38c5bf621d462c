import { CUSTOM_RESOURCE_DEFINITIONS } from "../api/refs.ts";
import type { Change } from "../api/store.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition, ServedResource, Waiting } from "./component.ts";
import type { Controller, Outcome, Reconciler, WatchRule } from "./controller.ts";
import { WorkQueue } from "./workqueue.ts";

/** From a commit to the controller's look at it: one watch event's way. */
const WATCH_LATENCY_MS = 2;
/** From one key to the next: the time that a sync takes. */
const SYNC_MS = 1;

/** The loop around a reconciler: watches make keys dirty, a queue holds them, messages take one at a time. */
export class ControllerBody implements ComponentBody {
  readonly #rules: readonly WatchRule[];
  readonly #context: ComponentContext;
  readonly #reconciler: Reconciler;
  readonly #queue = new WorkQueue();
  /** Ids of the resources that a reconciler which watches all of them watches. */
  readonly #watched = new Set<string>();
  #discovering = false;
  #working = false;
  #reconciled = 0;

  constructor(controller: Controller, context: ComponentContext) {
    this.#context = context;
    this.#reconciler = controller.create(context);
    this.#rules = [...controller.watches, ...(this.#reconciler.watches ?? [])];
  }

  get queued(): number {
    return this.#queue.length;
  }

  get reconciled(): number {
    return this.#reconciled;
  }

  get activity(): string {
    return this.#queue.length > 0 ? "syncing" : this.#queue.delayed > 0 ? "backoff" : "idle";
  }

  start(): void {
    this.#subscribe();
    const { cache } = this.#context;
    for (const rule of this.#rules) {
      for (const object of cache.list(rule.of)) {
        this.#addAll(rule, { type: "ADDED", revision: 0, object });
      }
    }
    this.#discover();
    this.#reconciler.start?.();
  }

  resume(state: JsonObject): void {
    this.#subscribe();
    for (const id of (state.watched ?? []) as readonly string[]) this.#watched.add(id);
    this.#discovering = state.discovering === true;
    for (const resource of this.#context.resources()) if (this.#watched.has(resource.ref.id)) this.#watchOne(resource);
    this.#queue.load(state.queue as JsonObject);
    this.#working = state.working as boolean;
    this.#reconciled = state.reconciled as number;
    this.#reconciler.load?.((state.reconciler ?? {}) as JsonObject);
  }

  save(): JsonObject {
    return {
      queue: this.#queue.save(),
      working: this.#working,
      ...(this.#reconciler.watchEach && { watched: [...this.#watched], discovering: this.#discovering }),
      reconciled: this.#reconciled,
      reconciler: this.#reconciler.save?.() ?? {},
    };
  }

  waits(resource: string, key: string): readonly Waiting[] {
    return this.#reconciler.waits?.(resource, key) ?? [];
  }

  /** When a key will be looked at again of itself; undefined: nothing is planned. */
  nextLook(key: string): { readonly atMs: number; readonly failures: number } | undefined {
    const timer = this.#queue.timerOf(key);
    return timer && { atMs: timer.dueMs, failures: this.#queue.failuresOf(key) };
  }

  handle(event: JsonObject): void {
    if (event.work === true) this.#work();
    else if (event.discover === true) this.#discover();
    else if (typeof event.add === "string") {
      this.#queue.fired(event.add);
      this.#add(event.add);
    } else this.#reconciler.tick?.(event);
  }

  #subscribe(): void {
    const { watcher } = this.#context;
    for (const rule of this.#rules) watcher.watch(rule.of, (change) => this.#addAll(rule, change));
    if (this.#reconciler.watchEach !== undefined) {
      watcher.watch(CUSTOM_RESOURCE_DEFINITIONS, () => this.#discoverSoon());
    }
  }

  /** What a definition defines is served after its commit: looking comes later. */
  #discoverSoon(): void {
    if (this.#discovering) return;
    this.#discovering = true;
    this.#context.send({ discover: true }, WATCH_LATENCY_MS);
  }

  /** Watches resources that were not there before. */
  #discover(): void {
    this.#discovering = false;
    if (this.#reconciler.watchEach === undefined) return;
    const served = this.#context.resources();
    const ids = new Set(served.map(({ ref }) => ref.id));
    for (const id of this.#watched) if (!ids.has(id)) this.#watched.delete(id);
    for (const resource of served) {
      if (this.#watched.has(resource.ref.id)) continue;
      this.#watched.add(resource.ref.id);
      const rule = this.#watchOne(resource);
      if (rule === undefined) continue;
      for (const object of this.#context.cache.list(rule.of)) {
        this.#addAll(rule, { type: "ADDED", revision: 0, object });
      }
    }
  }

  #watchOne(resource: ServedResource): WatchRule | undefined {
    const rule = this.#reconciler.watchEach?.(resource);
    if (rule !== undefined) this.#context.watcher.watch(rule.of, (change) => this.#addAll(rule, change));
    return rule;
  }

  #addAll(rule: WatchRule, change: Change): void {
    const keys = rule.keys(change, this.#context.cache);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      if (rule.delayMs === undefined) this.#add(key);
      else this.#addAfter(key, rule.delayMs);
    }
  }

  #add(key: string): void {
    if (this.#queue.add(key, this.#context.cause) && !this.#working) {
      this.#working = true;
      this.#context.send({ work: true }, WATCH_LATENCY_MS);
    }
  }

  #work(): void {
    const next = this.#queue.take();
    if (next !== undefined) {
      const { key, cause } = next;
      this.#reconciled++;
      this.#context.cause = cause;
      this.#context.because(key);
      this.#settle(key, this.#reconciler.reconcile(key));
    }
    this.#working = this.#queue.length > 0;
    if (this.#working) this.#context.send({ work: true }, SYNC_MS);
  }

  #settle(key: string, outcome: Outcome): void {
    if (outcome?.failed !== undefined) {
      this.#addAfter(key, this.#queue.failed(key));
      return;
    }
    this.#queue.succeeded(key);
    if (outcome?.againAfterMs !== undefined) this.#addAfter(key, Math.max(1, Math.ceil(outcome.againAfterMs)));
  }

  #addAfter(key: string, delayMs: number): void {
    const dueMs = this.#context.nowMs + delayMs;
    const running = this.#queue.timerOf(key);
    if (running !== undefined) {
      if (running.dueMs <= dueMs) return;
      this.#context.cancel(running.seq);
    }
    this.#queue.delay(key, this.#context.send({ add: key }, delayMs), dueMs);
  }
}

/** A controller as a component of a process. */
export function controllerComponent(controller: Controller, process: string): ComponentDefinition {
  return {
    name: controller.name,
    process,
    eventSource: controller.eventSource ?? controller.name,
    create: (context) => new ControllerBody(controller, context),
  };
}
