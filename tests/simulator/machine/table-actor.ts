import type { AnyStateMachine } from "xstate";
import type { JsonObject } from "../../../simulator/base/json.ts";
import {
  type CompiledMachine,
  compileMachine,
  type MachineEvent,
  type Outcome,
} from "../../../simulator/machine/compile.ts";
import type { Clock } from "../../../simulator/time/clock.ts";

export interface LogLine {
  readonly atMs: number;
  readonly from: string | undefined;
  readonly to: string;
  readonly actions: readonly string[];
}

/** The smallest owner of a compiled table: a state, and its timers as messages on a clock. */
export class TableActor {
  readonly #table: CompiledMachine;
  readonly #clock: Clock;
  readonly #context: unknown;
  readonly #log: (line: LogLine) => void;
  readonly #timers = new Map<string, number>();
  #state: string | undefined;

  constructor(machine: AnyStateMachine, clock: Clock, context: unknown, log: (line: LogLine) => void) {
    this.#table = compileMachine(machine);
    this.#clock = clock;
    this.#context = context;
    this.#log = log;
    clock.register("table", (event) => {
      this.#timers.delete(String(event.type));
      this.send(event as JsonObject & MachineEvent);
    });
  }

  get state(): string | undefined {
    return this.#state;
  }

  /** The delayed events it waits for. */
  get waiting(): string[] {
    return [...this.#timers.keys()].sort();
  }

  start(): void {
    this.#apply(this.#table.start(this.#context), { type: "xstate.init" });
  }

  send(event: JsonObject & MachineEvent): void {
    const outcome = this.#table.transition(this.#state ?? "", event.type, this.#context, event);
    if (outcome !== undefined) this.#apply(outcome, event);
  }

  #apply(outcome: Outcome, event: MachineEvent): void {
    for (const timer of outcome.timersToCancel) {
      const seq = this.#timers.get(timer);
      if (seq !== undefined) this.#clock.cancel(seq);
      this.#timers.delete(timer);
    }
    for (const { delay, event: type } of outcome.timersToStart) {
      const delayMs = this.#table.delayMs(delay, this.#context, event);
      this.#timers.set(type, this.#clock.send("table", { type }, delayMs));
    }
    this.#log({ atMs: this.#clock.nowMs, from: this.#state, to: outcome.state, actions: outcome.actions });
    this.#state = outcome.state;
  }
}
