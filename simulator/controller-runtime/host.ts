import type { Cache, Client } from "../api/client.ts";
import type { KubeObject } from "../api/object.ts";
import type { ChangeHandler, Store } from "../api/store.ts";
import { assert, present } from "../base/assert.ts";
import { flat } from "../base/flat.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import { LiveActor, type LiveTransition, type SavedActor } from "../machine/actor.ts";
import { type ComponentRole, componentMachine } from "../machine/component.machine.ts";
import type { Clock } from "../time/clock.ts";
import type { Random, RandomStream } from "../time/random.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition, ServedResource } from "./component.ts";
import { Recorder, type RecorderHome } from "./recorder.ts";

/** From the first list request to full caches. */
const CACHE_SYNC_MS = 100;

export interface HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly cache: Cache;
  /** A client that speaks as the component; it fails while `reachable` says no. */
  readonly clientFor: (component: string, reachable: () => boolean, process: string) => Client;
  /** Whether a process can reach the API server now. */
  readonly reachable: (process: string) => boolean;
  /** Whether a process holds its election's lease. */
  readonly leads: (process: string) => boolean;
  /** Epoch milliseconds that virtual 0 stands for. */
  readonly startEpochMs: number;
  readonly formatTime: (ms: number) => string;
  readonly parseTime: (text: string) => number;
  /** Why the present writes happen, for the journal. */
  readonly because: (component: string, cause: string) => void;
  /** Called when a component's lifecycle changed, so that others can be told (the API server came up). */
  readonly onStateChange: (component: string, process: string, state: string) => void;
}

export interface ComponentState {
  readonly name: string;
  readonly process: string;
  readonly machine: string;
  readonly state: string;
  readonly queued: number;
  readonly reconciled: number;
}

/** What makes a running component's life end: its watches and timers. */
interface Running {
  readonly body: ComponentBody;
  readonly context: HostContext;
  readonly stop: () => void;
}

interface Entry {
  readonly definition: ComponentDefinition;
  /** Absent for components without a lifecycle of their own: they run as soon as their process does. */
  actor?: LiveActor<typeof componentMachine>;
  running?: Running;
  /** Counts starts, so that a message to an earlier life reaches nobody. */
  life: number;
  startedMs: number;
}

/** Runs components in their processes: starts, stops, restarts them, and gives each its context. */
export class Host {
  readonly #options: HostOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Set<string>();
  #lastStamp = 0n;
  readonly #stamp = () => this.#nextStamp();

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Adds a component; it starts with its process. `role` undefined: no lifecycle machine (kubelets, simulation parts). */
  add(definition: ComponentDefinition, role?: ComponentRole): void {
    assert(!this.#entries.has(definition.name), `component ${definition.name} is there already`);
    const entry: Entry = { definition, life: 0, startedMs: 0 };
    this.#entries.set(definition.name, entry);
    if (role !== undefined) entry.actor = this.#actor(entry, role);
    entry.actor?.start();
  }

  /** Takes a component away for good, such as the kubelet of a machine that was returned. */
  remove(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#stop(entry);
    entry.actor?.stop();
    this.#entries.delete(name);
  }

  isRunning(process: string): boolean {
    return this.#running.has(process);
  }

  startProcess(process: string): void {
    if (this.#running.has(process)) return;
    this.#running.add(process);
    for (const entry of this.#of(process)) {
      if (entry.actor) entry.actor.send({ type: "START" });
      else this.#start(entry);
    }
  }

  /** As if killed: nothing is said to anyone, and memory is gone. */
  stopProcess(process: string): void {
    if (!this.#running.delete(process)) return;
    for (const entry of this.#of(process)) {
      if (entry.actor) entry.actor.send({ type: "STOP" });
      else this.#stop(entry);
    }
  }

  processes(): ReadonlySet<string> {
    return new Set([...this.#entries.values()].map(({ definition }) => definition.process));
  }

  /** Sends a lifecycle event, such as ELECTED, to all components of a process; or of all processes. */
  tell(event: "API_UP" | "API_DOWN" | "ELECTED" | "LOST", process?: string): void {
    for (const entry of [...this.#entries.values()]) {
      if (process === undefined || entry.definition.process === process) entry.actor?.send({ type: event });
    }
  }

  /** The body of a running component, for look-ups such as the scheduler's verdicts. */
  bodyOf(name: string): ComponentBody | undefined {
    return this.#entries.get(name)?.running?.body;
  }

  stateOf(name: string): string | undefined {
    return this.#entries.get(name)?.actor?.state;
  }

  /** `wanted`: of which processes; without it, of all. Counting what each of 5,000 kubelets has to do takes its time. */
  *states(wanted?: (process: string) => boolean): IterableIterator<ComponentState> {
    for (const { definition, actor, running } of this.#entries.values()) {
      const { name, process } = definition;
      if (wanted && !wanted(process)) continue;
      yield {
        name,
        process,
        machine: actor ? componentMachine.id : "",
        state: actor?.state ?? (running ? running.body.activity : "stopped"),
        queued: running?.body.queued ?? 0,
        reconciled: running?.body.reconciled ?? 0,
      };
    }
  }

  save(): JsonObject {
    const components: Record<string, JsonValue> = {};
    for (const [name, { life, startedMs, actor, running }] of this.#entries) {
      const events = running?.context.recorder.save() ?? null;
      components[name] = { life, startedMs, actor: actor?.save() ?? null, body: running?.body.save() ?? null, events };
    }
    return { components, running: [...this.#running], lastStamp: String(this.#lastStamp) };
  }

  /** Continues as saved. All saved components must have been added, and no process started, before. */
  load(state: JsonObject): void {
    this.#lastStamp = BigInt(state.lastStamp as string);
    for (const process of state.running as string[]) this.#running.add(process);
    for (const [name, saved] of Object.entries(state.components as Record<string, JsonObject>)) {
      const entry = present(this.#entries.get(name), `component ${name} is saved but unknown`);
      entry.life = saved.life as number;
      entry.startedMs = saved.startedMs as number;
      if (entry.actor !== undefined) {
        entry.actor.stop();
        entry.actor = this.#restoredActor(entry, saved.actor as unknown as SavedActor);
      }
      if (saved.body === null) continue;
      const { body, context } = this.#run(entry);
      context.recorder.load(saved.events as JsonObject);
      body.resume(saved.body as JsonObject);
    }
  }

  #of(process: string): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.definition.process === process);
  }

  #actor(entry: Entry, role: ComponentRole): LiveActor<typeof componentMachine> {
    return new LiveActor({ ...this.#actorOptions(entry), input: role });
  }

  #restoredActor(entry: Entry, saved: SavedActor): LiveActor<typeof componentMachine> {
    return LiveActor.restore({ ...this.#actorOptions(entry), saved, timers: "on-clock" });
  }

  #actorOptions(entry: Entry) {
    const { clock } = this.#options;
    const { name } = entry.definition;
    return {
      machine: componentMachine,
      id: `lifecycle/${name}`,
      clock,
      onTransition: (transition: LiveTransition) => this.#onTransition(entry, transition),
    };
  }

  #onTransition(entry: Entry, { actions, to }: LiveTransition): void {
    const { clock, reachable, leads } = this.#options;
    const { name, process } = entry.definition;
    for (const action of actions) {
      if (action === "checkApi" && reachable(process)) entry.actor?.send({ type: "API_UP" });
      else if (action === "startInformers") clock.send(`lifecycle/${name}`, { type: "SYNCED" }, CACHE_SYNC_MS);
      else if (action === "joinElection" && leads(process)) entry.actor?.send({ type: "ELECTED" });
      else if (action === "startWorkers") this.#start(entry);
      else if (action === "stopWorkers" || action === "dropMemory") this.#stop(entry);
    }
    this.#options.onStateChange(name, process, to);
  }

  #start(entry: Entry): void {
    if (entry.running !== undefined) return;
    entry.life++;
    entry.startedMs = this.#options.clock.nowMs;
    const { clock } = this.#options;
    const { cause } = clock;
    // What it finds at its start has no single cause, and its rounds go on for ever.
    clock.cause = 0;
    this.#run(entry).body.start();
    clock.cause = cause;
  }

  #run(entry: Entry): Running {
    const { definition, startedMs } = entry;
    const address = `${definition.name}#${entry.life}`;
    const context = new HostContext(this.#options, definition, address, startedMs, this.#stamp);
    const body = definition.create(context);
    const unregister = this.#options.clock.register(address, (event) => {
      this.#options.because(definition.name, "");
      if (event.finishSeries === true) context.recorder.finishSeries();
      else body.handle(event);
    });
    const stop = () => {
      unregister();
      context.close();
    };
    entry.running = { body, context, stop };
    return entry.running;
  }

  #stop(entry: Entry): void {
    entry.running?.stop();
    entry.running = undefined;
  }

  /** Nanosecond stamps that never repeat, though virtual time has milliseconds. */
  #nextStamp(): bigint {
    const { clock, startEpochMs } = this.#options;
    const nowNs = BigInt(startEpochMs + clock.nowMs) * 1_000_000n;
    this.#lastStamp = nowNs > this.#lastStamp ? nowNs : this.#lastStamp + 1n;
    return this.#lastStamp;
  }
}

/** The context of one life of a component. */
class HostContext implements ComponentContext, RecorderHome {
  readonly name: string;
  readonly client: Client;
  readonly cache: Cache;
  readonly watcher: ComponentContext["watcher"];
  readonly recorder: Recorder;
  readonly stamp: () => bigint;
  readonly #options: HostOptions;
  readonly #address: string;
  readonly #closing: (() => void)[] = [];
  readonly #streams = new Map<string, RandomStream>();
  #resources: { readonly shape: number; readonly list: readonly ServedResource[] } | undefined;

  constructor(
    options: HostOptions,
    definition: ComponentDefinition,
    address: string,
    startedMs: number,
    stamp: () => bigint,
  ) {
    this.#options = options;
    this.#address = address;
    this.name = definition.name;
    this.cache = options.cache;
    const { name, process } = definition;
    this.client = options.clientFor(name, () => options.reachable(process), process);
    const { store } = options;
    this.watcher = {
      watch: (ref, handler) => this.#closing.push(store.of(ref).listen(this.name, this.#led(handler))),
      watchByIndex: (ref, index, value, handler) =>
        this.#closing.push(store.of(ref).listenByIndex(index, value, this.name, this.#led(handler))),
    };
    this.stamp = stamp;
    this.recorder = new Recorder(this, { source: definition.eventSource, host: definition.eventHost, startedMs });
  }

  get nowMs(): number {
    return this.#options.clock.nowMs;
  }

  get now(): string {
    return this.#options.formatTime(this.nowMs);
  }

  get nowMicro(): string {
    return this.formatMicroTime(this.nowMs);
  }

  finishSeriesLater(delayMs: number): void {
    this.send({ finishSeries: true }, delayMs);
  }

  formatMicroTime(ms: number): string {
    const milliseconds = String(ms % 1000).padStart(3, "0");
    return flat(`${this.formatTime(ms).slice(0, -1)}.${milliseconds}000Z`);
  }

  // Functions, not methods: those who use a context take apart what they need of it.
  parseMs = (time: string): number => this.#options.parseTime(time);

  formatTime = (ms: number): string => this.#options.formatTime(ms);

  random = (name: string): RandomStream => {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = this.#options.random.stream(`${this.name}/${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  };

  send = (event: JsonObject, delayMs: number): number => this.#options.clock.send(this.#address, event, delayMs);

  cancel = (seq: number): void => this.#options.clock.cancel(seq);

  recordEvent: ComponentContext["recordEvent"] = (about, text) => this.recorder.record(about, text);

  resources(): readonly ServedResource[] {
    const { store } = this.#options;
    if (this.#resources?.shape !== store.shape) {
      const list = [...store.collections].map(({ ref, indexers }) => ({
        ref,
        namespaced: indexers.some(([name]) => name === "namespace"),
      }));
      this.#resources = { shape: store.shape, list };
    }
    return this.#resources.list;
  }

  get cause(): number {
    return this.#options.clock.cause;
  }

  set cause(revision: number) {
    this.#options.clock.cause = revision;
  }

  /** What a handler asks for has the change that it hears of as its cause. */
  #led<T extends KubeObject>(handler: ChangeHandler<T>): ChangeHandler<T> {
    const { clock } = this.#options;
    return (change) => {
      const { cause } = clock;
      clock.cause = change.revision;
      handler(change);
      clock.cause = cause;
    };
  }

  because = (cause: string): void => this.#options.because(this.name, cause);

  close(): void {
    for (const close of this.#closing.splice(0)) close();
  }
}
