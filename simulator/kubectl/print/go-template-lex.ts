/*
 * The words of Go's text/template. Models text/template/parse/lex.go.
 */
import { goQuote } from "../../api/meta/go-text.ts";
import { goCharacter } from "./go-strings.ts";

export type TokenType =
  | "text"
  | "open"
  | "close"
  | "space"
  | "assign"
  | "declare"
  | "pipe"
  | "left-paren"
  | "right-paren"
  | "char"
  | "string"
  | "raw-string"
  | "character"
  | "number"
  | "variable"
  | "field"
  | "dot"
  | "bool"
  | "identifier"
  | "keyword"
  | "error"
  | "end-of-file";

/** One word of a template; `at` counts characters from its start, `line` lines from 1. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly at: number;
  readonly line: number;
}

const KEYWORDS = ["block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"];
const SPACES = " \t\r\n";
const ALPHANUMERIC = /[\p{L}\p{Nd}_]/u;
const TERMINATORS = `${SPACES}.,|:)(`;
const LONG_WORD = 10;
const MARKS: { readonly [char: string]: TokenType | undefined } = {
  ":": "declare",
  "=": "assign",
  "|": "pipe",
  "(": "left-paren",
  ")": "right-paren",
};

/** A token as errors name it. */
export function tokenText({ type, text }: Token): string {
  if (type === "end-of-file") return "EOF";
  if (type === "error") return text;
  if (type === "keyword") return `<${text}>`;
  return [...text].length > LONG_WORD ? `${goQuote([...text].slice(0, LONG_WORD).join(""))}...` : goQuote(text);
}

/** All tokens of a template; the last one is its end, or what went wrong. */
export function templateTokens(source: string): readonly Token[] {
  return new Lexer(source).all();
}

/** What ends the reading: told as a token. */
class Unreadable extends Error {}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #depth = 0;
  #trimNext = false;

  constructor(source: string) {
    this.#source = source;
  }

  all(): readonly Token[] {
    try {
      while (this.#at < this.#source.length) this.#textAndAction();
      this.#emit("end-of-file", "", this.#at);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#emit("error", error.message, this.#at);
    }
    return this.#tokens;
  }

  #emit(type: TokenType, text: string, at: number): void {
    this.#tokens.push({ type, text, at, line: this.#line });
    this.#line += text.split("\n").length - 1;
  }

  #textAndAction(): void {
    const open = this.#source.indexOf("{{", this.#at);
    const raw = this.#source.slice(this.#at, open < 0 ? undefined : open);
    const trims = open >= 0 && this.#source[open + 2] === "-" && SPACES.includes(this.#source[open + 3] || "x");
    this.#text(raw, trims);
    this.#at = open < 0 ? this.#source.length : open;
    if (open < 0) return;
    const inside = open + (trims ? "{{- ".length : "{{".length);
    if (this.#source.startsWith("/*", inside)) this.#comment(inside);
    else this.#inside(open, inside);
  }

  #inside(open: number, start: number): void {
    this.#emit("open", "{{", open);
    this.#at = start;
    this.#depth = 0;
    while (!this.#isClosed()) this.#word();
  }

  #text(raw: string, trims: boolean): void {
    const text = this.#trimNext ? raw.replace(/^[ \t\r\n]+/, "") : raw;
    const lead = raw.length - text.length;
    this.#line += raw.slice(0, lead).split("\n").length - 1;
    const kept = trims ? text.replace(/[ \t\r\n]+$/, "") : text;
    if (kept !== "") this.#emit("text", kept, this.#at + lead);
    this.#line += text.slice(kept.length).split("\n").length - 1;
    this.#trimNext = false;
  }

  #comment(start: number): void {
    const end = this.#source.indexOf("*/", start);
    if (end < 0) throw new Unreadable("unclosed comment");
    this.#at = end + 2;
    const delimiter = this.#closing();
    if (delimiter === undefined) throw new Unreadable("comment ends before closing delimiter");
    this.#line += this.#source.slice(start, end).split("\n").length - 1;
    this.#at += delimiter.length;
    this.#trimNext = delimiter.length > 2;
  }

  /** The delimiter that stands here, with its trim marker. */
  #closing(): string | undefined {
    const rest = this.#source.slice(this.#at, this.#at + " -}}".length);
    if (rest.startsWith("}}")) return "}}";
    return /^[ \t\r\n]-\}\}$/.test(rest) ? rest : undefined;
  }

  #isClosed(): boolean {
    const delimiter = this.#closing();
    if (delimiter === undefined) return false;
    if (this.#depth > 0) throw new Unreadable("unclosed left paren");
    this.#trimNext = delimiter.length > 2;
    this.#emit("close", "}}", this.#at + delimiter.length - 2);
    this.#at += delimiter.length;
    return true;
  }

  #take(type: TokenType, length: number): void {
    const at = this.#at;
    this.#at += length;
    this.#emit(type, this.#source.slice(at, this.#at), at);
  }

  #word(): void {
    const rest = this.#source.slice(this.#at);
    const code = rest.codePointAt(0);
    if (code === undefined) throw new Unreadable("unclosed action");
    const char = String.fromCodePoint(code);
    if (SPACES.includes(char)) this.#spaces(rest);
    else if (char === '"') this.#quoted(rest, char, "string", "unterminated quoted string");
    else if (char === "'") this.#quoted(rest, char, "character", "unterminated character constant");
    else if (char === "`") this.#raw(rest);
    else if (char === "$" || (char === "." && !/^\.\d/.test(rest))) this.#fieldOrVariable(rest);
    else if (/[-+.\d]/.test(char)) this.#number(rest);
    else if (ALPHANUMERIC.test(char)) this.#identifier(rest);
    else this.#mark(char, rest);
  }

  #mark(char: string, rest: string): void {
    if (char === ":" && !rest.startsWith(":=")) throw new Unreadable("expected :=");
    if (char === "(") this.#depth++;
    if (char === ")" && --this.#depth < 0) throw new Unreadable("unexpected right paren");
    const type = MARKS[char];
    if (type === undefined && !/^[!-~]$/.test(char)) {
      throw new Unreadable(`unrecognized character in action: ${goCharacter(char)}`);
    }
    this.#take(type ?? "char", char === ":" ? ":=".length : 1);
  }

  /** Blanks, but not the one that belongs to a trim marker. */
  #spaces(rest: string): void {
    const [blanks = ""] = /^[ \t\r\n]+/.exec(rest) ?? [];
    const isMarker = rest.startsWith("-}}", blanks.length);
    const length = isMarker ? blanks.length - 1 : blanks.length;
    if (length > 0) this.#take("space", length);
  }

  #quoted(rest: string, quote: string, type: TokenType, problem: string): void {
    for (let at = 1; at < rest.length && rest[at] !== "\n"; at++) {
      if (rest[at] === "\\" && rest[at + 1] !== "\n") at++;
      else if (rest[at] === quote) {
        this.#take(type, at + 1);
        return;
      }
    }
    throw new Unreadable(problem);
  }

  #raw(rest: string): void {
    const end = rest.indexOf("`", 1);
    if (end < 0) throw new Unreadable("unterminated raw quoted string");
    this.#take("raw-string", end + 1);
  }

  /** Whether a word may end before this. */
  #demandEnd(rest: string): void {
    const code = rest.codePointAt(0);
    if (code === undefined || TERMINATORS.includes(rest.charAt(0)) || rest.startsWith("}}")) return;
    throw new Unreadable(`bad character ${goCharacter(String.fromCodePoint(code))}`);
  }

  #fieldOrVariable(rest: string): void {
    const [word = ""] = /^[.$][\p{L}\p{Nd}_]*/u.exec(rest) ?? [];
    this.#demandEnd(rest.slice(word.length));
    this.#take(word.startsWith("$") ? "variable" : word === "." ? "dot" : "field", word.length);
  }

  #identifier(rest: string): void {
    const [word = ""] = /^[\p{L}\p{Nd}_]+/u.exec(rest) ?? [];
    this.#demandEnd(rest.slice(word.length));
    const isBool = word === "true" || word === "false";
    this.#take(KEYWORDS.includes(word) ? "keyword" : isBool ? "bool" : "identifier", word.length);
  }

  #number(rest: string): void {
    const [word = ""] =
      /^[-+]?(?:0[xX][\da-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[\d_]*\.?[\d_]*(?:[eE][-+]?[\d_]*)?)i?/.exec(rest) ?? [];
    const next = rest.slice(word.length, word.length + 1);
    if (ALPHANUMERIC.test(next)) throw new Unreadable(`bad number syntax: ${goQuote(word + next)}`);
    this.#take("number", word.length);
  }
}
