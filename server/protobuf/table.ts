import fields from "./fields.json" with { type: "json" };

/** What a value is: a scalar, something that the API machinery writes in its own way, or a message by its name. */
export type ValueType = string;

/** One field of a message. `json`: its name, `+` for a message whose fields stand in the outer object, `=` for the whole value. */
export interface MessageField {
  readonly number: number;
  readonly json: string;
  readonly shape: "one" | "list" | "map";
  readonly type: ValueType;
  /** Go tells "not set" from zero. */
  readonly isPointer: boolean;
}

const table: { readonly [message: string]: readonly string[] } = fields;
const messages = new Map<string, readonly MessageField[]>();

/** The fields of a message such as `core/v1.Pod`; undefined when there is no such message. */
export function messageOf(name: string): readonly MessageField[] | undefined {
  const found = messages.get(name);
  if (found !== undefined) return found;
  if (!Object.hasOwn(table, name)) return undefined;
  const parsed = (table[name] ?? []).map(parseField);
  messages.set(name, parsed);
  return parsed;
}

function parseField(text: string): MessageField {
  const [number, json = "", word = ""] = text.split(" ");
  const shape = word.startsWith("[") ? "list" : word.startsWith("{") ? "map" : "one";
  const type = word.replace(/[[\]{}*]/g, "");
  return { number: Number(number), json, shape, type, isPointer: word.startsWith("*") };
}

/** The message of an object, such as `apps/v1.Deployment`; options and other things of no group are in `meta/v1`. */
export function messageName(apiVersion: string, kind: string): string | undefined {
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  const own = `${group.split(".")[0]}/${version}.${kind}`;
  return [own, `meta/v1.${kind}`].find((name) => messageOf(name) !== undefined);
}
