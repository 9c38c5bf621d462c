/*
 * kubectl's JSONPath dialect: text with `{…}` in it. Models client-go util/jsonpath parser.go, whose idea of what ends a
 * name, a bracket or a filter is its own.
 */
import { goCharacter, unquoted } from "./go-strings.ts";

/** An end of a slice, or an index; `derived` is the one behind a lone index. */
export interface SliceEnd {
  readonly value: number;
  readonly derived?: true;
}

/** One step, or one piece of output. */
export type PathNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly nodes: readonly PathNode[] }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "identifier"; readonly name: string }
  | {
      readonly kind: "array";
      readonly from: SliceEnd | undefined;
      readonly to: SliceEnd | undefined;
      readonly step: SliceEnd | undefined;
    }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | { readonly kind: "union"; readonly lists: readonly (readonly PathNode[])[] }
  | {
      readonly kind: "filter";
      readonly left: readonly PathNode[];
      readonly operator: string;
      readonly right: readonly PathNode[];
    }
  | { readonly kind: "number"; readonly value: number; readonly isFloat: boolean }
  | { readonly kind: "bool"; readonly value: boolean };

/** What is wrong with a template, in client-go's words. */
export class PathError extends Error {}

/** The pieces of a template, in order. Throws a PathError. */
export function parseTemplate(template: string): PathNode[] {
  return new Reader(template).pieces();
}

const DICT_KEY = /^'([^']*)'$/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const FILTER = /^([^!<>=]+)([!<>=]+)(.+?)$/s;
const TERMINATORS = " \t\r\n.,[]$@{}";

/** Reads a template from its first character on. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  pieces(): PathNode[] {
    const nodes: PathNode[] = [];
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf("{", this.#at);
      const text = this.#text.slice(this.#at, open < 0 ? undefined : open);
      if (text !== "") nodes.push({ kind: "text", text });
      if (open < 0) break;
      this.#at = open + 1;
      nodes.push({ kind: "list", nodes: this.#action() });
    }
    return nodes;
  }

  /** The next character as it is counted in Unicode; empty at the end. */
  #peek(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #action(): PathNode[] {
    const nodes: PathNode[] = [];
    for (;;) {
      const char = this.#peek();
      if (char === "" || char === "\n" || char === "\r") throw new PathError("unclosed action");
      if (char === "}") {
        this.#at++;
        return nodes;
      }
      nodes.push(...this.#steps(char, nodes.at(-1)));
    }
  }

  /** What begins with a character: one step, none for what only parts others, several for keys with dots. */
  #steps(char: string, before: PathNode | undefined): readonly PathNode[] {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest === "[?(") return [this.#filter()];
    if (rest.startsWith("..")) return this.#recursive(before);
    this.#at += char.length;
    if (char === " " || char === "@" || char === "$") return [];
    if (char === "[") return this.#array();
    if (char === '"' || char === "'") return [this.#quoted(char)];
    if (char === ".") return [this.#field()];
    this.#at -= char.length;
    if (/[-+]|\p{Nd}/u.test(char)) return [this.#number()];
    if (/[\p{L}_]/u.test(char)) return [this.#identifier()];
    throw new PathError(`unrecognized character in action: ${goCharacter(char)}`);
  }

  /** A name up to what ends it; a backslash takes the next character along. */
  #field(): PathNode {
    const start = this.#at;
    while (this.#at < this.#text.length && !TERMINATORS.includes(this.#text.charAt(this.#at))) {
      this.#at += this.#text.charAt(this.#at) === "\\" ? 2 : 1;
    }
    const name = this.#text.slice(start, this.#at);
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") };
  }

  #recursive(before: PathNode | undefined): readonly PathNode[] {
    if (before?.kind === "recursive") throw new PathError("invalid multiple recursive descent");
    this.#at += "..".length;
    return /[\p{L}\p{Nd}_]/u.test(this.#peek()) ? [{ kind: "recursive" }, this.#field()] : [{ kind: "recursive" }];
  }

  #identifier(): PathNode {
    const start = this.#at;
    while (this.#at < this.#text.length && !TERMINATORS.includes(this.#text.charAt(this.#at))) this.#at++;
    const name = this.#text.slice(start, this.#at);
    return name === "true" || name === "false"
      ? { kind: "bool", value: name === "true" }
      : { kind: "identifier", name };
  }

  #number(): PathNode {
    const [word = ""] = /^[-+]?[.\d]*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += word.length;
    if (/^[-+]?\d+$/.test(word)) return { kind: "number", value: Number(word), isFloat: false };
    const value = Number(word);
    if (/^[-+]$/.test(word) || Number.isNaN(value)) throw new PathError(`cannot parse number ${word}`);
    return { kind: "number", value, isFloat: true };
  }

  #quoted(quote: string): PathNode {
    const start = this.#at;
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === "" || char === "\n") throw new PathError("unterminated quoted string");
      this.#at++;
      if (char === quote && this.#text.charAt(this.#at - 2) !== "\\") break;
    }
    const inside = this.#text.slice(start, this.#at - 1);
    const text = unquoted(inside, quote);
    if (text === undefined) throw new PathError(`unquote string ${quote}${inside}${quote} error invalid syntax`);
    return { kind: "text", text };
  }

  /** `[…]` from behind its bracket up to the next one that closes: an index, a slice, a key or a union of them. */
  #array(): readonly PathNode[] {
    const end = this.#text.indexOf("]", this.#at);
    const inside = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if (end < 0 || inside.includes("\n")) throw new PathError("unterminated array");
    this.#at = end + 1;
    const parts = inside.split(",");
    if (parts.length > 1) return [{ kind: "union", lists: parts.map((part) => actionOf(`[${trimmed(part)}]`)) }];
    const key = DICT_KEY.exec(inside)?.[1];
    return key === undefined ? [slice(inside === "*" ? ":" : inside)] : actionOf(`.${key}`);
  }

  #filter(): PathNode {
    this.#at += "[?(".length;
    const start = this.#at;
    // What is between quotes may hold a parenthesis; only the first pair is heeded.
    let [quote, isClosed] = ["", false];
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === "" || char === "\n") throw new PathError("unterminated filter");
      this.#at++;
      if (char === '"' || char === "'") {
        if (quote === "") quote = char;
        else if (char === quote && this.#text.charAt(this.#at - 2) !== "\\") isClosed = true;
      } else if (char === ")" && (quote !== "") === isClosed) break;
    }
    const inside = this.#text.slice(start, this.#at - 1);
    if (this.#text.charAt(this.#at++) !== "]") throw new PathError("unclosed array expect ]");
    const [, left, operator, right] = FILTER.exec(inside) ?? [];
    if (left === undefined || operator === undefined || right === undefined) {
      return { kind: "filter", left: actionOf(inside), operator: "exists", right: [] };
    }
    return { kind: "filter", left: actionOf(left), operator, right: actionOf(right) };
  }
}

const trimmed = (text: string): string => text.replace(/^ +| +$/g, "");

/** The steps of a text as they are between braces. */
function actionOf(text: string): readonly PathNode[] {
  const [first] = parseTemplate(`{${text}}`);
  return first?.kind === "list" ? first.nodes : [];
}

function slice(inside: string): PathNode {
  const match = SLICE.exec(inside);
  if (match === null) throw new PathError(`invalid array index ${inside}`);
  const [, first = "", second, third] = match;
  const number = (text: string | undefined): SliceEnd | undefined => {
    const digits = text?.replace(":", "") ?? "";
    if (digits === "-") throw new PathError(`array index ${digits} is not a number`);
    return digits === "" ? undefined : { value: Number(digits) };
  };
  const from = number(first);
  const to = second === undefined ? { value: (from?.value ?? 0) + 1, derived: true as const } : number(second);
  return { kind: "array", from, to, step: number(third) };
}
