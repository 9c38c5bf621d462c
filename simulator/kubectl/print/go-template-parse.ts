/*
 * The part of Go's text/template language that people write behind `-o go-template=`: actions, pipelines, variables,
 * range, if, with, else. Models text/template/parse.
 */

export type Term =
  | { readonly kind: "dot" }
  | { readonly kind: "nil" }
  | { readonly kind: "constant"; readonly value: string | number | boolean }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline }
  | { readonly kind: "field"; readonly of: Term; readonly names: readonly string[] };

/** A function or value with its arguments. */
export type TemplateCommand = readonly Term[];

export interface Pipeline {
  readonly declares: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly TemplateCommand[];
}

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipeline: Pipeline }
  | { readonly kind: "break" | "continue" }
  | {
      readonly kind: "if" | "range" | "with";
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

export class TemplateError extends Error {}

type Token =
  | { readonly type: "word" | "field" | "variable" | "mark"; readonly text: string; readonly spaced: boolean }
  | { readonly type: "constant"; readonly value: string | number; readonly spaced: boolean };

interface Piece {
  readonly text?: string;
  readonly action?: string;
}

/** Text and actions in turn; `{{-` and `-}}` eat the blanks beside them. */
function pieces(source: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, "");
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4));
    if (trimsBefore) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") found.push({ text });
    if (open < 0) break;
    const close = endOfAction(source, open + 2);
    if (close < 0) throw new TemplateError("unclosed action");
    let action = source.slice(open + (trimsBefore ? 3 : 2), close);
    trimNext = /[ \t\r\n]-$/.test(action);
    if (trimNext) action = action.slice(0, -1);
    if (!/^\s*\/\*/.test(action)) found.push({ action: action.trim() });
    at = close + 2;
  }
  return found;
}

function endOfAction(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === '"' || char === "`") {
      for (at++; at < source.length && source.charAt(at) !== char; at++) {
        if (char === '"' && source.charAt(at) === "\\") at++;
        if (char === '"' && source.charAt(at) === "\n") throw new TemplateError("unterminated quoted string");
      }
    } else if (source.startsWith("}}", at)) return at;
  }
  return -1;
}

const TOKEN =
  /"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'|[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\$[\w]*|\.[\p{L}_][\p{L}\d_]*|:=|[\p{L}_][\p{L}\d_]*|[.()|,=]/uy;

function tokens(action: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < action.length) {
    const blanks = /^[ \t\r\n]+/.exec(action.slice(at))?.[0].length ?? 0;
    at += blanks;
    if (at >= action.length) break;
    TOKEN.lastIndex = at;
    const text = TOKEN.exec(action)?.[0];
    if (text === undefined) throw new TemplateError(`unexpected ${JSON.stringify(action.charAt(at))} in command`);
    found.push(tokenOf(text, blanks > 0 || at === 0));
    at += text.length;
  }
  return found;
}

function tokenOf(text: string, spaced: boolean): Token {
  const first = text.charAt(0);
  if (first === '"') return { type: "constant", value: JSON.parse(text.replace(/\\'/g, "'")) as string, spaced };
  if (first === "`") return { type: "constant", value: text.slice(1, -1), spaced };
  if (first === "'") return { type: "constant", value: text.codePointAt(1) ?? 0, spaced };
  if (/^[-+]?[.]?\d/.test(text)) return { type: "constant", value: Number(text.replaceAll("_", "")), spaced };
  if (first === "$") return { type: "variable", text, spaced };
  if (first === "." && text.length > 1) return { type: "field", text: text.slice(1), spaced };
  return { type: /^[\p{L}_]/u.test(text) ? "word" : "mark", text, spaced };
}

/** The tree of a template. Throws a TemplateError. */
export function parseTree(source: string): readonly TemplateNode[] {
  const reader = new Reader(pieces(source));
  const { nodes, ended } = reader.list();
  if (ended !== undefined) throw new TemplateError(`unexpected {{${ended}}}`);
  return nodes;
}

class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(all: readonly Piece[]) {
    this.#pieces = all;
  }

  /** Nodes up to an `end` or `else`, or up to the end of everything. */
  list(): { readonly nodes: TemplateNode[]; readonly ended: string | undefined } {
    const nodes: TemplateNode[] = [];
    while (this.#at < this.#pieces.length) {
      const { text, action } = this.#pieces[this.#at++] as Piece;
      if (text !== undefined) nodes.push({ kind: "text", text });
      if (action === undefined) continue;
      const [, word = "", rest = ""] = /^(\w+)\b\s*(.*)$/s.exec(action) ?? [];
      if (word === "end" || word === "else") return { nodes, ended: action };
      if (word === "if" || word === "range" || word === "with") nodes.push(this.#block(word, rest));
      else if (word === "break" || word === "continue") nodes.push({ kind: word });
      else if (action === "") throw new TemplateError("missing value for command");
      else nodes.push({ kind: "print", pipeline: pipelineOf(action) });
    }
    return { nodes, ended: undefined };
  }

  #block(kind: "if" | "range" | "with", rest: string): TemplateNode {
    if (rest === "") throw new TemplateError(`missing value for ${kind}`);
    const pipeline = pipelineOf(rest);
    const { nodes: body, ended } = this.list();
    if (ended === undefined) throw new TemplateError("unexpected EOF");
    if (ended === "end") return { kind, pipeline, body, otherwise: [] };
    const chained = /^else\s+(if|with)\s+(.*)$/s.exec(ended);
    if (chained !== null) {
      return { kind, pipeline, body, otherwise: [this.#block(chained[1] as "if" | "with", chained[2] ?? "")] };
    }
    const { nodes: otherwise, ended: last } = this.list();
    if (last !== "end") throw new TemplateError(last === undefined ? "unexpected EOF" : "expected end; found {{else}}");
    return { kind, pipeline, body, otherwise };
  }
}

function pipelineOf(action: string): Pipeline {
  const all = tokens(action);
  const reader = new PipelineReader(all);
  const pipeline = reader.pipeline();
  if (!reader.done) throw new TemplateError(`unexpected right paren`);
  return pipeline;
}

class PipelineReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  pipeline(): Pipeline {
    const declared = this.#declarations();
    const commands: TemplateCommand[] = [this.#command()];
    while (this.#isMark("|")) {
      this.#at++;
      commands.push(this.#command());
    }
    return { ...declared, commands };
  }

  /** `$x :=`, `$i, $x :=` or `$x =` at the front. */
  #declarations(): { readonly declares: readonly string[]; readonly assigns: boolean } {
    const names: string[] = [];
    for (let at = this.#at; this.#tokens[at]?.type === "variable"; at += 2) {
      names.push((this.#tokens[at] as { readonly text: string }).text);
      const next = this.#tokens[at + 1];
      if (next?.type !== "mark") break;
      if (next.text === ":=" || next.text === "=") {
        this.#at = at + 2;
        return { declares: names, assigns: next.text === "=" };
      }
      if (next.text !== ",") break;
    }
    return { declares: [], assigns: false };
  }

  #command(): TemplateCommand {
    const terms: Term[] = [];
    while (!this.done && !this.#isMark("|") && !this.#isMark(")")) terms.push(this.#term());
    if (terms.length === 0) throw new TemplateError("missing value for command");
    return terms;
  }

  #term(): Term {
    let term = this.#simple();
    const names: string[] = [];
    for (;;) {
      const next = this.#tokens[this.#at];
      if (next?.type !== "field" || next.spaced) break;
      names.push(next.text);
      this.#at++;
    }
    if (names.length > 0) {
      term = term.kind === "field" ? { ...term, names: [...term.names, ...names] } : { kind: "field", of: term, names };
    }
    return term;
  }

  #simple(): Term {
    const token = this.#tokens[this.#at++] as Token;
    if (token.type === "constant") return { kind: "constant", value: token.value };
    if (token.type === "variable") return { kind: "variable", name: token.text };
    if (token.type === "field") return { kind: "field", of: { kind: "dot" }, names: [token.text] };
    if (token.type === "word") {
      if (token.text === "true" || token.text === "false") return { kind: "constant", value: token.text === "true" };
      return token.text === "nil" ? { kind: "nil" } : { kind: "function", name: token.text };
    }
    if (token.text === ".") return { kind: "dot" };
    if (token.text !== "(") throw new TemplateError(`unexpected ${JSON.stringify(token.text)} in operand`);
    const pipeline = this.pipeline();
    if (!this.#isMark(")")) throw new TemplateError("unclosed left paren");
    this.#at++;
    return { kind: "pipeline", pipeline };
  }

  #isMark(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.type === "mark" && token.text === text;
  }
}
