import type { ApiRequest } from "../api/http.ts";
import { keyOf } from "../api/object.ts";
import type { Change, ChangeType } from "../api/store.ts";
import type { ChannelMessage } from "../api/streams.ts";
import { whatChanged } from "./what-changed.ts";

/** At which point of the run an input came. */
export interface InputPlace {
  /** Messages handled before it: places it exactly, also between two messages of one millisecond. */
  readonly position: number;
  readonly atMs: number;
  /** It came while a shell's command was being answered: it was first. */
  readonly asking?: true;
}

/** A request from outside; one that upgrades opens a connection. */
interface RequestInput extends InputPlace {
  readonly request: ApiRequest;
  readonly upgrades?: true;
}

/** What a client sent on an open connection; null: it hung up. */
interface ConnectionInput extends InputPlace {
  readonly connection: number;
  readonly message: ChannelMessage | null;
}

export type JournalInput = RequestInput | ConnectionInput;

/** One write, and why: which component wrote it while working on what. */
export interface JournalWrite {
  readonly revision: number;
  readonly atMs: number;
  readonly type: ChangeType;
  /** Resource id and key, such as `pods` `default/web-1`. */
  readonly resource: string;
  readonly key: string;
  /** The component, or the user for an input. */
  readonly by: string;
  /** The key it was reconciling, or the request. */
  readonly because: string;
  /** Revision of the write that led to that work; absent: an input did, or only time. */
  readonly cause?: number;
  /** What became of the object, in words: see what-changed.ts. */
  readonly what: string;
}

export interface JournalState {
  readonly inputs: readonly JournalInput[];
  readonly writes: readonly JournalWrite[];
}

/** Writes remembered at most; the oldest half is dropped beyond it. Inputs are kept for ever: they are the run. */
const MAX_WRITES = 20_000;

/** What came in, and what came of it: `seed + inputs = the run`. */
export class Journal {
  #inputs: JournalInput[] = [];
  #writes: JournalWrite[] = [];
  #by = "";
  #because = "";

  get inputs(): readonly JournalInput[] {
    return this.#inputs;
  }

  get writes(): readonly JournalWrite[] {
    return this.#writes;
  }

  addInput(input: JournalInput): void {
    this.#inputs.push(input);
  }

  /** The write that made a revision, as long as it is remembered. */
  writeAt(revision: number): JournalWrite | undefined {
    let [low, high] = [0, this.#writes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#writes[middle]?.revision ?? 0) < revision) low = middle + 1;
      else high = middle;
    }
    const found = this.#writes[low];
    return found?.revision === revision ? found : undefined;
  }

  /** Names the author of the writes that follow. */
  author(by: string, because: string): void {
    this.#by = by;
    this.#because = because;
  }

  /** Notes a commit. Heartbeats are left out: they would drown the rest. */
  addWrite(change: Change, resource: string, atMs: number, cause: number): void {
    if (resource === "leases.coordination.k8s.io") return;
    const { type, revision, object } = change;
    const key = keyOf(object);
    const by = this.#by;
    const because = this.#because;
    const what = whatChanged(change);
    // Each in one literal: an object that is spread into another gets a hidden class of its own, here one a write.
    this.#writes.push(
      cause === 0
        ? { revision, atMs, type, resource, key, by, because, what }
        : { revision, atMs, type, resource, key, by, because, cause, what },
    );
    if (this.#writes.length > MAX_WRITES) this.#writes.splice(0, MAX_WRITES / 2);
  }

  save(): JournalState {
    return { inputs: [...this.#inputs], writes: [...this.#writes] };
  }

  load(state: JournalState): void {
    this.#inputs = [...state.inputs];
    this.#writes = [...state.writes];
  }
}
