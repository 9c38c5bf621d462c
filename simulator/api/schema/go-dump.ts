import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { quantityOf } from "../meta/quantity.ts";
import { builtinSchema, type FieldType, goStruct } from "./schema.ts";

// Models apimachinery pkg/util/dump ForHash: the text that go-spew makes of a Go struct (types, names, nil pointers).
// Only what may stand in a pod template is told exactly; times inside it count as not set.

const ZERO_TIME = "{wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}";

function dumpQuantity(text: string | undefined): string {
  const { value, scale, format, text: kept = "" } = quantityOf(text);
  const amount = `{value:(int64)${value} scale:(resource.Scale)${scale}}`;
  // Go leaves the format of a quantity that was never set empty.
  const shown = text === undefined ? "" : format;
  const decimal = "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>}";
  return `{i:(resource.int64Amount)${amount} ${decimal} s:(string)${kept} Format:(resource.Format)${shown}}`;
}

function dumpIntOrString(value: JsonValue | undefined): string {
  const isText = typeof value === "string";
  const number = isText ? 0 : (value ?? 0);
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${number} StrVal:(string)${isText ? value : ""}}`;
}

function dumpList(item: FieldType, value: JsonValue | undefined): string {
  // What came over the wire knows no empty lists or maps: they are nil.
  if (!Array.isArray(value) || value.length === 0) return "<nil>";
  return `[${value.map((one: JsonValue) => dumpValue(item, one)).join(" ")}]`;
}

function dumpMap(item: FieldType, value: JsonValue | undefined): string {
  if (!isObject(value)) return "<nil>";
  const keys = Object.keys(value).sort();
  if (keys.length === 0) return "<nil>";
  return `map[${keys.map((key) => `${key}:${dumpValue(item, value[key])}`).join(" ")}]`;
}

/** A value without its type in front. */
function dumpValue(type: FieldType, value: JsonValue | undefined): string {
  switch (type.kind) {
    case "list":
      return dumpList(type.item, value);
    case "map":
      return dumpMap(type.item, value);
    case "struct":
      return dumpStruct(type.type, isObject(value) ? value : {});
    case "quantity":
      return dumpQuantity(typeof value === "string" ? value : undefined);
    case "intstr":
      return dumpIntOrString(value);
    case "time":
    case "microtime":
      return `{Time:(time.Time)${ZERO_TIME}}`;
    case "any":
    case "bytes":
      return "<nil>";
    case "boolean":
      return String(value ?? false);
    case "string":
      return String(value ?? "");
    default:
      return String(value ?? 0);
  }
}

/** The fields of a struct, those of structs that stand inline as structs of their own. */
function dumpStruct(type: string, value: JsonObject, owner = type): string {
  const fields = builtinSchema.struct(owner)?.fields;
  const parts = Object.entries(goStruct(type)?.fields ?? {}).map(([json, fact]) => {
    const [goName = "", goType = "", ...more] = fact.split(" ");
    if (json.startsWith("+")) return `${goName}:(${goType})${dumpStruct(more.pop() ?? "", value, owner)}`;
    const field = fields?.get(json);
    const item = value[json];
    const isNil = goType.startsWith("*") && (item === undefined || item === null);
    return `${goName}:(${goType})${isNil || !field ? "<nil>" : dumpValue(field.type, item)}`;
  });
  return `{${parts.join(" ")}}`;
}

/** The dump of an object of a built-in type (`PodTemplateSpec`), with its type in front. */
export function goDump(type: string, value: JsonObject): string {
  return `(${goStruct(type)?.go ?? type})${dumpStruct(type, value)}`;
}
