import { type IDBPDatabase, openDB } from "idb";
import type { JournalInput, SavedRun, Snapshot } from "../../../simulator/index.ts";
import type { Standing } from "./rerun.ts";

const DATABASE = "tabernetes-session";
const SNAPSHOTS = "snapshots";
const INPUTS = "inputs";
/** Counts up when what is kept changes its shape: an older one is not taken up. */
const FORMAT = 3;
/** Tabs that keep a session of their own at the same time; more of them go on without. */
const MOST_TABS = 8;
/** After a reload the worker of before may hold its place for a moment. */
const PATIENCE_MS = 1500;

/** What a reload finds again. */
export interface KeptSession {
  readonly snapshot: Snapshot;
  /** What came after the snapshot, in order. */
  readonly inputs: readonly JournalInput[];
  /** Where the run was last seen after them; undefined: nobody looked. */
  readonly standing?: Standing;
  /** The lesson being played, if one is. */
  readonly lesson?: SavedRun;
}

/** The journal of a run. */
interface Inputs {
  readonly inputs: readonly JournalInput[];
}

interface Kept extends Omit<KeptSession, "inputs" | "standing"> {
  readonly format: number;
}

/**
 * Keeps the session of a tab in the browser's database: a snapshot now and then, and each input as it comes. Where the
 * browser refuses storage, the tab goes on without. Tabs that are open together each have a place of their own.
 */
export class SessionKeeper {
  readonly #place: string;
  readonly #opening: Promise<IDBPDatabase> | undefined;
  #journal: Inputs | undefined;
  /** Its inputs that are kept, in the snapshot or beside it. */
  #noted = 0;
  /** The next input's number; it only ever grows. */
  #number = 0;
  /** Numbers of the inputs that were loaded. */
  #loaded: readonly number[] = [];
  #marked: number | undefined;
  #complained = false;

  private constructor(place: string | undefined) {
    this.#place = place ?? "";
    if (place === undefined) return;
    this.#opening = openDB(DATABASE, 2, {
      upgrade: (db) => {
        for (const store of [SNAPSHOTS, INPUTS]) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
      },
    });
    // Whoever asks for it hears of a refusal.
    this.#opening.catch(() => {});
  }

  static async open(): Promise<SessionKeeper> {
    return new SessionKeeper(await takePlace());
  }

  /** The session as the last visit left it; undefined where there is none, or none that can be read. */
  async load(): Promise<KeptSession | undefined> {
    return this.#attempt("read", async (database) => {
      const kept = (await database.get(SNAPSHOTS, this.#place)) as Kept | undefined;
      if (kept?.format !== FORMAT) return undefined;
      const [keys, inputs, standing] = await Promise.all([
        database.getAllKeys(INPUTS, this.#inputs()),
        database.getAll(INPUTS, this.#inputs()),
        database.get(SNAPSHOTS, this.#standing) as Promise<Standing | undefined>,
      ]);
      this.#loaded = (keys as [string, number][]).map(([, number]) => number);
      this.#number = (this.#loaded.at(-1) ?? -1) + 1;
      const { format: _, ...session } = kept;
      return { ...session, inputs: inputs as JournalInput[], ...(standing && { standing }) };
    });
  }

  /** From here on the inputs of this journal are noted; those it has are kept already. */
  begin(journal: Inputs): void {
    this.#journal = journal;
    this.#noted = journal.inputs.length;
  }

  /** Keeps the inputs that came since the last call. Those of another run follow with its first snapshot. */
  note(journal: Inputs): void {
    const { inputs } = journal;
    if (journal !== this.#journal || inputs.length === this.#noted || this.#opening === undefined) return;
    const fresh = inputs.slice(this.#noted);
    const first = this.#number;
    this.#noted = inputs.length;
    this.#number += fresh.length;
    void this.#attempt("kept", async (database) => {
      const transaction = database.transaction(INPUTS, "readwrite");
      for (const [at, input] of fresh.entries()) void transaction.store.put(input, [this.#place, first + at]);
      await transaction.done;
    });
  }

  /** Notes how far the run has come, for a session that is kept as its inputs: a reload plays it up to there. */
  async mark(standing: Standing): Promise<void> {
    if (this.#opening === undefined || standing.handled === this.#marked) return;
    this.#marked = standing.handled;
    await this.#attempt("kept", (database) => database.put(SNAPSHOTS, standing, this.#standing));
  }

  /** Of what was loaded, only the first inputs are kept, and no mark: the run goes another way from there. */
  async cut(inputs: number): Promise<void> {
    const first = this.#loaded[inputs];
    await this.#attempt("kept", async (database) => {
      const transaction = database.transaction([SNAPSHOTS, INPUTS], "readwrite");
      void transaction.objectStore(SNAPSHOTS).delete(this.#standing);
      if (first !== undefined) {
        const range = IDBKeyRange.bound([this.#place, first], [this.#place, Number.POSITIVE_INFINITY]);
        void transaction.objectStore(INPUTS).delete(range);
      }
      await transaction.done;
    });
  }

  /** Keeps the whole session; the inputs before it need not be kept any more. Refused as a whole, or kept as a whole. */
  async save(session: Omit<KeptSession, "inputs" | "standing">, journal: Inputs): Promise<void> {
    this.note(journal);
    this.begin(journal);
    const upTo = this.#number;
    await this.#attempt("kept", async (database) => {
      const kept: Kept = { format: FORMAT, ...session };
      const transaction = database.transaction([SNAPSHOTS, INPUTS], "readwrite");
      // A snapshot that is too large fails at once or aborts the transaction: then the older one and its inputs stay.
      void transaction
        .objectStore(INPUTS)
        .delete(this.#inputs(upTo))
        .catch(() => {});
      const snapshots = transaction.objectStore(SNAPSHOTS);
      // It stood for the older one.
      void snapshots.delete(this.#standing).catch(() => {});
      await Promise.all([snapshots.put(kept, this.#place), transaction.done]);
    });
  }

  async forget(): Promise<void> {
    await this.#attempt("deleted", async (database) => {
      const transaction = database.transaction([SNAPSHOTS, INPUTS], "readwrite");
      void transaction.objectStore(SNAPSHOTS).delete(this.#place);
      void transaction.objectStore(SNAPSHOTS).delete(this.#standing);
      void transaction.objectStore(INPUTS).delete(this.#inputs());
      await transaction.done;
    });
  }

  get #standing(): string {
    return `${this.#place}/standing`;
  }

  /** Why nothing is kept, once the browser has refused to. */
  get refused(): boolean {
    return this.#complained;
  }

  /** The keys of this tab's inputs, those below a number where one is given. */
  #inputs(below = Number.POSITIVE_INFINITY): IDBKeyRange {
    return IDBKeyRange.bound([this.#place], [this.#place, below], false, true);
  }

  async #attempt<T>(what: string, action: (database: IDBPDatabase) => Promise<T>): Promise<T | undefined> {
    if (this.#opening === undefined) return undefined;
    try {
      return await action(await this.#opening);
    } catch (error) {
      // Said once: a browser that refuses storage does so every few seconds.
      if (!this.#complained) console.warn(`The session could not be ${what}; it goes on without:`, error);
      this.#complained = true;
      return undefined;
    }
  }
}

/** A place that no other tab has; it is free again when this worker ends. Undefined: all are taken. */
async function takePlace(): Promise<string | undefined> {
  const { locks } = navigator as { readonly locks?: LockManager };
  // Without locks (an insecure address) tabs cannot know of one another.
  if (locks === undefined) return placeName(0);
  for (let number = 0; number < MOST_TABS; number++) {
    const place = placeName(number);
    if (await lock(locks, place, number === 0 ? PATIENCE_MS : 0)) return place;
  }
  console.warn("Too many tabs keep a session: this one is not kept.");
  return undefined;
}

function placeName(number: number): string {
  return number === 0 ? "present" : `present-${number + 1}`;
}

/** Takes a lock for as long as the worker lives, when it can be had within so many milliseconds. */
function lock(locks: LockManager, place: string, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = patienceMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(patienceMs) };
    const held = locks.request(`${DATABASE}/${place}`, options, (granted) => {
      resolve(granted !== null);
      return granted === null ? undefined : new Promise<void>(() => {});
    });
    held.catch(() => resolve(false));
  });
}
