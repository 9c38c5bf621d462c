import { goQuote } from "../../api/meta/go-text.ts";
import { isObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { callProblem, TEMPLATE_FUNCTIONS, type TemplateFunction } from "./go-template-functions.ts";
import { parseTemplates, TemplateError, type TemplateNode, type Templates } from "./go-template-parse.ts";
import type { Pipeline, Place, TemplateCommand, Term } from "./go-template-terms.ts";
import { boxed, type GoValue, isNilBox, isTrue, MISSING, typeName, unboxed, utf8, valueText } from "./go-values.ts";

interface Variable {
  readonly name: string;
  value: GoValue;
}

class Leave extends Error {
  readonly how: "break" | "continue";
  constructor(how: "break" | "continue") {
    super(how);
    this.how = how;
  }
}

/** More output than this is a mistake, not a template. */
const MAX_OUTPUT = 50_000_000;
/** Deeper than this, templates go round in circles; Go allows more, and says so. */
const MAX_DEPTH = 1000;
const NAME = "output";

/** What a template that failed had written, and what went wrong. */
export interface TemplateFailure {
  readonly text: string;
  readonly problem: string;
}

type Execute = (object: JsonValue) => Result<string, TemplateFailure>;

// Models text/template exec.go, with cli-runtime printers template.go around it
/** A Go template as a function of an object, or what is wrong with it. */
export function parseGoTemplate(source: string, allowMissing: boolean): Result<Execute, string> {
  let templates: Templates;
  try {
    templates = parseTemplates(NAME, source, (name) => TEMPLATE_FUNCTIONS.has(name));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return fail(error.message);
  }
  return ok((object) => {
    const run = new Run(source, templates, allowMissing);
    try {
      run.template(NAME, { data: object });
      return ok(run.text);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return fail({ text: run.text, problem: error.message });
    }
  });
}

class Run {
  text = "";
  readonly #source: string;
  readonly #templates: Templates;
  readonly #allowMissing: boolean;
  #variables: Variable[] = [];
  #name = NAME;
  #depth = 0;
  /** What is being looked at: where an error is told to be. */
  #place: Place | undefined;

  constructor(source: string, templates: Templates, allowMissing: boolean) {
    this.#source = source;
    this.#templates = templates;
    this.#allowMissing = allowMissing;
  }

  /** Carries out a template by name; it sees no variables but its own. */
  template(name: string, dot: GoValue): void {
    const outer = { variables: this.#variables, name: this.#name };
    this.#variables = [{ name: "$", value: dot }];
    this.#name = name;
    this.#depth++;
    this.#list(this.#templates.get(name) ?? [], dot);
    this.#depth--;
    this.#variables = outer.variables;
    this.#name = outer.name;
  }

  #error(text: string): TemplateError {
    if (this.#place === undefined) return new TemplateError(`template: ${this.#name}: ${text}`);
    const { at, line, text: shown } = this.#place;
    const lineStart = this.#source.lastIndexOf("\n", at - 1) + 1;
    const column = utf8(this.#source.slice(lineStart, at)).length;
    const where = `${NAME}:${line}:${column}`;
    return new TemplateError(`template: ${where}: executing ${goQuote(this.#name)} at <${shown}>: ${text}`);
  }

  #list(nodes: readonly TemplateNode[], dot: GoValue): void {
    for (const node of nodes) this.#node(node, dot);
    if (this.text.length > MAX_OUTPUT) throw this.#error("output too long");
  }

  #node(node: TemplateNode, dot: GoValue): void {
    switch (node.kind) {
      case "text":
        this.text += node.text;
        return;
      case "print": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.declares.length === 0) {
          this.text += value.data === undefined ? "<no value>" : valueText(value);
        }
        return;
      }
      case "break":
      case "continue":
        throw new Leave(node.kind);
      case "template":
        this.#invoke(node, dot);
        return;
      case "range":
        this.#range(node, dot);
        return;
      default: {
        const known = this.#variables.length;
        const value = this.#pipeline(node.pipeline, dot);
        const isChosen = isTrue(unboxed(value));
        this.#list(isChosen ? node.body : node.otherwise, isChosen && node.kind === "with" ? value : dot);
        this.#variables.length = known;
      }
    }
  }

  #invoke(node: Extract<TemplateNode, { kind: "template" }>, dot: GoValue): void {
    this.#place = node;
    if (!this.#templates.has(node.name)) throw this.#error(`template ${goQuote(node.name)} not defined`);
    if (this.#depth >= MAX_DEPTH) throw this.#error("exceeded maximum template depth (100000)");
    this.template(node.name, node.pipeline === undefined ? MISSING : this.#pipeline(node.pipeline, dot));
  }

  #range(node: Extract<TemplateNode, { kind: "range" | "if" | "with" }>, dot: GoValue): void {
    const outer = this.#variables.length;
    const { declares, assigns } = node.pipeline;
    const value = unboxed(this.#pipeline(node.pipeline, dot));
    const pairs = this.#pairs(value, declares.length);
    const known = this.#variables.length;
    for (const [key, item] of pairs) {
      const [first, second] = declares;
      if (first !== undefined) this.#give(first, second === undefined ? item : key, assigns, outer);
      if (second !== undefined) this.#give(second, item, assigns, outer + 1);
      if (!this.#once(node.body, item, known)) break;
    }
    if (pairs.length === 0) this.#list(node.otherwise, dot);
    this.#variables.length = outer;
  }

  /** One turn of a range; false after a break. */
  #once(body: readonly TemplateNode[], item: GoValue, known: number): boolean {
    try {
      this.#list(body, item);
      return true;
    } catch (error) {
      if (!(error instanceof Leave)) throw error;
      return error.how === "continue";
    } finally {
      this.#variables.length = known;
    }
  }

  #give(name: string, value: GoValue, assigns: boolean, at: number): void {
    if (assigns) this.#assign(name, value);
    else this.#variables[at] = { name, value };
  }

  #pairs(value: GoValue, variables: number): (readonly [GoValue, GoValue])[] {
    const { data } = value;
    if (data === undefined) return [];
    if (Array.isArray(data)) return data.map((item, at) => [{ data: at, number: "int" }, boxed(item)] as const);
    if (isObject(data)) {
      return Object.keys(data)
        .sort()
        .map((key) => [{ data: key }, boxed(data[key] ?? null)] as const);
    }
    if (typeof data !== "number" || typeName(value) === "float64") {
      throw this.#error(`range can't iterate over ${valueText(value)}`);
    }
    if (variables > 1) throw this.#error(`can't use ${data} to iterate over more than one variable`);
    return Array.from(
      { length: Math.min(Math.max(data, 0), 1e6) },
      (_, at) => [MISSING, { ...value, data: at }] as const,
    );
  }

  #pipeline(pipeline: Pipeline, dot: GoValue): GoValue {
    this.#place = pipeline;
    let value: GoValue | undefined;
    for (const command of pipeline.commands) value = unboxed(this.#command(command, dot, value));
    const result = value ?? MISSING;
    for (const name of pipeline.declares) {
      if (pipeline.assigns) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  #command(command: TemplateCommand, dot: GoValue, piped: GoValue | undefined): GoValue {
    const [first, ...rest] = command.terms;
    const hasArguments = rest.length > 0 || piped !== undefined;
    switch (first.kind) {
      case "function":
        return this.#function(first, command, rest, dot, piped);
      case "field":
      case "chain":
        return this.#term(first, dot, hasArguments);
      case "variable":
        if (first.names.length > 0) return this.#term(first, dot, hasArguments);
        this.#place = first;
        break;
      case "pipeline":
        break;
      default:
        this.#place = first;
    }
    if (hasArguments) throw this.#error(`can't give argument to non-function ${shown(first)}`);
    if (first.kind === "nil") throw this.#error("nil is not a command");
    return this.#term(first, dot);
  }

  #function(
    { name, ...place }: Extract<Term, { kind: "function" }>,
    whole: Place,
    terms: readonly Term[],
    dot: GoValue,
    piped: GoValue | undefined,
  ): GoValue {
    this.#place = place;
    const known = TEMPLATE_FUNCTIONS.get(name) as TemplateFunction;
    const count = terms.length + (piped === undefined ? 0 : 1);
    if (known.variadic ? count < known.takes : count !== known.takes) {
      const wanted = known.variadic ? `at least ${known.takes} got ${terms.length}` : `${known.takes} got ${count}`;
      throw this.#error(`wrong number of args for ${name}: want ${wanted}`);
    }
    if (name === "and" || name === "or") return this.#lazy(name, terms, dot, piped);
    const values = terms.map((term, at) => this.#argument(term, dot, known.text === true && at === 0));
    const all = piped === undefined ? values : [...values, piped];
    if (known.text) this.#demandText(all[0] as GoValue);
    const result = name === "call" ? this.#uncallable(terms[0], all[0]) : known.call(all);
    if (result.ok) return result.value;
    this.#place = whole;
    throw this.#error(`error calling ${name}: ${result.error}`);
  }

  #uncallable(term: Term | undefined, value: GoValue = MISSING): Result<GoValue, string> {
    return fail(callProblem(term === undefined ? valueText(value) : shown(term), value));
  }

  #lazy(name: string, terms: readonly Term[], dot: GoValue, piped: GoValue | undefined): GoValue {
    let value: GoValue = MISSING;
    for (const term of terms) {
      value = this.#argument(term, dot, false);
      if (isTrue(unboxed(value)) === (name === "or")) return value;
    }
    return piped ?? value;
  }

  #argument(term: Term, dot: GoValue, isText: boolean): GoValue {
    this.#place = term;
    if (isText && term.kind === "constant" && term.type !== "string") {
      throw this.#error(`expected string; found ${term.text}`);
    }
    if (isText && term.kind === "nil") throw this.#error("cannot assign nil to string");
    if (term.kind === "function") return this.#function(term, term, [], dot, undefined);
    return this.#term(term, dot);
  }

  #demandText(value: GoValue): void {
    const inner = unboxed(value);
    if (inner.data === undefined) throw this.#error("invalid value; expected string");
    if (typeof inner.data !== "string") {
      throw this.#error(`wrong type for value; expected string; got ${typeName(inner)}`);
    }
  }

  #term(term: Term, dot: GoValue, hasArguments = false): GoValue {
    switch (term.kind) {
      case "dot":
        return dot;
      case "nil":
        return MISSING;
      case "constant":
        return typeof term.value === "number"
          ? { data: term.value, number: term.type as "int" | "float64" }
          : { data: term.value };
      case "pipeline":
        return this.#pipeline(term.pipeline, dot);
      case "function":
        return this.#function(term, term, [], dot, undefined);
      case "variable":
        this.#place = term;
        return this.#fields(this.#variable(term.name).value, term.names, hasArguments);
      case "field":
        this.#place = term;
        return this.#fields(dot, term.names, hasArguments);
      default: {
        this.#place = term;
        if (term.of.kind === "nil") throw this.#error(`indirection through explicit nil in ${term.text}`);
        return this.#fields(this.#argument(term.of, dot, false), term.names, hasArguments);
      }
    }
  }

  #fields(start: GoValue, names: readonly string[], hasArguments: boolean): GoValue {
    return names.reduce((value, name, at) => this.#field(value, name, hasArguments && at === names.length - 1), start);
  }

  #field(receiver: GoValue, name: string, hasArguments: boolean): GoValue {
    if (receiver.data === undefined) {
      if (!this.#allowMissing) throw this.#error(`nil data; no entry for key ${goQuote(name)}`);
      return MISSING;
    }
    if (isNilBox(receiver)) throw this.#error(`nil pointer evaluating interface {}.${name}`);
    const { data } = receiver;
    if (!isObject(data)) throw this.#error(`can't evaluate field ${name} in type ${typeName(receiver)}`);
    if (hasArguments) throw this.#error(`${name} is not a method but has arguments`);
    const inner = Object.hasOwn(data, name) ? data[name] : undefined;
    if (inner !== undefined) return boxed(inner);
    if (!this.#allowMissing) throw this.#error(`map has no entry for key ${goQuote(name)}`);
    return MISSING;
  }

  #variable(name: string): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    if (found === undefined) throw this.#error(`undefined variable: ${name}`);
    return found;
  }

  #assign(name: string, value: GoValue): void {
    this.#variable(name).value = value;
  }
}

const shown = (term: Term): string => (term.kind === "pipeline" ? `(${term.text})` : term.text);
