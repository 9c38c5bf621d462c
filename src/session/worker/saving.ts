import { deleteDB, type IDBPDatabase, openDB } from "idb";
import type { SavedRun, Snapshot } from "../../../simulator/index.ts";

const DATABASE = "tabernetes-session";
const STORE = "snapshots";
const KEY = "present";
/** Counts up when what is kept changes its shape: an older one is not taken up. */
const FORMAT = 2;

/** What a reload finds again. */
export interface KeptSession {
  readonly snapshot: Snapshot;
  /** The lesson being played, if one is. */
  readonly lesson?: SavedRun;
}

interface Kept extends KeptSession {
  readonly format: number;
}

let opening: Promise<IDBPDatabase> | undefined;

function database(): Promise<IDBPDatabase> {
  opening ??= openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore(STORE) });
  return opening;
}

/** The session as the last visit left it; undefined where there is none, or none that can be read. */
export async function loadSession(): Promise<KeptSession | undefined> {
  try {
    const kept = (await (await database()).get(STORE, KEY)) as Kept | undefined;
    return kept?.format === FORMAT ? kept : undefined;
  } catch (error) {
    console.warn("The kept session could not be read:", error);
    return undefined;
  }
}

/** Keeps the session. Where the browser refuses storage, the tab goes on without. */
export async function saveSession(session: KeptSession): Promise<void> {
  try {
    const kept: Kept = { format: FORMAT, ...session };
    await (await database()).put(STORE, kept, KEY);
  } catch (error) {
    console.warn("The session could not be kept:", error);
  }
}

export async function forgetSession(): Promise<void> {
  try {
    (await database()).close();
    opening = undefined;
    await deleteDB(DATABASE);
  } catch (error) {
    console.warn("The kept session could not be deleted:", error);
  }
}
