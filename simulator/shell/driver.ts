import type { JournalInput, ShellPort, Simulation } from "../index.ts";
import { Interpreter } from "./interpreter.ts";

let loading: Promise<ShellPort> | undefined;

/** The interpreter, loaded when the first script is met; one for all simulations of a process. */
function interpreter(): Promise<ShellPort> {
  loading ??= Interpreter.load();
  return loading;
}

/** Answers what a simulation's shells ask, so that its time can go on. */
export class ShellDriver {
  readonly #simulation: Simulation;
  #answering: Promise<void> | undefined;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Answers the question that time stands still for, if there is one. */
  answer(): Promise<void> {
    this.#answering ??= this.#answer().finally(() => {
      this.#answering = undefined;
    });
    return this.#answering;
  }

  async #answer(): Promise<void> {
    const port = await interpreter();
    const request = this.#simulation.shellRequest;
    if (request === undefined) return;
    const answer = await port.answer(request);
    // The container may be gone by now, and with it the question.
    if (this.#simulation.shellRequest === request) this.#simulation.answerShell(answer);
  }

  /**
   * Takes up inputs as `Simulation.takeUp` does. What was asked when an input came is answered before it, unless the input
   * was first.
   */
  async takeUp(inputs: readonly JournalInput[]): Promise<void> {
    for (const input of inputs) {
      await this.goTo(input.position);
      if (input.asking !== true) while (this.#simulation.shellRequest !== undefined) await this.answer();
      this.#simulation.takeUp([input]);
    }
  }

  /** Goes on until so many messages are handled. */
  async goTo(position: number): Promise<void> {
    const simulation = this.#simulation;
    while (simulation.clock.handled < position) {
      if (simulation.shellRequest !== undefined) await this.answer();
      else if (!simulation.step()) return;
    }
  }

  /** Moves time on to `ms`, whatever is asked on the way. */
  async advanceTo(ms: number): Promise<void> {
    const simulation = this.#simulation;
    while (simulation.nowMs < ms || simulation.shellRequest !== undefined) {
      if (simulation.shellRequest !== undefined) await this.answer();
      else simulation.advanceTo(ms);
    }
  }
}
