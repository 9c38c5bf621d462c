import type { JournalInput, Simulation } from "../../../simulator/index.ts";
import { SLICE_MS } from "./playback.ts";

/** How far a run had come. */
export interface Standing {
  readonly nowMs: number;
  /** Messages handled: of the work of a run, they tell more than its time. */
  readonly handled: number;
}

/** What playing again needs of a simulation. */
export type Playable = Pick<Simulation, "nowMs" | "shellRequest" | "step" | "advanceSome" | "takeUp"> & {
  readonly clock: Pick<Simulation["clock"], "handled">;
};

/**
 * Plays a kept run again from its snapshot to where it stood, a slice at a time, so that the page can be shown it on the
 * way. While a shell is asked something it waits, as the run did.
 */
export class Rerun {
  readonly #simulation: Playable;
  readonly #inputs: readonly JournalInput[];
  readonly #until: Standing;
  readonly #from: number;
  #taken = 0;
  /** What is due where it stood is done. */
  #arrived: boolean;

  /** `standing`: where the run was last seen; undefined: at its last input. */
  constructor(simulation: Playable, inputs: readonly JournalInput[], standing: Standing | undefined) {
    const last = inputs.at(-1);
    this.#simulation = simulation;
    this.#inputs = inputs;
    this.#from = simulation.clock.handled;
    this.#until = {
      nowMs: Math.max(standing?.nowMs ?? 0, last?.atMs ?? 0),
      handled: Math.max(standing?.handled ?? 0, last?.position ?? 0),
    };
    this.#arrived = simulation.clock.handled >= (standing?.handled ?? 0);
  }

  /** Inputs that were taken up so far. */
  get taken(): number {
    return this.#taken;
  }

  get done(): boolean {
    return this.#taken === this.#inputs.length && this.#arrived;
  }

  /** How much of it is played, 0 to 1. */
  get share(): number {
    const all = this.#until.handled - this.#from;
    return all <= 0 ? 1 : Math.min(1, (this.#simulation.clock.handled - this.#from) / all);
  }

  /** Works for a few milliseconds, or until a shell is asked. */
  slice(wall: () => number): void {
    const begun = wall();
    while (!this.done && this.#step() && wall() - begun < SLICE_MS) {}
  }

  /** One message or one input; false: a shell must be answered first. */
  #step(): boolean {
    const simulation = this.#simulation;
    const asked = simulation.shellRequest !== undefined;
    const input = this.#inputs[this.#taken];
    if (input === undefined) {
      if (asked) return false;
      this.#arrived = simulation.advanceSome(this.#until.nowMs, 1);
      return true;
    }
    if (simulation.clock.handled < input.position) {
      if (asked) return false;
      if (simulation.step()) return true;
    } else if (asked && input.asking !== true) return false;
    simulation.takeUp([input]);
    this.#taken += 1;
    return true;
  }
}
