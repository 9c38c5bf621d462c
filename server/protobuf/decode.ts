import { Reader } from "protobufjs/minimal.js";
import type { JsonObject, JsonValue } from "../../simulator/index.ts";
import { type MessageField, messageName, messageOf, type ValueType } from "./table.ts";

/** What every protobuf body of the API begins with. */
export const MAGIC = Buffer.from("k8s\0");

export function isProtobuf(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** The object in a protobuf body as JSON would have it; an Error says why there is none. */
export function decodeProtobuf(bytes: Uint8Array): JsonObject | Error {
  try {
    const { apiVersion, kind, raw, contentType } = envelope(new Reader(bytes.subarray(MAGIC.length)));
    if (contentType.includes("json")) return JSON.parse(Buffer.from(raw).toString());
    const name = messageName(apiVersion, kind);
    // Of a kind without a message only the type is known: the API server refuses it, in its own words.
    if (name === undefined) return { apiVersion, kind };
    return { apiVersion, kind, ...(decodeMessage(name, new Reader(raw)) as JsonObject) };
  } catch (error) {
    return new Error(`proto: ${error instanceof Error ? error.message : error}`);
  }
}

/** Models apimachinery pkg/runtime Unknown. */
function envelope(reader: Reader) {
  const found = { apiVersion: "", kind: "", raw: new Uint8Array() as Uint8Array, contentType: "" };
  eachField(reader, (number) => {
    if (number === 1) {
      eachField(new Reader(reader.bytes()), (part, inner) => {
        if (part === 1) found.apiVersion = inner.string();
        else if (part === 2) found.kind = inner.string();
        else return false;
        return true;
      });
    } else if (number === 2) found.raw = reader.bytes();
    else if (number === 4) found.contentType = reader.string();
    else return false;
    return true;
  });
  return found;
}

/** Walks the fields of a message; those that `read` does not take are skipped. */
function eachField(reader: Reader, read: (number: number, reader: Reader) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, reader)) reader.skipType(tag & 7);
  }
}

function decodeMessage(name: string, reader: Reader): JsonValue {
  const fields = messageOf(name) ?? [];
  const object: Record<string, JsonValue> = Object.create(null);
  const whole: JsonValue[] = [];
  eachField(reader, (number) => {
    const field = fields.find((one) => one.number === number);
    if (field === undefined) return false;
    if (field.json === "=") whole.push(decodeValue(field.type, reader));
    else decodeField(field, reader, object);
    return true;
  });
  return fields[0]?.json === "=" ? whole : { ...object };
}

function decodeField(field: MessageField, reader: Reader, object: Record<string, JsonValue>): void {
  const { json, shape, type } = field;
  if (shape === "list") {
    const list = (object[json] as JsonValue[] | undefined) ?? [];
    list.push(decodeValue(type, reader));
    object[json] = list;
    return;
  }
  if (shape === "map") {
    const [key, value] = decodeEntry(type, reader);
    const map = (object[json] as Record<string, JsonValue> | undefined) ?? {};
    // Not by assignment: `__proto__` is a key like any other.
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    object[json] = map;
    return;
  }
  const value = decodeValue(type, reader);
  if (json === "+") Object.assign(object, value);
  else if (field.isPointer || !isZero(value)) object[json] = value;
}

function decodeEntry(type: ValueType, reader: Reader): [string, JsonValue] {
  let key = "";
  let value: JsonValue | undefined;
  eachField(new Reader(reader.bytes()), (number, inner) => {
    if (number === 1) key = inner.string();
    else if (number === 2) value = decodeValue(type, inner);
    else return false;
    return true;
  });
  return [key, value ?? (type === "string" || type === "bytes" ? "" : {})];
}

/** Go writes what is not set as its zero value, where the field is no pointer. */
function isZero(value: JsonValue): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false || value === null;
}

function decodeValue(type: ValueType, reader: Reader): JsonValue {
  switch (type) {
    case "string":
      return reader.string();
    case "bytes":
      return Buffer.from(reader.bytes()).toString("base64");
    case "bool":
      return reader.bool();
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.uint32();
    case "int64":
      return Number(reader.int64());
    case "double":
      return reader.double();
    default:
      return decodeMachinery(type, new Reader(reader.bytes()));
  }
}

/** Types that JSON writes in another way than their fields. */
function decodeMachinery(type: ValueType, reader: Reader): JsonValue {
  switch (type) {
    case "quantity":
      return firstBytes(reader);
    case "raw": {
      const text = firstBytes(reader);
      return text === "" ? null : JSON.parse(text);
    }
    case "intstr":
      return decodeIntOrString(reader);
    case "time":
    case "microtime":
      return decodeTime(reader, type === "microtime");
    default:
      return decodeMessage(type, reader);
  }
}

/** Field 1 as text. */
function firstBytes(reader: Reader): string {
  let text = "";
  eachField(reader, (number) => {
    if (number !== 1) return false;
    text = Buffer.from(reader.bytes()).toString();
    return true;
  });
  return text;
}

function decodeIntOrString(reader: Reader): JsonValue {
  const found = { isString: false, number: 0, text: "" };
  eachField(reader, (number) => {
    if (number === 1) found.isString = Number(reader.int64()) === 1;
    else if (number === 2) found.number = reader.int32();
    else if (number === 3) found.text = reader.string();
    else return false;
    return true;
  });
  return found.isString ? found.text : found.number;
}

/** Seconds and nanoseconds as RFC 3339; the zero time, which has no fields, is null. */
function decodeTime(reader: Reader, micro: boolean): JsonValue {
  let seconds: number | undefined;
  let nanos = 0;
  eachField(reader, (number) => {
    if (number === 1) seconds = Number(reader.int64());
    else if (number === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  if (seconds === undefined) return null;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z` : `${whole}Z`;
}
