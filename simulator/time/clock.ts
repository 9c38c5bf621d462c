import TinyQueue from "tinyqueue";
import { assert } from "../base/assert.ts";
import type { JsonObject } from "../base/json.ts";

/** Pending work as data: at `dueMs` the handler registered for `to` gets `event`. `seq` breaks ties and names it. */
export interface Message {
  readonly dueMs: number;
  readonly seq: number;
  readonly to: string;
  readonly event: JsonObject;
  /** What led to it, see `Clock.cause`; absent: nothing but time. */
  readonly cause?: number;
}

export interface ClockState {
  readonly nowMs: number;
  readonly nextSeq: number;
  readonly handled: number;
  readonly pending: readonly Message[];
}

export type MessageHandler = (event: JsonObject) => void;

/**
 * Virtual time: one heap of due messages, handled in the order (dueMs, seq). Integer milliseconds. Nothing else moves
 * the simulation, so the same messages give the same run whatever the step width.
 */
export class Clock {
  #nowMs = 0;
  #nextSeq = 1;
  #handled = 0;
  #heap = new TinyQueue<Message>([], (a, b) => a.dueMs - b.dueMs || a.seq - b.seq);
  readonly #pending = new Set<number>();
  readonly #handlers = new Map<string, MessageHandler>();
  /** While it says so, time stands still: what is due waits for somebody outside. */
  isHeld: () => boolean = () => false;
  /**
   * What led to the work that is being done: the revision of a write, or 0. Messages hand it on to the work that they
   * ask for. It tells why, and decides nothing.
   */
  cause = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many messages were handled since the beginning: the position of an input between two messages. */
  get handled(): number {
    return this.#handled;
  }

  /** Due time of the next message, or undefined when nothing is pending. */
  get nextDueMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap.peek()?.dueMs;
  }

  /** Sends `event` to the address `to` after `delayMs`; returns a number for `cancel`. Later sends at one due time come later. */
  send(to: string, event: JsonObject, delayMs = 0): number {
    assert(Number.isSafeInteger(delayMs) && delayMs >= 0, `a delay of ${delayMs} ms to ${to}`);
    const seq = this.#nextSeq++;
    const dueMs = this.#nowMs + delayMs;
    this.#heap.push(this.cause === 0 ? { dueMs, seq, to, event } : { dueMs, seq, to, event, cause: this.cause });
    this.#pending.add(seq);
    return seq;
  }

  /** Takes a sent message back; one that was handled already is left alone. */
  cancel(seq: number): void {
    this.#pending.delete(seq);
  }

  /** Binds an address. A message to an address that nobody has is dropped: its component is gone. Returns the unbinding. */
  register(address: string, handler: MessageHandler): () => void {
    assert(!this.#handlers.has(address), `address ${address} is taken`);
    this.#handlers.set(address, handler);
    return () => {
      if (this.#handlers.get(address) === handler) this.#handlers.delete(address);
    };
  }

  /** Handles the next message if it is due at or before `untilMs`; false when there is none. */
  step(untilMs = Number.POSITIVE_INFINITY): boolean {
    if (this.isHeld()) return false;
    this.#dropCancelled();
    const message = this.#heap.peek();
    if (message === undefined || message.dueMs > untilMs) return false;
    this.#heap.pop();
    this.#pending.delete(message.seq);
    this.#nowMs = message.dueMs;
    this.#handled++;
    this.cause = message.cause ?? 0;
    this.#handlers.get(message.to)?.(message.event);
    this.cause = 0;
    return true;
  }

  /** Handles everything due up to and including `ms`, and stands at `ms` then; sooner when it is held. */
  advanceTo(ms: number): void {
    assert(Number.isSafeInteger(ms) && ms >= this.#nowMs, `time can't go from ${this.#nowMs} to ${ms} ms`);
    while (this.step(ms)) {}
    if (!this.isHeld()) this.#nowMs = ms;
  }

  /** Stands at `ms` without handling what is due just then: for an input that came before it. */
  standAt(ms: number): void {
    const next = this.nextDueMs ?? Number.POSITIVE_INFINITY;
    assert(ms >= this.#nowMs && ms <= next, `time can't stand at ${ms}: now ${this.#nowMs}, next ${next}`);
    this.#nowMs = ms;
  }

  save(): ClockState {
    this.#dropCancelled();
    const pending = this.#heap.data.filter((message) => this.#pending.has(message.seq));
    pending.sort((a, b) => a.dueMs - b.dueMs || a.seq - b.seq);
    return { nowMs: this.#nowMs, nextSeq: this.#nextSeq, handled: this.#handled, pending };
  }

  load(state: ClockState): void {
    this.#nowMs = state.nowMs;
    this.#nextSeq = state.nextSeq;
    this.#handled = state.handled;
    this.#heap = new TinyQueue<Message>([...state.pending], (a, b) => a.dueMs - b.dueMs || a.seq - b.seq);
    this.#pending.clear();
    for (const message of state.pending) this.#pending.add(message.seq);
  }

  #dropCancelled(): void {
    for (let top = this.#heap.peek(); top !== undefined && !this.#pending.has(top.seq); top = this.#heap.peek()) {
      this.#heap.pop();
    }
  }
}
