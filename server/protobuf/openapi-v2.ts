import { Writer } from "protobufjs/minimal.js";
import type { JsonObject, JsonValue } from "../../simulator/index.ts";

// kubectl up to 1.28 takes OpenAPI v2 in protobuf alone, newer ones do for `explain --output=plaintext-openapiv2`.
// Field numbers are those of gnostic's openapiv2/OpenAPIv2.proto.

/** What clients ask for; older ones write `@` before the version. */
export const OPENAPI_V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

export function wantsOpenApiProtobuf(accept: string): boolean {
  return /application\/com\.github\.proto-openapi\.spec\.v2[.@]v1\.0\+protobuf/.test(accept);
}

/** An OpenAPI v2 document as protobuf. */
export function encodeOpenApi(document: JsonObject): Uint8Array {
  const writer = Writer.create();
  text(writer, 1, document.swagger);
  const info = object(document.info);
  message(writer, 2, (part) => {
    text(part, 1, info.title);
    text(part, 2, info.version);
  });
  message(writer, 8, (part) => named(part, 2, object(document.paths), pathItem));
  message(writer, 9, (part) => named(part, 1, object(document.definitions), schema));
  return writer.finish();
}

type Write = (writer: Writer, value: JsonObject) => void;

const LENGTH_DELIMITED = 2;

function message(writer: Writer, number: number, write: (writer: Writer) => void): void {
  writer.uint32((number << 3) | LENGTH_DELIMITED).fork();
  write(writer);
  writer.ldelim();
}

function text(writer: Writer, number: number, value: JsonValue | undefined): void {
  if (typeof value === "string") writer.uint32((number << 3) | LENGTH_DELIMITED).string(value);
}

function flag(writer: Writer, number: number, value: JsonValue | undefined): void {
  if (value === true) writer.uint32(number << 3).bool(true);
}

function texts(writer: Writer, number: number, values: JsonValue | undefined): void {
  for (const value of list(values)) text(writer, number, value);
}

/** A map as gnostic has it: a list of names with values. */
function named(writer: Writer, number: number, values: JsonObject, write: Write): void {
  for (const [name, value] of Object.entries(values)) {
    message(writer, number, (entry) => {
      text(entry, 1, name);
      message(entry, 2, (part) => write(part, object(value)));
    });
  }
}

/** Any value is written as YAML, which JSON is. */
function any(writer: Writer, number: number, value: JsonValue): void {
  message(writer, number, (part) => text(part, 2, JSON.stringify(value)));
}

function extensions(writer: Writer, number: number, holder: JsonObject): void {
  for (const [name, value] of Object.entries(holder)) {
    if (!name.startsWith("x-") || value === undefined) continue;
    message(writer, number, (entry) => {
      text(entry, 1, name);
      any(entry, 2, value);
    });
  }
}

function schema(writer: Writer, value: JsonObject): void {
  text(writer, 1, value.$ref);
  text(writer, 2, value.format);
  text(writer, 4, value.description);
  if (value.default !== undefined) any(writer, 5, value.default);
  texts(writer, 19, value.required);
  for (const one of list(value.enum)) any(writer, 20, one);
  const { additionalProperties, items, properties, type } = value;
  if (additionalProperties !== undefined) {
    message(writer, 21, (part) => message(part, 1, (inner) => schema(inner, object(additionalProperties))));
  }
  if (type !== undefined) message(writer, 22, (part) => text(part, 1, type));
  if (items !== undefined) message(writer, 23, (part) => message(part, 1, (inner) => schema(inner, object(items))));
  if (properties !== undefined) message(writer, 25, (part) => named(part, 1, object(properties), schema));
  extensions(writer, 31, value);
}

const METHODS: readonly (readonly [string, number])[] = [
  ["get", 2],
  ["put", 3],
  ["post", 4],
  ["delete", 5],
  ["patch", 8],
];

function pathItem(writer: Writer, item: JsonObject): void {
  for (const [method, number] of METHODS) {
    const value = item[method];
    if (value !== undefined) message(writer, number, (part) => operation(part, object(value)));
  }
  for (const one of list(item.parameters)) message(writer, 9, (part) => parameter(part, object(one)));
}

function operation(writer: Writer, value: JsonObject): void {
  text(writer, 5, value.operationId);
  texts(writer, 6, value.produces);
  texts(writer, 7, value.consumes);
  for (const one of list(value.parameters)) message(writer, 8, (part) => parameter(part, object(one)));
  message(writer, 9, (part) => {
    named(part, 1, object(value.responses), (inner, response) => message(inner, 1, (one) => answer(one, response)));
  });
  texts(writer, 10, value.schemes);
  extensions(writer, 13, value);
}

function answer(writer: Writer, { description, schema: body }: JsonObject): void {
  text(writer, 1, description);
  message(writer, 2, (item) => message(item, 1, (part) => schema(part, object(body))));
}

/** A parameter stands three or four messages deep: it may be a reference, in the body, in the query or in the path. */
function parameter(writer: Writer, value: JsonObject): void {
  message(writer, 1, (whole) => {
    if (value.in === "body") {
      message(whole, 1, (part) => {
        text(part, 2, value.name);
        text(part, 3, value.in);
        message(part, 5, (inner) => schema(inner, object(value.schema)));
      });
      return;
    }
    const inPath = value.in === "path";
    message(whole, 2, (other) =>
      message(other, inPath ? 4 : 3, (part) => {
        flag(part, 1, value.required);
        text(part, 2, value.in);
        text(part, 4, value.name);
        text(part, inPath ? 5 : 6, value.type);
        flag(part, inPath ? 19 : 20, value.uniqueItems);
      }),
    );
  });
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function object(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
