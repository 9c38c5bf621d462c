import { type IDBPDatabase, openDB } from "idb";

// What the page itself keeps over a reload and is too large for localStorage: the editor's text.

const DATABASE = "tabernetes-page";
const STORE = "kept";
let opening: Promise<IDBPDatabase> | undefined;

function database(): Promise<IDBPDatabase> {
  opening ??= openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore(STORE) });
  return opening;
}

/** Keeps a value. Where the browser refuses storage (private windows), nothing is kept and nothing breaks. */
export async function save(key: string, value: unknown): Promise<void> {
  try {
    await (await database()).put(STORE, value, key);
  } catch (error) {
    console.warn("Not kept:", key, error);
  }
}

export async function load<T>(key: string): Promise<T | undefined> {
  try {
    return (await (await database()).get(STORE, key)) as T | undefined;
  } catch {
    return undefined;
  }
}
