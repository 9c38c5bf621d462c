/*
 * Go's text/template language, read into a tree. Models text/template/parse/parse.go.
 */
import { goQuote } from "../../api/meta/go-text.ts";
import { unquoted } from "./go-strings.ts";
import { type Token, type TokenType, templateTokens, tokenText } from "./go-template-lex.ts";
import {
  chainText,
  type Pipeline,
  type Place,
  pipelineText,
  type TemplateCommand,
  type Term,
} from "./go-template-terms.ts";

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipeline: Pipeline }
  | { readonly kind: "break" | "continue" }
  | (Place & { readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined })
  | {
      readonly kind: "if" | "range" | "with";
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

/** Templates by name; the one that is carried out has the name that all were read under. */
export type Templates = ReadonlyMap<string, readonly TemplateNode[]>;

export class TemplateError extends Error {}

interface Ended {
  readonly nodes: TemplateNode[];
  readonly by: "end" | "else";
}

/** Reads a template under a name, knowing the names of functions. Throws a TemplateError. */
export function parseTemplates(name: string, source: string, isFunction: (name: string) => boolean): Templates {
  return new Parser(name, templateTokens(source), isFunction).all();
}

class Parser {
  readonly #name: string;
  readonly #tokens: readonly Token[];
  readonly #isFunction: (name: string) => boolean;
  readonly #templates = new Map<string, readonly TemplateNode[]>();
  #variables = ["$"];
  #at = 0;
  #actionLine = 0;
  #ranges = 0;

  constructor(name: string, tokens: readonly Token[], isFunction: (name: string) => boolean) {
    this.#name = name;
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  all(): Templates {
    const nodes: TemplateNode[] = [];
    while (this.#peek().type !== "end-of-file") {
      if (this.#isDefinition()) {
        this.#definition();
        continue;
      }
      const node = this.#textOrAction();
      if (typeof node === "string") throw this.#error(`unexpected {{${node}}}`);
      nodes.push(node);
    }
    return new Map([...this.#templates, [this.#name, nodes]]);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #peekWord(): Token {
    while (this.#peek().type === "space") this.#at++;
    return this.#peek();
  }

  #nextWord(): Token {
    this.#peekWord();
    return this.#next();
  }

  #error(text: string): TemplateError {
    const { line } = this.#tokens[Math.min(Math.max(this.#at - 1, 0), this.#tokens.length - 1)] as Token;
    return new TemplateError(`template: ${this.#name}:${line}: ${text}`);
  }

  #unexpected(token: Token, context: string): TemplateError {
    if (token.type !== "error") return this.#error(`unexpected ${tokenText(token)} in ${context}`);
    if (this.#actionLine === 0 || this.#actionLine === token.line) return this.#error(token.text);
    const started = `started at ${this.#name}:${this.#actionLine}`;
    return this.#error(`${token.text}${token.text.endsWith(" action") ? "" : " in action"} ${started}`);
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#nextWord();
    if (token.type !== type) throw this.#unexpected(token, context);
    return token;
  }

  #isDefinition(): boolean {
    if (this.#peek().type !== "open") return false;
    let at = this.#at + 1;
    while (this.#tokens[at]?.type === "space") at++;
    const word = this.#tokens[at];
    return word?.type === "keyword" && word.text === "define";
  }

  #definition(): void {
    this.#next();
    this.#nextWord();
    const context = "define clause";
    const name = this.#nameIn(this.#nextWord(), context);
    this.#expect("close", context);
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, by } = this.#list();
    this.#variables = outer;
    if (by !== "end") throw this.#error(`unexpected {{${by}}} in ${context}`);
    this.#templates.set(name, nodes);
  }

  #nameIn(token: Token, context: string): string {
    if (token.type !== "string" && token.type !== "raw-string") throw this.#unexpected(token, context);
    return this.#stringOf(token);
  }

  #stringOf({ type, text }: Token): string {
    const inside = text.slice(1, -1);
    const value = type === "raw-string" ? inside.replaceAll("\r", "") : unquoted(inside, '"');
    if (value === undefined) throw this.#error("invalid syntax");
    return value;
  }

  /** Up to an end or else. */
  #list(): Ended {
    const nodes: TemplateNode[] = [];
    while (this.#peekWord().type !== "end-of-file") {
      const node = this.#textOrAction();
      if (typeof node === "string") return { nodes, by: node };
      nodes.push(node);
    }
    this.#at++;
    throw this.#error("unexpected EOF");
  }

  #textOrAction(): TemplateNode | "end" | "else" {
    const token = this.#nextWord();
    if (token.type === "text") return { kind: "text", text: token.text };
    if (token.type !== "open") throw this.#unexpected(token, "input");
    this.#actionLine = token.line;
    const node = this.#action();
    this.#actionLine = 0;
    return node;
  }

  #action(): TemplateNode | "end" | "else" {
    const { type, text } = this.#peekWord();
    if (type !== "keyword" || text === "nil" || text === "define") {
      return { kind: "print", pipeline: this.#pipeline("command", "close") };
    }
    this.#next();
    switch (text) {
      case "end":
        this.#expect("close", "end");
        return "end";
      case "else":
        return this.#else();
      case "break":
      case "continue":
        return this.#leave(text);
      case "template":
        return this.#call();
      case "block":
        return this.#block();
      default:
        return this.#control(text as "if" | "range" | "with");
    }
  }

  #else(): "else" {
    const { type, text } = this.#peekWord();
    if (type !== "keyword" || (text !== "if" && text !== "with")) this.#expect("close", "else");
    return "else";
  }

  #leave(kind: "break" | "continue"): TemplateNode {
    this.#expect("close", `{{${kind}}}`);
    if (this.#ranges === 0) throw this.#error(`{{${kind}}} outside {{range}}`);
    return { kind };
  }

  #call(): TemplateNode {
    const context = "template clause";
    const token = this.#nextWord();
    const name = this.#nameIn(token, context);
    const isBare = this.#peekWord().type === "close";
    if (isBare) this.#next();
    return this.#invocation(token, name, isBare ? undefined : this.#pipeline(context, "close"));
  }

  #invocation({ at, line }: Token, name: string, pipeline: Pipeline | undefined): TemplateNode {
    const text = `{{template ${goQuote(name)}${pipeline === undefined ? "" : ` ${pipeline.text}`}}}`;
    return { kind: "template", at, line, text, name, pipeline };
  }

  #block(): TemplateNode {
    const context = "block clause";
    const token = this.#nextWord();
    const name = this.#nameIn(token, context);
    const pipeline = this.#pipeline(context, "close");
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, by } = this.#list();
    this.#variables = outer;
    if (by !== "end") throw this.#error(`unexpected {{${by}}} in ${context}`);
    this.#templates.set(name, nodes);
    return this.#invocation(token, name, pipeline);
  }

  #control(kind: "if" | "range" | "with"): TemplateNode {
    const known = this.#variables.length;
    const pipeline = this.#pipeline(kind, "close");
    if (kind === "range") this.#ranges++;
    const { nodes: body, by } = this.#list();
    if (kind === "range") this.#ranges--;
    const otherwise = by === "end" ? [] : this.#otherwise(kind);
    this.#variables.length = known;
    return { kind, pipeline, body, otherwise };
  }

  #otherwise(kind: string): readonly TemplateNode[] {
    const { type, text } = this.#peek();
    if (type === "keyword" && text === kind && kind !== "range") {
      this.#next();
      return [this.#control(kind as "if" | "with")];
    }
    const { nodes, by } = this.#list();
    if (by !== "end") throw this.#error(`expected end; found {{${by}}}`);
    return nodes;
  }

  #pipeline(context: string, end: "close" | "right-paren"): Pipeline {
    const { at, line } = this.#peekWord();
    const { declares, assigns } = this.#declarations(context);
    const commands: TemplateCommand[] = [];
    for (;;) {
      const token = this.#nextWord();
      if (token.type === end) break;
      if (!OPERANDS.has(token.type) && !isNil(token)) throw this.#unexpected(token, context);
      this.#at--;
      commands.push(this.#command());
    }
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    const lame = commands.findIndex(({ terms: [first] }, index) => index > 0 && INERT.has(first.kind));
    if (lame > 0) throw this.#error(`non executable command in pipeline stage ${lame + 1}`);
    return { declares, assigns, commands, at, line, text: pipelineText(declares, assigns, commands) };
  }

  /** `$x :=`, `$i, $x :=` or `$x =` at the front. */
  #declarations(context: string): { readonly declares: readonly string[]; readonly assigns: boolean } {
    const declares: string[] = [];
    while (this.#peekWord().type === "variable") {
      const before = this.#at;
      const { text: name } = this.#next();
      const mark = this.#peekWord();
      const isComma = mark.type === "char" && mark.text === ",";
      if (mark.type !== "assign" && mark.type !== "declare" && !isComma) {
        this.#at = before;
        break;
      }
      this.#next();
      declares.push(name);
      this.#variables.push(name);
      if (!isComma) return { declares, assigns: mark.type === "assign" };
      if (context !== "range" || declares.length > 1) throw this.#error(`too many declarations in ${context}`);
      if (!["variable", "close", "right-paren"].includes(this.#peekWord().type)) {
        throw this.#error("range can only initialize variables");
      }
    }
    return { declares, assigns: false };
  }

  #command(): TemplateCommand {
    const { at, line } = this.#peekWord();
    const terms: Term[] = [];
    for (;;) {
      this.#peekWord();
      const term = this.#operand();
      if (term !== undefined) terms.push(term);
      const token = this.#next();
      if (token.type === "space") continue;
      if (token.type === "close" || token.type === "right-paren") this.#at--;
      else if (token.type !== "pipe") throw this.#unexpected(token, "operand");
      break;
    }
    const [first, ...rest] = terms;
    if (first === undefined) throw this.#error("empty command");
    const text = terms.map((term) => (term.kind === "pipeline" ? `(${term.text})` : term.text)).join(" ");
    return { terms: [first, ...rest], at, line, text };
  }

  #operand(): Term | undefined {
    const term = this.#term();
    const { type, at, line } = this.#peek();
    if (term === undefined || type !== "field") return term;
    const names: string[] = [];
    while (this.#peek().type === "field") names.push(this.#next().text.slice(1));
    if (term.kind === "field" || term.kind === "variable") {
      return { ...term, at, line, text: chainText(term, names), names: [...term.names, ...names] };
    }
    if (INERT.has(term.kind)) throw this.#error(`unexpected . after term ${goQuote(term.text)}`);
    return { kind: "chain", at, line, text: chainText(term, names), of: term, names };
  }

  #term(): Term | undefined {
    const token = this.#nextWord();
    const { type, text, at, line } = token;
    const place = { at, line, text };
    switch (type) {
      case "identifier":
        if (!this.#isFunction(text)) throw this.#error(`function ${goQuote(text)} not defined`);
        return { ...place, kind: "function", name: text };
      case "dot":
        return { ...place, kind: "dot" };
      case "variable":
        if (!this.#variables.includes(text)) throw this.#error(`undefined variable ${goQuote(text)}`);
        return { ...place, kind: "variable", name: text, names: [] };
      case "field":
        return { ...place, kind: "field", names: [text.slice(1)] };
      case "bool":
        return { ...place, kind: "constant", value: text === "true", type: "bool" };
      case "string":
      case "raw-string":
        return { ...place, kind: "constant", value: this.#stringOf(token), type: "string" };
      case "number":
        return { ...place, kind: "constant", ...this.#number(text) };
      case "character":
        return { ...place, kind: "constant", value: this.#character(text), type: "int" };
      case "left-paren":
        return { ...this.#parenthesized() };
      default:
        if (isNil(token)) return { ...place, kind: "nil" };
        this.#at--;
        return undefined;
    }
  }

  #parenthesized(): Term {
    const pipeline = this.#pipeline("parenthesized pipeline", "right-paren");
    return { kind: "pipeline", at: pipeline.at, line: pipeline.line, text: pipeline.text, pipeline };
  }

  #number(text: string): { readonly value: number; readonly type: "int" | "float64" } {
    const isWhole = /^[-+]?(?:0[xXoObB][\da-fA-F_]+|[\d_]+)$/.test(text);
    const digits = text.replaceAll("_", "").replace(/^\+/, "");
    const old = /^-?0[0-7]+$/.test(digits) && isWhole;
    const value = old
      ? Number.parseInt(digits, 8)
      : digits.startsWith("-0x")
        ? -Number(digits.slice(1))
        : Number(digits);
    if (Number.isNaN(value) || digits === "") throw this.#error(`illegal number syntax: ${goQuote(text)}`);
    if (isWhole && Math.abs(value) > 2 ** 63) throw this.#error(`integer overflow: ${goQuote(text)}`);
    return { value, type: isWhole ? "int" : "float64" };
  }

  #character(text: string): number {
    const value = unquoted(text.slice(1, -1), "'");
    if (value === undefined) throw this.#error("invalid syntax");
    if ([...value].length !== 1) throw this.#error(`malformed character constant: ${text}`);
    return value.codePointAt(0) ?? 0;
  }
}

const OPERANDS = new Set<TokenType>([
  ...(["bool", "character", "dot", "field", "identifier", "number", "raw-string", "string", "variable"] as const),
  "left-paren",
]);
/** What can't be called. */
const INERT = new Set<Term["kind"]>(["constant", "dot", "nil"]);

const isNil = ({ type, text }: Token): boolean => type === "keyword" && text === "nil";
