import { parseDocument, type YAMLError } from "yaml";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { notAnObject } from "../patch/patch-error.ts";

/** A configuration as it was sent, and what a strict reading of its text finds wrong. */
export interface Configuration {
  readonly object: JsonObject;
  readonly strictError: string | undefined;
}

/** More aliases than this are an attack on memory. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 1000;

// Models apimachinery pkg/util/yaml Unmarshal and UnmarshalStrict
/** Reads an applied configuration, YAML or JSON; the error is the text of upstream's. */
export function readConfiguration(body: JsonValue | undefined): Result<Configuration, string> {
  const read = typeof body === "string" ? readText(body) : ok({ value: body ?? null, strictError: undefined });
  if (!read.ok) return fail(`error converting YAML to JSON: yaml: ${read.error}`);
  const { value, strictError } = read.value;
  if (value === null) return ok({ object: {}, strictError });
  if (!isObject(value)) return fail(`error unmarshaling JSON: while decoding JSON: ${notAnObject(value)}`);
  return ok({ object: value, strictError });
}

interface ReadText {
  readonly value: JsonValue;
  readonly strictError: string | undefined;
}

function readText(text: string): Result<ReadText, string> {
  // YAML 1.1 as kubectl and the server read it: `yes` is a boolean, dates stay text.
  const document = parseDocument(text, {
    version: "1.1",
    merge: true,
    prettyErrors: true,
    customTags: (tags) => tags.filter(isPlain),
  });
  const twice = document.errors.filter(({ code }) => code === "DUPLICATE_KEY");
  const problem = document.errors.find(({ code }) => code !== "DUPLICATE_KEY");
  if (problem !== undefined) return fail(`line ${lineOf(problem)}: ${goYamlText(problem)}`);
  try {
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
    const unusable = unusableValue(value, []);
    if (unusable !== undefined) return fail(unusable);
    return ok({ value, strictError: twice.length > 0 ? duplicatesText(text, twice) : undefined });
  } catch (error) {
    return fail(error instanceof Error ? error.message : "unreadable");
  }
}

/** Types of YAML that JSON does not know. */
const OTHER_TYPES = ["timestamp", "binary", "omap", "pairs", "set"].map((name) => `tag:yaml.org,2002:${name}`);

function isPlain(tag: unknown): boolean {
  const { tag: name, format } = tag as { tag?: string; format?: string };
  return !OTHER_TYPES.includes(name ?? "") && format !== "TIME";
}

function lineOf({ linePos }: YAMLError): number {
  return linePos?.[0].line ?? 1;
}

/** What Go's YAML parser says of the same mistake, where it is one of the frequent ones. */
function goYamlText({ code, message }: YAMLError): string {
  switch (code) {
    case "BAD_INDENT":
      return "did not find expected node content";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "mapping values are not allowed in this context";
    case "TAB_AS_INDENT":
    case "BAD_SCALAR_START":
      return "found character that cannot start any token";
    case "MULTILINE_IMPLICIT_KEY":
      return "could not find expected ':'";
    case "MISSING_CHAR":
      return "found unexpected end of stream";
    case "UNEXPECTED_TOKEN":
      return "did not find expected key";
    default:
      return message.split("\n")[0] ?? "";
  }
}

function duplicatesText(text: string, errors: readonly YAMLError[]): string {
  const lines = errors.map((error) => {
    const key = /^[^\s:]+/.exec(text.slice(error.pos[0]))?.[0] ?? "";
    return `  line ${lineOf(error)}: key ${JSON.stringify(key.replace(/^["']|["']$/g, ""))} already set in map`;
  });
  return ["error converting YAML to JSON: yaml: unmarshal errors:", ...lines].join("\n");
}

/** What JSON could not say: numbers without end, and values without end, where an alias stands within its own anchor. */
function unusableValue(value: JsonValue | undefined, above: readonly JsonValue[]): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `json: unsupported value: ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (above.length >= MAX_DEPTH || above.includes(value)) return "document contains excessive aliasing";
  const here = [...above, value];
  for (const item of Object.values(value)) {
    const found = unusableValue(item as JsonValue | undefined, here);
    if (found !== undefined) return found;
  }
  return undefined;
}
