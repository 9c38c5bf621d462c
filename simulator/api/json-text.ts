import type { JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { goQuote } from "./meta/go-text.ts";

/** A body of JSON: its value, and the paths of keys that stand in it twice, as `spec.containers[0].name`. */
export interface JsonText {
  readonly value: JsonValue;
  readonly duplicates: readonly string[];
}

// Models encoding/json scanner, and the duplicates that sigs.k8s.io/json reports
/** Reads JSON as Go does: the error is in Go's words. `isBytes`: each character stands for one byte. */
export function readJson(text: string, isBytes = false): Result<JsonText, string> {
  const scanner = new Scanner(text, isBytes);
  try {
    scanner.run();
    return ok({ value: JSON.parse(text) as JsonValue, duplicates: scanner.duplicates });
  } catch (error) {
    if (error instanceof SyntaxProblem) return fail(error.message);
    // What Go's scanner lets through and JavaScript's does not: nothing that we know of.
    return fail(error instanceof Error ? error.message : "invalid JSON");
  }
}

class SyntaxProblem extends Error {}

const MAX_DEPTH = 10_000;
const END = "unexpected end of JSON input";

/** An object or list that is being read. */
interface Open {
  /** Keys so far; undefined: a list. */
  readonly keys: Set<string> | undefined;
  /** The path of what is in hand below it: `.name`, or `[3]`. */
  step: string;
  index: number;
}

class Scanner {
  readonly duplicates: string[] = [];
  readonly #text: string;
  readonly #isBytes: boolean;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string, isBytes: boolean) {
    this.#text = text;
    this.#isBytes = isBytes;
  }

  run(): void {
    let isDone = this.#value();
    while (!isDone || this.#open.length > 0) isDone = isDone ? this.#afterValue() : this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#wrong("after top-level value");
  }

  /** Reads a value; false: it began an object or a list with something in it, whose first value comes next. */
  #value(): boolean {
    this.#space();
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxProblem(END);
    if (char === "{" || char === "[") return this.#begin(char);
    if (char === '"') this.#string();
    else if (char === "-" || isDigit(char)) this.#number();
    else if (char === "t") this.#literal("true");
    else if (char === "f") this.#literal("false");
    else if (char === "n") this.#literal("null");
    else this.#wrong("looking for beginning of value");
    return true;
  }

  #begin(char: "{" | "["): boolean {
    if (this.#open.length >= MAX_DEPTH) throw new SyntaxProblem("exceeded max depth");
    this.#at++;
    this.#space();
    const closing = char === "{" ? "}" : "]";
    if (this.#text[this.#at] === closing) {
      this.#at++;
      return true;
    }
    this.#open.push({ keys: char === "{" ? new Set() : undefined, step: "[0]", index: 0 });
    if (char === "{") this.#key();
    return false;
  }

  /** What may follow a value within an object or a list; true: that has ended, and is itself a value that was read. */
  #afterValue(): boolean {
    const inner = this.#open.at(-1) as Open;
    this.#space();
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxProblem(END);
    const closing = inner.keys === undefined ? "]" : "}";
    if (char === closing) {
      this.#at++;
      this.#open.pop();
      return true;
    }
    if (char !== ",") this.#wrong(inner.keys === undefined ? "after array element" : "after object key:value pair");
    this.#at++;
    if (inner.keys === undefined) inner.step = `[${++inner.index}]`;
    else this.#key();
    return false;
  }

  #key(): void {
    const inner = this.#open.at(-1) as Open;
    this.#space();
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxProblem(END);
    if (char !== '"') this.#wrong("looking for beginning of object key string");
    const key = JSON.parse(this.#string()) as string;
    inner.step = `.${key}`;
    if (inner.keys?.has(key))
      this.duplicates.push(
        this.#open
          .map(({ step }) => step)
          .join("")
          .slice(1),
      );
    inner.keys?.add(key);
    this.#space();
    if (this.#at >= this.#text.length) throw new SyntaxProblem(END);
    if (this.#text[this.#at] !== ":") this.#wrong("after object key");
    this.#at++;
  }

  /** Reads a string; returns it with its quotes. */
  #string(): string {
    const start = this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new SyntaxProblem(END);
      if (char < " ") this.#wrong("in string literal");
      this.#at++;
      if (char === '"') return this.#text.slice(start, this.#at);
      if (char === "\\") this.#escape();
    }
  }

  #escape(): void {
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxProblem(END);
    if (!'bfnrt\\/"u'.includes(char)) this.#wrong("in string escape code");
    this.#at++;
    for (let digits = 0; char === "u" && digits < 4; digits++) {
      const digit = this.#text[this.#at];
      if (digit === undefined) throw new SyntaxProblem(END);
      if (!/[0-9a-fA-F]/.test(digit)) this.#wrong("in \\u hexadecimal character escape");
      this.#at++;
    }
  }

  #number(): void {
    if (this.#text[this.#at] === "-") this.#at++;
    if (this.#text[this.#at] === "0") this.#at++;
    else this.#digits("in numeric literal");
    if (this.#text[this.#at] === ".") {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    const char = this.#text[this.#at];
    if (char !== "e" && char !== "E") return;
    this.#at++;
    const sign = this.#text[this.#at];
    if (sign === "+" || sign === "-") this.#at++;
    this.#digits("in exponent of numeric literal");
  }

  #digits(context: string): void {
    if (this.#at >= this.#text.length) throw new SyntaxProblem(END);
    if (!isDigit(this.#text[this.#at] ?? "")) this.#wrong(context);
    while (isDigit(this.#text[this.#at] ?? "")) this.#at++;
  }

  #literal(word: string): void {
    for (const expected of word) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new SyntaxProblem(END);
      if (char !== expected) this.#wrong(`in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #wrong(context: string): never {
    throw new SyntaxProblem(`invalid character ${quoted(this.#text, this.#at, this.#isBytes)} ${context}`);
  }
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9" && char.length === 1;
}

/** Go looks at bytes: of a character beyond ASCII it names the first one. */
function quoted(text: string, at: number, isBytes: boolean): string {
  const code = text.codePointAt(at) ?? 0;
  const byte =
    isBytes || code < 0x80
      ? code
      : code < 0x800
        ? 0xc0 | (code >> 6)
        : code < 0x10000
          ? 0xe0 | (code >> 12)
          : 0xf0 | (code >> 18);
  const char = String.fromCharCode(byte);
  if (char === "'") return "'\\''";
  return char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
}
