import type { ShellPort, Simulation } from "../index.ts";
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

  /** Moves time on to `ms`, whatever is asked on the way. */
  async advanceTo(ms: number): Promise<void> {
    const simulation = this.#simulation;
    while (simulation.nowMs < ms || simulation.shellRequest !== undefined) {
      if (simulation.shellRequest !== undefined) await this.answer();
      else simulation.advanceTo(ms);
    }
  }
}
