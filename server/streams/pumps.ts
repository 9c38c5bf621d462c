/** Whatever brings bytes from the simulation to a client: called when time has passed; true when it is over. */
export type Pump = () => boolean;

/** All streams that are open. They have something to give when time has passed, or when something came in. */
export class Pumps {
  readonly #pumps = new Map<Pump, () => void>();

  /** `stop` ends it from this side, when the server closes. */
  add(pump: Pump, stop: () => void): void {
    if (!pump()) this.#pumps.set(pump, stop);
  }

  delete(pump: Pump): void {
    this.#pumps.delete(pump);
  }

  run(): void {
    for (const pump of [...this.#pumps.keys()]) if (pump()) this.#pumps.delete(pump);
  }

  close(): void {
    for (const stop of this.#pumps.values()) stop();
    this.#pumps.clear();
  }
}
