import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type JournalInput, type Parts, Simulation, type Snapshot } from "../simulator/index.ts";
import { ShellDriver } from "../simulator/shell/driver.ts";
import type { InputKeeper } from "./cluster.ts";

const sync = promisify(fdatasync);

/** After so much journal a new snapshot is worth its while: reading it back must stay quick. */
const JOURNAL_BYTES = 16 * 1024 * 1024;

/** How much of what the cluster did by itself may be done again after a crash: it is done in the same way. */
const MARK_EVERY_MS = 1000;

/** One line of the journal: an input at its place in the run, or only how far the run had come. */
type Line = JournalInput | Pick<JournalInput, "position" | "atMs">;

interface Saved {
  readonly version: 2;
  /** Number of the journal that goes on from here. */
  readonly journal: number;
  readonly snapshot: Snapshot;
}

/**
 * A folder that a cluster survives in: a snapshot, and a journal of the inputs since. An input is written before its
 * answer is given, so no acknowledged write is lost; what the cluster itself does follows from them.
 */
export class DataFolder implements InputKeeper {
  readonly #folder: string;
  #simulation: Simulation | undefined;
  #number = 1;
  #file = -1;
  #size = 0;
  /** Inputs of the simulation's journal that are written already. */
  #written = 0;
  #syncing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #marks: NodeJS.Timeout | undefined;
  #marked = -1;

  /** Takes the folder; throws an Error with one sentence when it can't be used, or another server uses it. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#lock();
  }

  /** The cluster that the folder holds, where it stood; undefined when it holds none. */
  async restore(parts: Parts): Promise<Simulation | undefined> {
    const file = join(this.#folder, "snapshot.json");
    if (!existsSync(file)) return undefined;
    const saved = JSON.parse(readFileSync(file, "utf8")) as Saved;
    if (saved.version !== 2) {
      throw new Error(
        `${this.#folder} was written by another version of Tabernetes: give an empty folder, or remove this one`,
      );
    }
    const simulation = Simulation.restore(saved.snapshot, parts);
    const shells = new ShellDriver(simulation);
    this.#number = saved.journal;
    for (;;) {
      const journal = this.#journalFile(this.#number);
      if (!existsSync(journal)) break;
      for (const line of readLines(journal)) await play(simulation, shells, line);
      this.#number++;
    }
    return simulation;
  }

  /** Keeps this simulation from now on. */
  keep(simulation: Simulation): void {
    this.#simulation = simulation;
    this.save();
    this.#marks = setInterval(() => this.note(), MARK_EVERY_MS);
  }

  /** Writes the whole state; the journal begins anew. */
  save(): void {
    const simulation = this.#simulation;
    if (simulation === undefined) return;
    const next = this.#number + 1;
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = openSync(this.#journalFile(next), "a", 0o600);
    this.#number = next;
    this.#size = 0;
    // What the snapshot holds need not be played again.
    simulation.journal.load({ inputs: [], writes: simulation.journal.writes });
    this.#written = 0;
    const saved: Saved = { version: 2, journal: next, snapshot: simulation.snapshot() };
    const fresh = join(this.#folder, "snapshot.json.new");
    const file = openSync(fresh, "w", 0o600);
    writeFileSync(file, JSON.stringify(saved));
    fsyncSync(file);
    closeSync(file);
    renameSync(fresh, join(this.#folder, "snapshot.json"));
    this.#syncFolder();
    for (const name of readdirSync(this.#folder)) {
      if (/^journal-\d+\.jsonl$/.test(name) && name !== journalName(next)) rmSync(join(this.#folder, name));
    }
  }

  note(): void {
    const simulation = this.#simulation;
    if (simulation === undefined) return;
    const { inputs } = simulation.journal;
    const fresh: Line[] = inputs.slice(this.#written);
    this.#written = inputs.length;
    const position = simulation.clock.handled;
    if (fresh.length === 0 && position === this.#marked) return;
    this.#marked = position;
    const lines = fresh.length > 0 ? fresh : [{ position, atMs: simulation.nowMs }];
    this.#size += writeSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** One sync serves all who wait for it; those that come while it runs wait for the next. */
  durable(): Promise<void> {
    if (this.#syncing === undefined) {
      this.#syncing = this.#sync();
      return this.#syncing;
    }
    this.#next ??= this.#syncing.then(() => {
      this.#next = undefined;
      this.#syncing = this.#sync();
      return this.#syncing;
    });
    return this.#next;
  }

  async #sync(): Promise<void> {
    await sync(this.#file);
    this.#syncing = undefined;
    if (this.#size > JOURNAL_BYTES) this.save();
  }

  /** The last state is kept, and the folder is free. */
  async close(): Promise<void> {
    clearInterval(this.#marks);
    await this.durable();
    this.save();
    closeSync(this.#file);
    rmSync(join(this.#folder, "lock"), { force: true });
  }

  #journalFile(number: number): string {
    return join(this.#folder, journalName(number));
  }

  #syncFolder(): void {
    const folder = openSync(this.#folder, "r");
    fsyncSync(folder);
    closeSync(folder);
  }

  #lock(): void {
    const lock = join(this.#folder, "lock");
    if (existsSync(lock)) {
      const owner = Number(readFileSync(lock, "utf8"));
      if (owner !== process.pid && isAlive(owner)) {
        throw new Error(`${this.#folder} is in use by another server (process ${owner})`);
      }
    }
    writeFileSync(lock, String(process.pid));
  }
}

function journalName(number: number): string {
  return `journal-${number}.jsonl`;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The lines of a journal. A last line that a crash cut off was never acknowledged. */
function readLines(file: string): Line[] {
  const texts = readFileSync(file, "utf8").split("\n");
  texts.pop();
  return texts.map((text) => JSON.parse(text) as Line);
}

/** Brings a run to the place of a line, and gives it the input. */
async function play(simulation: Simulation, shells: ShellDriver, line: Line): Promise<void> {
  const { position, atMs } = line;
  await shells.goTo(position);
  if (simulation.clock.handled !== position)
    throw new Error(`the journal does not belong to the snapshot: ${position}`);
  simulation.clock.standAt(atMs);
  if ("request" in line || "connection" in line) await shells.takeUp([line]);
}
