import { type Document, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLError } from "yaml";

/*
 * What kubectl's parser says of a text that is no YAML. Its scanner counts lines from 1, its parser from 0, and a line 0 is
 * not told. Models go.yaml.in/yaml/v2 decode.go fail, scannerc.go and parserc.go
 */

type By = "scanner" | "parser";
/** The words, who finds it, and where it is noticed. */
type Finding = readonly [words: string, by: By, offset: number];

const CANNOT_START = "found character that cannot start any token";
const NO_KEY = "did not find expected key";
const NO_ITEM = "did not find expected '-' indicator";
const NO_COLON = "could not find expected ':'";
const NOT_HERE = "mapping values are not allowed in this context";

/** The complaint about a document's first mistake: `yaml: line 3: did not find expected key`. */
export function yamlComplaint(document: Document.Parsed, text: string): string {
  const [first] = document.errors;
  if (first === undefined) return "yaml: unreadable";
  const [words, by, offset] = findingOf(first, document, text);
  const line = text.slice(startOfDocument(offset, text), offset).split("\n").length - (by === "parser" ? 1 : 0);
  const isTold = by === "scanner" ? line > 1 : line > 0;
  return `yaml: ${isTold ? `line ${line}: ` : ""}${words}`;
}

/** Go's reader parts documents before it looks into them: lines are counted in each, a later one's from the end of its mark. */
function startOfDocument(offset: number, text: string): number {
  const mark = text.startsWith("---") ? 0 : -1;
  const last = text.lastIndexOf("\n---", offset - 1);
  const at = last < 0 ? mark : last + 1;
  const end = at < 0 ? -1 : text.indexOf("\n", at);
  if (end < 0 || end >= offset) return 0;
  return last < 0 ? end + 1 : end;
}

function findingOf(error: YAMLError, document: Document.Parsed, text: string): Finding {
  const { code, message, pos } = error;
  const [start, end] = pos;
  switch (code) {
    case "BAD_INDENT":
      return /^Flow/.test(message) ? openBracket(message, start, text) : [NO_KEY, "parser", start];
    case "BLOCK_AS_IMPLICIT_KEY":
      if (message.startsWith("A block sequence")) return [NO_KEY, "parser", start];
      return [NOT_HERE, "scanner", colonAfter(document, start)];
    case "MULTILINE_IMPLICIT_KEY":
      return manyLines(start, end, text);
    case "UNEXPECTED_TOKEN":
      return unexpected(message, start, document);
    case "TAB_AS_INDENT":
      return tab(start, text);
    case "MISSING_CHAR":
      return missing(message, start, text);
    case "BAD_SCALAR_START":
      return text[start] === "%" && (start === 0 || text[start - 1] === "\n")
        ? ["found unknown directive name", "scanner", start]
        : [CANNOT_START, "scanner", start];
    case "BAD_DQ_ESCAPE":
      return ["found unknown escape character", "scanner", start];
    case "BAD_ALIAS":
      return ["did not find expected alphabetic or numeric character", "scanner", start];
    default:
      return [message.charAt(0).toLowerCase() + message.slice(1), "scanner", start];
  }
}

function openBracket(message: string, offset: number, text: string): Finding {
  const last = text.slice(0, offset).trimEnd().at(-1) ?? "";
  if ("[{,".includes(last)) return ["did not find expected node content", "parser", offset];
  return [`did not find expected ',' or '${message.includes("sequence") ? "]" : "}"}'`, "parser", offset];
}

/** A value that goes on in the next line and then has a colon: the colon is where it is noticed. */
function colonAfter(document: Document.Parsed, start: number): number {
  const same = document.errors.find(({ code, pos }) => code === "MULTILINE_IMPLICIT_KEY" && pos[0] === start);
  return same?.pos[1] ?? start;
}

/** A key without a colon swallows the next line, unless that is a list. */
function manyLines(start: number, end: number, text: string): Finding {
  if (text[start] === "-") return [NO_KEY, "parser", start];
  return isKeyPlace(start, text) ? [NO_COLON, "scanner", end] : [NOT_HERE, "scanner", end];
}

/** Whether a key must stand here, as one of a mapping that has begun above does. */
function isKeyPlace(offset: number, text: string): boolean {
  const lines = text.slice(0, offset).split("\n");
  const before = lines.pop() ?? "";
  const column = before.length;
  if (before.trim() !== "") return false;
  for (const line of lines.reverse()) {
    const [head = ""] = /^[ -]*/.exec(line) ?? [];
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    if (head.length === column) return true;
    if (head.length < column) return false;
  }
  return false;
}

function unexpected(message: string, start: number, document: Document.Parsed): Finding {
  if (message.startsWith("Block scalar header"))
    return ["did not find expected comment or line break", "scanner", start];
  if (message.includes("block-seq-ind on same line")) {
    return ["block sequence entries are not allowed in this context", "scanner", start];
  }
  return [isSeq(document.contents) ? NO_ITEM : NO_KEY, "parser", start];
}

/** A tab after a value goes on with it; anywhere else nothing can begin with one. */
function tab(start: number, text: string): Finding {
  const above = text.slice(0, start).trimEnd().at(-1);
  const goesOn = above !== undefined && above !== ":" && above !== "-";
  return [goesOn ? "found a tab character that violates indentation" : CANNOT_START, "scanner", start];
}

function missing(message: string, start: number, text: string): Finding {
  if (message.startsWith("Missing closing")) return ["found unexpected end of stream", "scanner", start];
  if (message.startsWith("Sequence item")) return [isIndented(start, text) ? NO_ITEM : NO_KEY, "parser", start];
  return [NO_COLON, "scanner", nextToken(start, text)];
}

/** Whether the list above stands deeper than the key that it belongs to. */
function isIndented(offset: number, text: string): boolean {
  const lines = text.slice(0, offset).split("\n").slice(0, -1).reverse();
  const item = lines.find((line) => line.trim().startsWith("- "));
  const depth = item?.search(/\S/) ?? 0;
  const key = lines.find((line) => line.trim() !== "" && !line.trim().startsWith("- ") && line.search(/\S/) <= depth);
  return key !== undefined && key.search(/\S/) < depth;
}

/** Where the next thing begins after a word and the lines that it goes on in. */
function nextToken(offset: number, text: string): number {
  const column = offset - (text.lastIndexOf("\n", offset - 1) + 1);
  let at = text.indexOf("\n", offset);
  while (at >= 0) {
    const next = text.indexOf("\n", at + 1);
    const line = text.slice(at + 1, next < 0 ? text.length : next);
    const isSkipped = line.trim() === "" || line.trim().startsWith("#") || line.search(/\S/) > column;
    if (!isSkipped) return at + 1;
    at = next;
  }
  return text.length;
}

/** The complaint about a map that stands where a key should, as `{{ .name }}` of a template does. */
export function keyComplaint(document: Document.Parsed): string | undefined {
  let found: string | undefined;
  visit(document, {
    Pair(_, { key }: Pair) {
      if (!isMap(key)) return undefined;
      found = `yaml: invalid map key: ${goMap(key)}`;
      return visit.BREAK;
    },
  });
  return found;
}

/** A map as Go's %#v prints it. */
function goMap(node: unknown): string {
  if (isMap(node)) {
    const pairs = node.items.map(({ key, value }) => `${goMap(key)}:${goMap(value)}`);
    return `map[interface {}]interface {}{${pairs.join(", ")}}`;
  }
  const value = isScalar(node as Node) ? (node as { readonly value: unknown }).value : null;
  return value === null ? "interface {}(nil)" : JSON.stringify(value);
}
