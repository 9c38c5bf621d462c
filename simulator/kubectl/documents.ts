import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLError } from "yaml";
import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { keyComplaint, yamlComplaint } from "./yaml-words.ts";

export interface Position {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML or JSON text: its object, or what is wrong with it. */
export interface ManifestDocument {
  /** First line of the document's content. */
  readonly line: number;
  readonly object?: JsonObject;
  /** `invalid`: it could be read, but is no object. */
  readonly error?: { readonly message: string; readonly at: Position; readonly invalid?: true };
  /** Where a field stands, such as `spec.containers[0].image`, or the nearest of its parents that is there. */
  locate(path: string): Position;
}

/** More aliases than this are an attack on memory, not a manifest. */
const MAX_ALIASES = 100;
/** No object of any API is nested nearly as deep, and whoever walks a deeper one runs out of stack. */
const MAX_DEPTH = 500;

/**
 * Splits a text into its documents as kubectl does: YAML 1.1 (`yes` is a boolean, `0644` is octal), with dates left as
 * text; empty documents are left out; a List is one document.
 */
export function parseManifests(text: string): readonly ManifestDocument[] {
  const lines = new LineCounter();
  const documents = documentsOf(text, lines);
  const quotes = documents.flatMap(({ errors }) => errors.filter((error) => isEscapedQuote(error, text)));
  if (quotes.length > 0) return parseManifests(without(text, quotes));
  return documents.flatMap((document) => manifestOf(document, lines, text) ?? []);
}

function documentsOf(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    version: "1.1",
    merge: true,
    lineCounter,
    uniqueKeys: false,
    customTags: (tags) => tags.filter((tag) => !isDateOrBase60(tag)).map((tag) => asGoReads(tag)),
    prettyErrors: false,
  });
  if (!Array.isArray(documents)) return [];
  // Go's reader splits at `---`; what follows a document that `...` has ended is never looked at.
  return (documents as Document.Parsed[]).filter(
    ({ directives }, index) => index === 0 || directives.docStart === true,
  );
}

/** Go's parser knows an escape more than YAML does: `\'`. */
function isEscapedQuote({ code, pos }: YAMLError, text: string): boolean {
  return code === "BAD_DQ_ESCAPE" && text.startsWith("\\'", pos[0]);
}

function without(text: string, backslashes: readonly YAMLError[]): string {
  const places = new Set(backslashes.map(({ pos }) => pos[0]));
  return [...text.split("").keys()].map((index) => (places.has(index) ? "" : text[index])).join("");
}

/** The library takes `e1` for a number without digits before its exponent. */
function asGoReads<T>(tag: T): T {
  const { format, tag: name } = tag as { format?: string; tag?: string };
  if (name !== "tag:yaml.org,2002:float" || format !== "EXP") return tag;
  return { ...tag, test: /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9]+$/ };
}

function isDateOrBase60(tag: unknown): boolean {
  const { tag: name, format } = tag as { tag?: string; format?: string };
  return name === "tag:yaml.org,2002:timestamp" || format === "TIME";
}

function manifestOf(document: Document.Parsed, lines: LineCounter, text: string): ManifestDocument | undefined {
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const start = at(document.contents?.range?.[0] ?? document.range[0]);
  const locate = (path: string): Position => locateField(document, path, at) ?? start;
  const broken = (message: string, position: Position) => ({
    line: start.line,
    error: { message: `error converting YAML to JSON: ${message}`, at: position },
    locate,
  });

  const [problem] = document.errors;
  if (problem !== undefined) return broken(yamlComplaint(document, text), at(problem.pos[0]));
  const badKey = keyComplaint(document);
  if (badKey !== undefined) return broken(badKey, start);
  if (document.contents === null) return undefined;
  let value: JsonValue;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
  } catch (error) {
    const message = error instanceof Error ? error.message : "unreadable";
    const [, alias] = /^Unresolved alias .*: (.*)$/.exec(message) ?? [];
    return broken(`yaml: ${alias === undefined ? message : `unknown anchor '${alias}' referenced`}`, start);
  }
  if (value === null) return undefined;
  const endless = endlessness(value, []);
  if (endless !== undefined) return broken(`yaml: ${endless}`, start);
  if (!isObject(value)) {
    return { line: start.line, error: { message: "invalid object to validate", at: start, invalid: true }, locate };
  }
  return { line: start.line, object: value, locate };
}

/** An alias within its own anchor makes a value that never ends. */
function endlessness(value: JsonValue, above: readonly JsonValue[]): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (above.includes(value)) return "an anchor's value contains itself";
  if (above.length >= MAX_DEPTH) return `exceeded max depth of ${MAX_DEPTH}`;
  const here = [...above, value];
  for (const item of Object.values(value)) {
    const found = endlessness(item ?? null, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Finds the key of a field by its path; stops at the last part that is there. */
function locateField(document: Document.Parsed, path: string, at: (offset: number) => Position): Position | undefined {
  let node: Node | null = document.contents;
  let found: number | undefined;
  for (const step of pathSteps(path)) {
    if (isMap(node)) {
      const pair: { key: unknown; value: unknown } | undefined = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === step,
      );
      if (pair === undefined) break;
      found = (pair.key as Node).range?.[0] ?? found;
      node = (pair.value ?? null) as Node | null;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (item === undefined) break;
      found = item.range?.[0] ?? found;
      node = item;
    } else break;
  }
  return found === undefined ? undefined : at(found);
}

/** `spec.containers[0].ports[1].name` -> its steps; a key in brackets (`labels[app]`) is a step too. */
function pathSteps(path: string): string[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, bracketed, plain]) => bracketed ?? plain ?? "");
}
