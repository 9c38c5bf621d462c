import type { JsonObject, JsonValue } from "../simulator/index.ts";

/**
 * Stored objects are frozen, and rendered the same for all who list or watch them: each is written as JSON once. What nobody
 * asked for lately is forgotten.
 */

/** So many bytes are kept, twice: those asked for lately, and those before. */
const MOST_BYTES = 64 * 2 ** 20;
/** Objects up to the size that lists and watches have in great numbers; larger ones are worth no memory. */
const LARGEST_KEPT = 32 * 1024;

let recent = new WeakMap<object, Buffer>();
let older = new WeakMap<object, Buffer>();
let kept = 0;

/** An object as JSON. Do not change the bytes: others get the same. */
export function bytesOf(object: JsonObject): Buffer {
  const known = recent.get(object);
  if (known !== undefined) return known;
  const bytes = older.get(object) ?? Buffer.from(JSON.stringify(object));
  if (Object.isFrozen(object) && bytes.length <= LARGEST_KEPT) keep(object, bytes);
  return bytes;
}

function keep(object: object, bytes: Buffer): void {
  if (kept > MOST_BYTES) {
    older = recent;
    recent = new WeakMap();
    kept = 0;
  }
  kept += bytes.length;
  recent.set(object, bytes);
}

/** Bytes of several parts on their way together. */
class Parts {
  readonly #done: Buffer[] = [];
  #text = "";

  addText(text: string): void {
    this.#text += text;
  }

  addBytes(bytes: Buffer): void {
    this.#flush();
    this.#done.push(bytes);
  }

  join(): Buffer {
    this.#flush();
    return this.#done.length === 1 ? (this.#done[0] as Buffer) : Buffer.concat(this.#done);
  }

  #flush(): void {
    if (this.#text === "") return;
    this.#done.push(Buffer.from(this.#text));
    this.#text = "";
  }
}

/** An answer as one line of JSON, from the texts of the objects in it where it is a list or a Table. */
export function answerBytes(body: JsonObject): Buffer {
  const parts = new Parts();
  const list = Array.isArray(body.items) ? "items" : body.kind === "Table" && Array.isArray(body.rows) ? "rows" : "";
  if (list === "") parts.addText(JSON.stringify(body));
  else addList(parts, body, list);
  parts.addText("\n");
  return parts.join();
}

/** The list keeps its place among the other keys. */
function addList(parts: Parts, body: JsonObject, list: string): void {
  let before = "{";
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined) continue;
    parts.addText(`${before}${JSON.stringify(key)}:`);
    before = ",";
    if (key !== list) parts.addText(JSON.stringify(value));
    else {
      const items = value as readonly JsonValue[];
      for (const [place, item] of items.entries()) {
        parts.addText(place === 0 ? "[" : ",");
        if (list === "items") addItem(parts, item);
        else addRow(parts, item);
      }
      parts.addText(items.length === 0 ? "[]" : "]");
    }
  }
  parts.addText("}");
}

function addItem(parts: Parts, item: JsonValue): void {
  if (isObject(item)) parts.addBytes(bytesOf(item));
  else parts.addText(JSON.stringify(item));
}

/** The object is what a row has last. */
function addRow(parts: Parts, row: JsonValue): void {
  if (!isObject(row) || !isObject(row.object) || row.cells === undefined) {
    parts.addText(JSON.stringify(row));
    return;
  }
  const { object, ...rest } = row;
  parts.addText(`${JSON.stringify(rest).slice(0, -1)},"object":`);
  parts.addBytes(bytesOf(object));
  parts.addText("}");
}

/** Events of a watch, a line each. */
export function eventLines(events: readonly { readonly type: string; readonly object: JsonObject }[]): Buffer {
  const parts = new Parts();
  for (const { type, object } of events) {
    parts.addText(`{"type":"${type}","object":`);
    parts.addBytes(bytesOf(object));
    parts.addText("}\n");
  }
  return parts.join();
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
