import { parseDocument, type YAMLError } from "yaml";
import type { JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { goQuote } from "./meta/go-text.ts";

/** A YAML text that was read, and what a strict reading of it finds wrong: keys that stand twice. */
export interface YamlText {
  readonly value: JsonValue;
  readonly strictError: string | undefined;
}

/** More aliases than this are an attack on memory. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 1000;
/** What Go's reader does not mind: it takes the last of two keys, and the first of several documents. */
const NO_PROBLEM = ["DUPLICATE_KEY", "MULTIPLE_DOCS"];

// Models sigs.k8s.io/yaml YAMLToJSON and YAMLToJSONStrict
/** Reads YAML 1.1 as the server does: `yes` is a boolean, dates stay text. The error is Go's, as far as we know its words. */
export function readYaml(text: string): Result<YamlText, string> {
  const document = parseDocument(text, {
    version: "1.1",
    merge: true,
    prettyErrors: true,
    customTags: (tags) => tags.filter(isPlain),
  });
  const problems = document.errors.filter(({ code }) => !NO_PROBLEM.includes(code));
  const [problem] = problems;
  if (problem !== undefined) return fail(`yaml: ${goYamlText(text, problem, problems)}`);
  const twice = document.errors.filter(({ code }) => code === "DUPLICATE_KEY");
  try {
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
    const unusable = unusableValue(value, []);
    if (unusable !== undefined) return fail(unusable);
    return ok({ value, strictError: twice.length > 0 ? duplicatesText(text, twice) : undefined });
  } catch (error) {
    return fail(`yaml: ${aliasText(error instanceof Error ? error.message : "unreadable")}`);
  }
}

/** Types of YAML that JSON does not know. */
const OTHER_TYPES = ["timestamp", "binary", "omap", "pairs", "set"].map((name) => `tag:yaml.org,2002:${name}`);

function isPlain(tag: unknown): boolean {
  const { tag: name, format } = tag as { tag?: string; format?: string };
  return !OTHER_TYPES.includes(name ?? "") && format !== "TIME";
}

/** Counted from 1. */
function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The line at which a reader finds the text to be at its end: after a last line that is not ended, too. */
function endLine(text: string): number {
  const lines = text.split("\n").length;
  return text.endsWith("\n") ? lines : lines + 1;
}

/** Go's scanner counts lines from 1 and is silent of the first; its parser counts from 0, and is silent of that. */
const scanned = (line: number, words: string) => (line > 1 ? `line ${line}: ${words}` : words);
const parsed = (line: number, words: string) => (line > 1 ? `line ${line - 1}: ${words}` : words);

const NO_KEY = "did not find expected key";
const NO_NODE = "did not find expected node content";
const NO_COLON = "could not find expected ':'";

// Models go-yaml (*parser) fail
/** What Go's YAML parser says of the same mistake, where it is one of the frequent ones. */
function goYamlText(text: string, problem: YAMLError, all: readonly YAMLError[]): string {
  const { code, message, pos } = problem;
  const line = lineAt(text, pos[0]);
  const open = all.find((one) => one.message.startsWith("Flow "));
  if (open !== undefined) {
    if (/[[{,]\s*$/.test(text.slice(0, open.pos[0] + 1))) return parsed(endLine(text), NO_NODE);
    return parsed(
      openLine(text, problem, open),
      `did not find expected ',' or '${open.message.startsWith("Flow map") ? "}" : "]"}'`,
    );
  }
  switch (code) {
    case "BAD_INDENT":
      return parsed(line, NO_KEY);
    case "BLOCK_AS_IMPLICIT_KEY":
      return misplacedValue(text, pos[0]);
    case "TAB_AS_INDENT":
    case "BAD_SCALAR_START":
      return scanned(line, "found character that cannot start any token");
    case "BAD_DQ_ESCAPE":
      return scanned(line, "found unknown escape character");
    case "MULTILINE_IMPLICIT_KEY":
      return all.some((one) => one.code === "UNEXPECTED_TOKEN") ? parsed(line, NO_KEY) : misplacedValue(text, pos[0]);
    case "MISSING_CHAR":
      if (message.startsWith("Missing closing")) {
        return scanned(lineAt(text, text.length), "found unexpected end of stream");
      }
      return message.startsWith("Sequence item") ? parsed(line, NO_KEY) : scanned(line + 1, NO_COLON);
    case "UNEXPECTED_TOKEN":
      return parsed(line, unexpectedToken(text, pos[0]));
    default:
      return message.split("\n")[0] ?? "";
  }
}

/** Where a list or map in brackets goes on otherwise than it may: at a colon, where the next line begins, or at the end. */
function openLine(text: string, { message, pos }: YAMLError, open: YAMLError): number {
  const colon = message.startsWith("Implicit keys of flow") ? /:(?=\s|$)/.exec(text.slice(pos[0]))?.index : undefined;
  if (colon !== undefined) return lineAt(text, pos[0] + colon);
  return text.slice(open.pos[0]).trim() === "" ? endLine(text) : lineAt(text, open.pos[0]);
}

function unexpectedToken(text: string, offset: number): string {
  if (/^[\]}]/.test(text.slice(offset))) return NO_NODE;
  return /^\s*(---\s*)?-\s/.test(text) ? "did not find expected '-' indicator" : NO_KEY;
}

/** At the colon of the value, wherever its key began. */
function misplacedValue(text: string, offset: number): string {
  const colon = /:(?=\s|$)/.exec(text.slice(offset))?.index;
  if (colon === undefined) return scanned(lineAt(text, offset) + 1, NO_COLON);
  return scanned(lineAt(text, offset + colon), "mapping values are not allowed in this context");
}

function aliasText(message: string): string {
  const [, anchor] = /^Unresolved alias .*: (\S+)$/.exec(message) ?? [];
  return anchor === undefined ? message : `unknown anchor '${anchor}' referenced`;
}

function duplicatesText(text: string, errors: readonly YAMLError[]): string {
  const lines = errors.map(({ pos }) => {
    const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0] ?? "";
    return `  line ${lineAt(text, pos[0])}: key ${goQuote(key.replace(/^["']|["']$/g, ""))} already set in map`;
  });
  return ["yaml: unmarshal errors:", ...lines].join("\n");
}

/** What JSON could not say: numbers without end, and values without end, where an alias stands within its own anchor. */
function unusableValue(value: JsonValue | undefined, above: readonly JsonValue[]): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `json: unsupported value: ${infinityText(value)}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (above.length >= MAX_DEPTH || above.includes(value)) return "yaml: document contains excessive aliasing";
  const here = [...above, value];
  for (const item of Object.values(value)) {
    const found = unusableValue(item as JsonValue | undefined, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function infinityText(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
