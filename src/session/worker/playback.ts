/** What playback moves: time in a simulation, a slice at a time. */
export interface Movable {
  readonly nowMs: number;
  /** Goes on to `ms` or by `maxMessages` messages, whichever comes first; true when `ms` was reached. */
  advanceSome(ms: number, maxMessages: number): boolean;
  /** Something is asked outside, and time stands still until it is answered. */
  readonly shellRequest?: unknown;
}

/** Between two looks at the clock: one message may take as long as a whole slice, and a look costs next to nothing. */
const MESSAGES_A_LOOK = 1;
/** No more work than this between two moments in which a message from the page can be answered. */
export const SLICE_MS = 8;
/** Further behind than this, the rest of the debt is forgiven: the cluster runs slower instead of in jerks. */
const FORGIVEN_MS = 100;

/** Turns wall time into virtual time at a speed. It knows no timers: `slice` is called, and says what is left to do. */
export class Playback {
  readonly #wall: () => number;
  #target: Movable;
  #speed = 1;
  #paused = false;
  /** Wall and virtual time of the same instant, from which the present is reckoned. */
  #anchorWall: number;
  #anchorVirtual: number;

  constructor(target: Movable, wall: () => number) {
    this.#wall = wall;
    this.#target = target;
    this.#anchorWall = wall();
    this.#anchorVirtual = target.nowMs;
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Takes up the clock's wishes; a wish that did not change leaves the pace untouched. */
  set(speed: number, paused: boolean): void {
    if (speed === this.#speed && paused === this.#paused) return;
    this.#speed = speed;
    this.#paused = paused;
    this.anchor();
  }

  /** From here on: for when virtual time was moved by other hands. */
  anchor(): void {
    this.#anchorWall = this.#wall();
    this.#anchorVirtual = this.#target.nowMs;
  }

  /** Another simulation takes the place of this one. */
  retarget(target: Movable): void {
    this.#target = target;
    this.anchor();
  }

  /** Works for at most `SLICE_MS`; true when virtual time has caught up with the wall. */
  slice(): boolean {
    if (this.#paused) return true;
    const begun = this.#wall();
    const goal = Math.floor(this.#anchorVirtual + (begun - this.#anchorWall) * this.#speed);
    if (goal <= this.#target.nowMs) return true;
    while (!this.#target.advanceSome(goal, MESSAGES_A_LOOK)) {
      if (this.#wall() - begun < SLICE_MS && this.#target.shellRequest === undefined) continue;
      if (goal - this.#target.nowMs > FORGIVEN_MS * this.#speed) this.anchor();
      return false;
    }
    return true;
  }
}
