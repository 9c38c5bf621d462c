import { Writer } from "protobufjs/minimal.js";
import type { JsonObject, JsonValue } from "../../simulator/index.ts";
import { MAGIC } from "./decode.ts";
import { type MessageField, messageName, messageOf, type ValueType } from "./table.ts";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const LENGTH_DELIMITED = 2;

/** An object as a protobuf body; undefined when it is of no kind that has a message. */
export function encodeProtobuf(object: JsonObject): Uint8Array | undefined {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  const name = messageName(apiVersion, kind);
  if (name === undefined) return undefined;
  const type = Writer.create().uint32(tag(1, LENGTH_DELIMITED)).string(apiVersion);
  type.uint32(tag(2, LENGTH_DELIMITED)).string(kind);
  const body = Writer.create().uint32(tag(1, LENGTH_DELIMITED)).bytes(type.finish());
  body.uint32(tag(2, LENGTH_DELIMITED)).bytes(message(name, object));
  return Buffer.concat([MAGIC, body.finish()]);
}

function tag(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

function message(name: string, value: JsonValue): Uint8Array {
  const writer = Writer.create();
  for (const field of messageOf(name) ?? []) {
    const own = field.json === "=" || field.json === "+" ? value : (value as JsonObject)[field.json];
    if (own !== undefined && own !== null) encodeField(writer, field, own);
  }
  return writer.finish();
}

function encodeField(writer: Writer, { number, shape, type }: MessageField, value: JsonValue): void {
  if (shape === "list") {
    for (const item of value as readonly JsonValue[]) encodeValue(writer, number, type, item);
  } else if (shape === "map") {
    for (const [key, item] of Object.entries(value as JsonObject)) {
      const entry = Writer.create().uint32(tag(1, LENGTH_DELIMITED)).string(key);
      if (item !== undefined) encodeValue(entry, 2, type, item);
      writer.uint32(tag(number, LENGTH_DELIMITED)).bytes(entry.finish());
    }
  } else encodeValue(writer, number, type, value);
}

function encodeValue(writer: Writer, number: number, type: ValueType, value: JsonValue): void {
  switch (type) {
    case "string":
      writer.uint32(tag(number, LENGTH_DELIMITED)).string(String(value));
      break;
    case "bytes":
      writer.uint32(tag(number, LENGTH_DELIMITED)).bytes(Buffer.from(String(value), "base64"));
      break;
    case "bool":
      writer.uint32(tag(number, 0)).bool(value === true);
      break;
    case "int32":
      writer.uint32(tag(number, 0)).int32(Number(value));
      break;
    case "uint32":
      writer.uint32(tag(number, 0)).uint32(Number(value));
      break;
    case "int64":
      writer.uint32(tag(number, 0)).int64(Number(value));
      break;
    case "double":
      writer.uint32(tag(number, 1)).double(Number(value));
      break;
    default:
      writer.uint32(tag(number, LENGTH_DELIMITED)).bytes(encodeMachinery(type, value));
      break;
  }
}

function encodeMachinery(type: ValueType, value: JsonValue): Uint8Array {
  const writer = Writer.create();
  switch (type) {
    case "quantity":
      return writer.uint32(tag(1, LENGTH_DELIMITED)).string(String(value)).finish();
    case "raw":
      return writer.uint32(tag(1, LENGTH_DELIMITED)).string(JSON.stringify(value)).finish();
    case "intstr":
      if (typeof value === "number") return writer.uint32(tag(1, 0)).int64(0).uint32(tag(2, 0)).int32(value).finish();
      return writer.uint32(tag(1, 0)).int64(1).uint32(tag(3, LENGTH_DELIMITED)).string(String(value)).finish();
    case "time":
    case "microtime": {
      const nanos = Number((/\.(\d+)Z/.exec(String(value))?.[1] ?? "0").padEnd(9, "0").slice(0, 9));
      writer.uint32(tag(1, 0)).int64(Math.floor(Date.parse(String(value)) / 1000));
      return writer.uint32(tag(2, 0)).int32(nanos).finish();
    }
    default:
      return message(type, value);
  }
}
