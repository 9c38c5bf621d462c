/*
 * kubectl's JSONPath dialect: text with `{…}` in it. Models client-go util/jsonpath parser.go.
 */

/** One step, or one piece of output. */
export type PathNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly nodes: readonly PathNode[] }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "identifier"; readonly name: "range" | "end" }
  | { readonly kind: "array"; readonly from?: number; readonly to?: number; readonly step?: number }
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
  const nodes: PathNode[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const text = template.slice(at, open < 0 ? undefined : open);
    if (text !== "") nodes.push({ kind: "text", text });
    if (open < 0) break;
    const reader = new Reader(template, open + 1);
    nodes.push({ kind: "list", nodes: reader.action() });
    at = reader.at;
  }
  return nodes;
}

const DICT_KEY = /^'([^']*)'$/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const FIELD_ENDS = " \r\n\t()[]{}.,@$'\"?=<>!:*|&";

/** Reads one action, from behind its brace to behind its end. */
class Reader {
  at: number;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  action(): PathNode[] {
    const nodes: PathNode[] = [];
    for (;;) {
      const char = this.#text[this.at];
      if (char === undefined || char === "\n") throw new PathError("unclosed action");
      if (char === "}") {
        this.at++;
        return nodes;
      }
      const node = this.#node(char);
      if (node !== undefined) nodes.push(node);
    }
  }

  /** One step; undefined for what only parts others. */
  #node(char: string): PathNode | undefined {
    if (/[ \t\r@$]/.test(char)) {
      this.at++;
      return undefined;
    }
    if (char === "[") return this.#array();
    if (char === '"' || char === "'") return this.#quoted(char);
    if (char === ".") return this.#dot();
    if (/[-+\d]/.test(char)) return this.#number();
    if (/[\p{L}_]/u.test(char)) return this.#identifier();
    if (char === "*") {
      this.at++;
      return { kind: "wildcard" };
    }
    throw new PathError(`unrecognized character in action: U+${hex(char)} '${char}'`);
  }

  #dot(): PathNode {
    this.at++;
    const next = this.#text[this.at];
    if (next === ".") return this.#recursive();
    if (next === "*") {
      this.at++;
      return { kind: "wildcard" };
    }
    return { kind: "field", name: this.#word() };
  }

  #recursive(): PathNode {
    const next = this.#text[this.at + 1];
    if (next === ".") throw new PathError("invalid multiple recursive descent");
    // The second dot begins the next step, unless a bracket follows.
    if (next === "[" || next === undefined) this.at++;
    return { kind: "recursive" };
  }

  /** A field's name; a backslash takes the next character as it is. */
  #word(): string {
    let word = "";
    for (; this.at < this.#text.length; this.at++) {
      const char = this.#text.charAt(this.at);
      if (char === "\\") {
        this.at++;
        word += this.#text.charAt(this.at);
      } else if (FIELD_ENDS.includes(char)) break;
      else word += char;
    }
    return word;
  }

  #identifier(): PathNode {
    const word = this.#word();
    if (word === "range" || word === "end") return { kind: "identifier", name: word };
    if (word === "true" || word === "false") return { kind: "bool", value: word === "true" };
    throw new PathError(`unrecognized identifier ${word}`);
  }

  #number(): PathNode {
    const match = /^[-+]?\d*\.?\d*/.exec(this.#text.slice(this.at));
    const word = match?.[0] ?? "";
    this.at += word.length;
    const value = Number(word);
    if (word === "" || Number.isNaN(value)) throw new PathError(`cannot parse number ${word}`);
    return { kind: "number", value, isFloat: word.includes(".") };
  }

  #quoted(quote: string): PathNode {
    let text = "";
    for (this.at++; ; this.at++) {
      const char = this.#text[this.at];
      if (char === undefined || char === "\n") throw new PathError("unterminated quoted string");
      if (char === quote) break;
      if (char === "\\") {
        this.at++;
        text += unescaped(this.#text.charAt(this.at));
      } else text += char;
    }
    this.at++;
    return { kind: "text", text };
  }

  /** `[…]`: an index, a slice, a key, a filter or a union of them. */
  #array(): PathNode {
    const start = this.at + 1;
    const end = this.#closing(start);
    const inside = this.#text.slice(start, end);
    this.at = end + 1;
    if (inside.startsWith("?")) return this.#filter(inside.slice(1).trim());
    const parts = splitUnion(inside);
    if (parts.length > 1) {
      return { kind: "union", lists: parts.map((part) => new Reader(`[${part.trim()}]}`, 0).action()) };
    }
    if (inside.trim() === "*") return { kind: "wildcard" };
    const key = DICT_KEY.exec(inside.trim().replaceAll("\\'", "\u0000"));
    if (key !== null) {
      return { kind: "field", name: (key[1] ?? "").replaceAll("\u0000", "'").replace(/\\(.)/g, "$1") };
    }
    // Nothing in the brackets is the first item.
    if (inside.trim() === "") return { kind: "array", from: 0, to: 1 };
    return slice(inside);
  }

  /** Where the bracket closes that was opened before `from`; quotes and inner brackets are passed over. */
  #closing(from: number): number {
    let depth = 0;
    let quote = "";
    for (let at = from; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === "\\") at++;
      else if (quote !== "") {
        if (char === quote) quote = "";
      } else if (char === "'" || char === '"') quote = char;
      else if (char === "[") depth++;
      else if (char === "]" && depth-- === 0) return at;
    }
    throw new PathError("unterminated array");
  }

  #filter(inside: string): PathNode {
    const body = /^\((.*)\)$/s.exec(inside)?.[1];
    if (body === undefined) throw new PathError("unterminated filter");
    const match = /^((?:"[^"]*"|'[^']*'|[^!<>=])+)(==|!=|<=|>=|<|>)?(.*)$/s.exec(body);
    const [, left = "", operator = "exists", right = ""] = match ?? [];
    if (match === null) throw new PathError(`unrecognized filter ${body}`);
    return {
      kind: "filter",
      left: new Reader(`${left.trim()}}`, 0).action(),
      operator: match[2] === undefined ? "exists" : operator,
      right: right.trim() === "" ? [] : new Reader(`${right.trim()}}`, 0).action(),
    };
  }
}

function slice(inside: string): PathNode {
  const match = SLICE.exec(inside.trim());
  if (match === null) throw new PathError(`invalid array index ${inside}`);
  const [, first = "", second, third] = match;
  const number = (text: string | undefined) => {
    const digits = text?.replace(":", "");
    return digits === undefined || digits === "" ? undefined : Number(digits);
  };
  const from = number(first);
  if (second === undefined) {
    return { kind: "array", ...(from !== undefined && { from, to: from === -1 ? Number.NaN : from + 1 }) };
  }
  const [to, step] = [number(second), number(third)];
  return {
    kind: "array",
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(step !== undefined && { step }),
  };
}

function splitUnion(inside: string): string[] {
  const parts = [...inside.matchAll(/(?:'[^']*'|"[^"]*"|[^,'"])+/g)].map(([part]) => part);
  return parts.length === 0 ? [inside] : parts;
}

function unescaped(char: string): string {
  return { n: "\n", t: "\t", r: "\r" }[char] ?? char;
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
