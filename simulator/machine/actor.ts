import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type ContextFrom,
  createActor,
  type EventFromLogic,
  type EventObject,
  type InputFrom,
  type InspectionEvent,
  type Snapshot,
} from "xstate";
import { assert } from "../base/assert.ts";
import { cloneJson, deepFreeze, isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Clock } from "../time/clock.ts";
import { rootOf, stateName, walk } from "./nodes.ts";

/** What the clock must offer; the simulation's Clock does. */
export type ActorClock = Pick<Clock, "nowMs" | "send" | "cancel" | "register">;

/** One macrostep that did something. `from` is undefined for the start. */
export interface LiveTransition {
  readonly from: string | undefined;
  readonly to: string;
  readonly event: EventObject;
  /** Names of the actions, in xstate's order; what xstate does itself (assign, raise) is not among them. */
  readonly actions: readonly string[];
}

export interface LiveActorOptions<Machine extends AnyStateMachine> {
  readonly machine: Machine;
  /** Also the actor's address on the clock: other parts may send it events there, as `{type: ...}`. */
  readonly id: string;
  readonly clock: ActorClock;
  readonly input?: InputFrom<Machine>;
  /** Called in the middle of a send: do what the actions name. Events sent to the actor from here wait their turn. */
  readonly onTransition?: (transition: LiveTransition) => void;
}

export interface SavedTimer {
  readonly [key: string]: JsonValue;
  /** xstate's id of the delayed event. */
  readonly id: string;
  readonly event: JsonObject;
  readonly dueMs: number;
  /** Its message on the clock. */
  readonly seq: number;
}

export interface SavedActor {
  readonly [key: string]: JsonValue;
  readonly machine: string;
  readonly running: boolean;
  readonly snapshot: JsonObject;
  readonly timers: readonly SavedTimer[];
  readonly nextTimer: number;
}

export interface RestoreOptions<Machine extends AnyStateMachine> extends Omit<LiveActorOptions<Machine>, "input"> {
  readonly saved: SavedActor;
  /**
   * "on-clock": the clock was loaded from the same instant and still holds the timer messages (a restored simulation);
   * "rearm": it doesn't, so send them anew for their due times (an actor moved onto another clock).
   * To rewind in place, stop the old actor before the clock is loaded: stopping takes its messages off the clock.
   */
  readonly timers: "on-clock" | "rearm";
}

/**
 * An xstate actor on the simulation's clock. Its delayed events are messages on the clock's heap, `{timer, event}` sent
 * to its own address; xstate never sees a wall clock, and an error in a guard or action comes out of `send`.
 */
export class LiveActor<Machine extends AnyStateMachine = AnyStateMachine> {
  readonly id: string;
  readonly #machine: Machine;
  readonly #clock: ActorClock;
  readonly #actor: ReturnType<typeof createActor<AnyStateMachine>>;
  readonly #onTransition: ((transition: LiveTransition) => void) | undefined;
  readonly #timers = new Map<string, SavedTimer>();
  readonly #saved: RestoreOptions<Machine> | undefined;
  #nextTimer = 1;
  #phase: "new" | "starting" | "running" | "stopped" = "new";
  #unregister: (() => void) | undefined;
  #actions: string[] = [];
  #last: { readonly snapshot: unknown; readonly state: string } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LiveActorOptions<Machine>, restored?: RestoreOptions<Machine>) {
    refuseWhatActorsCannotCarry(options.machine);
    this.id = options.id;
    this.#machine = options.machine;
    this.#clock = options.clock;
    this.#onTransition = options.onTransition;
    this.#saved = restored;
    this.#actor = createActor(options.machine as AnyStateMachine, {
      id: options.id,
      input: options.input,
      snapshot:
        restored === undefined ? undefined : (cloneJson(restored.saved.snapshot) as unknown as Snapshot<unknown>),
      inspect: (event) => this.#inspect(event),
      clock: { setTimeout: noWallTime, clearTimeout: noWallTime },
      logger: noConsole,
    });
    Object.assign(this.#actor.system.scheduler, {
      schedule: this.#schedule.bind(this),
      cancel: (_source: AnyActorRef, id: string) => this.#cancel(id),
      cancelAll: () => this.#cancelAll(),
    });
    // With an error observer here xstate reports to us; without one it throws from a wall timer.
    this.#actor.subscribe({ error: (error) => this.#fail(error) });
  }

  /** An actor as it was saved, running again if it ran then. No entry action is repeated. */
  static restore<Machine extends AnyStateMachine>(options: RestoreOptions<Machine>): LiveActor<Machine> {
    const { saved, machine } = options;
    assert(saved.machine === machine.id, `state of machine "${saved.machine}" given to a "${machine.id}"`);
    const actor = new LiveActor<Machine>(options, options);
    if (saved.running) actor.start();
    else actor.#phase = "stopped";
    return actor;
  }

  /** The state's dotted name, "running.ready". */
  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }

  get context(): ContextFrom<Machine> {
    return this.#actor.getSnapshot().context;
  }

  /** Whether it was started, and neither stopped nor came to a final state. */
  get running(): boolean {
    return this.#phase === "running" && this.#actor.getSnapshot().status === "active";
  }

  hasTag(tag: string): boolean {
    return this.#actor.getSnapshot().hasTag(tag);
  }

  /** Binds the address and runs the entry actions of the initial state. Throws what they throw. */
  start(): void {
    assert(this.#phase === "new", `actor ${this.id} was started already`);
    this.#unregister = this.#clock.register(this.id, (message) => this.#receive(message));
    const restored = this.#saved;
    if (restored !== undefined) this.#restoreTimers(restored);
    this.#phase = "starting";
    const snapshot = this.#actor.getSnapshot();
    if (restored !== undefined) this.#last = { snapshot, state: this.state };
    this.#actor.start();
    if (this.#phase === "starting") this.#phase = "running";
    this.#throwFailure();
  }

  /** Ends the actor without exit actions: its timers are called off and its address is free. */
  stop(): void {
    if (this.#phase === "stopped") return;
    if (this.#phase === "running" || this.#phase === "starting") this.#actor.stop();
    this.#phase = "stopped";
    this.#unregister?.();
  }

  /** Handles an event now, or after the one being handled. Ignored when the machine is over or stopped. */
  send(event: EventFromLogic<Machine>): void {
    this.#deliver(event as EventObject);
  }

  /** All there is to know to go on later: frozen JSON. Throws when the context holds something else than JSON. */
  save(): SavedActor {
    assert(this.#phase === "running" || this.#phase === "stopped", `actor ${this.id} is not started: nothing to save`);
    const snapshot = this.#actor.getPersistedSnapshot();
    assertJson(this.context, `the context of actor ${this.id}`);
    return deepFreeze({
      machine: this.#machine.id,
      running: this.#phase === "running",
      snapshot: cloneJson(snapshot) as JsonObject,
      timers: [...this.#timers.values()].sort((a, b) => a.dueMs - b.dueMs || a.seq - b.seq),
      nextTimer: this.#nextTimer,
    });
  }

  #deliver(event: EventObject): void {
    assert(this.#phase !== "new", `actor ${this.id} got "${event.type}" before it was started`);
    if (this.#phase === "stopped" || this.#actor.getSnapshot().status !== "active") return;
    this.#actor.send(event);
    this.#throwFailure();
  }

  #receive(message: JsonObject): void {
    const event = "timer" in message ? message.event : message;
    if ("timer" in message) {
      const known = this.#timers.delete(String(message.timer));
      assert(known, `actor ${this.id} got the timer ${String(message.timer)}, which it doesn't wait for`);
    }
    assert(isObject(event) && typeof event.type === "string", `a message without a type to actor ${this.id}`);
    this.#deliver(event as unknown as EventObject);
  }

  /** In place of xstate's scheduler, which would draw ids from Math.random and times from Date.now. */
  #schedule(source: AnyActorRef, target: AnyActorRef, event: EventObject, delay: number, id?: string): void {
    assert(source === this.#actor && target === this.#actor, `actor ${this.id} can only delay events to itself`);
    const timer = id ?? `delayed-${this.#nextTimer++}`;
    this.#cancel(timer);
    this.#arm(timer, cloneJson(event) as unknown as JsonObject, this.#clock.nowMs + delay);
  }

  #arm(id: string, event: JsonObject, dueMs: number): void {
    const seq = this.#clock.send(this.id, { timer: id, event }, dueMs - this.#clock.nowMs);
    this.#timers.set(id, { id, event, dueMs, seq });
  }

  #cancel(id: string): void {
    const timer = this.#timers.get(id);
    if (timer === undefined) return;
    this.#clock.cancel(timer.seq);
    this.#timers.delete(id);
  }

  #cancelAll(): void {
    for (const id of [...this.#timers.keys()]) this.#cancel(id);
  }

  #restoreTimers({ saved, timers }: RestoreOptions<Machine>): void {
    this.#nextTimer = saved.nextTimer;
    for (const timer of saved.timers) {
      if (timers === "on-clock") this.#timers.set(timer.id, timer);
      else this.#arm(timer.id, timer.event, timer.dueMs);
    }
  }

  #inspect(inspected: InspectionEvent): void {
    if (inspected.type === "@xstate.snapshot") {
      this.#settled(inspected.snapshot as AnyMachineSnapshot, inspected.event);
    } else if (inspected.type === "@xstate.action" && !inspected.action.type.startsWith("xstate.")) {
      this.#actions.push(inspected.action.type);
    }
  }

  /** xstate tells of every event, handled or not; only what did something goes on. */
  #settled(snapshot: AnyMachineSnapshot, event: EventObject): void {
    if (snapshot.status === "stopped" || this.#failure !== undefined) return;
    const from = this.#last;
    const to = stateName(snapshot.value);
    const actions = Object.freeze(this.#actions.splice(0));
    this.#last = { snapshot, state: to };
    if (from?.snapshot === snapshot && actions.length === 0) return;
    try {
      this.#onTransition?.({ from: from?.state, to, event, actions });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    throw failure.error;
  }
}

function refuseWhatActorsCannotCarry(machine: AnyStateMachine): void {
  for (const node of walk(rootOf(machine))) {
    const cause =
      node.type === "parallel" ? "is parallel" : node.config.invoke !== undefined ? "invokes an actor" : undefined;
    assert(cause === undefined, `state "${node.id}" ${cause}: a live actor has one state and no children`);
  }
}

function assertJson(value: unknown, where: string): void {
  if (value === null || value === undefined) return;
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  const isPlain =
    typeof value === "object" && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
  assert(isPlain, `${where} is not JSON`);
  for (const [key, item] of Object.entries(value as object)) assertJson(item, `${where}.${key}`);
}

function noWallTime(): never {
  throw new Error("an actor asked for wall time");
}

function noConsole(): never {
  throw new Error("an actor wanted to log: the simulator has no console");
}
