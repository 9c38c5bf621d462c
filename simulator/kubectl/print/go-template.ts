import { isObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goText, TEMPLATE_FUNCTIONS } from "./go-template-functions.ts";
import {
  type Pipeline,
  parseTree,
  type TemplateCommand,
  TemplateError,
  type TemplateNode,
  type Term,
} from "./go-template-parse.ts";

/** A value in a template; undefined is a key that is missing. */
export type TemplateValue = JsonValue | undefined;

type Scope = Map<string, TemplateValue>[];
class Leave extends Error {
  readonly how: "break" | "continue";
  constructor(how: "break" | "continue") {
    super(how);
    this.how = how;
  }
}

/** More output than this is a mistake, not a template. */
const MAX_OUTPUT = 50_000_000;

// Models text/template exec.go, with cli-runtime printers template.go around it
/** A Go template as a function of an object, or what is wrong with it. */
export function parseGoTemplate(
  source: string,
  allowMissing: boolean,
): Result<(object: JsonValue) => Result<string, string>, string> {
  let tree: readonly TemplateNode[];
  try {
    tree = parseTree(source);
    checkFunctions(tree);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return fail(`template: output:1: ${error.message}`);
  }
  return ok((object) => {
    const run = new Run(object, allowMissing);
    try {
      run.list(tree, object);
      return ok(run.text);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return fail(`template: output:1: ${error.message}`);
    }
  });
}

function checkFunctions(nodes: readonly TemplateNode[]): void {
  const check = (pipeline: Pipeline): void => {
    for (const term of pipeline.commands.flat()) {
      if (term.kind === "function" && TEMPLATE_FUNCTIONS[term.name] === undefined && !LAZY.has(term.name)) {
        throw new TemplateError(`function ${JSON.stringify(term.name)} not defined`);
      }
      if (term.kind === "pipeline") check(term.pipeline);
    }
  };
  for (const node of nodes) {
    if ("pipeline" in node) check(node.pipeline);
    if ("body" in node) {
      checkFunctions(node.body);
      checkFunctions(node.otherwise);
    }
  }
}

/** Functions that do not look at all of their arguments. */
const LAZY = new Set(["and", "or"]);

/** Whether a value counts as true. Models text/template IsTrue. */
export function isTrue(value: TemplateValue): boolean {
  if (value === undefined || value === null || value === 0 || value === "" || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : true;
}

class Run {
  text = "";
  readonly #scopes: Scope;
  readonly #allowMissing: boolean;

  constructor(root: JsonValue, allowMissing: boolean) {
    this.#scopes = [new Map([["$", root]])];
    this.#allowMissing = allowMissing;
  }

  list(nodes: readonly TemplateNode[], dot: TemplateValue): void {
    for (const node of nodes) this.#node(node, dot);
    if (this.text.length > MAX_OUTPUT) throw new TemplateError("output too long");
  }

  #node(node: TemplateNode, dot: TemplateValue): void {
    switch (node.kind) {
      case "text":
        this.text += node.text;
        return;
      case "print": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.declares.length === 0) this.text += value === undefined ? "<no value>" : goText(value);
        return;
      }
      case "break":
      case "continue":
        throw new Leave(node.kind);
      default:
        this.#scopes.push(new Map());
        if (node.kind === "range") this.#range(node, dot);
        else {
          const value = this.#pipeline(node.pipeline, dot);
          const chosen = isTrue(value) ? node.body : node.otherwise;
          this.list(chosen, node.kind === "with" && isTrue(value) ? value : dot);
        }
        this.#scopes.pop();
    }
  }

  #range(node: Extract<TemplateNode, { body: unknown }>, dot: TemplateValue): void {
    const value = this.#pipeline({ ...node.pipeline, declares: [] }, dot);
    const pairs = pairsOf(value);
    if (pairs.length === 0) this.list(node.otherwise, dot);
    const { declares } = node.pipeline;
    for (const [key, item] of pairs) {
      const scope = this.#scopes.at(-1) as Map<string, TemplateValue>;
      if (declares.length === 1) scope.set(declares[0] as string, item);
      if (declares.length === 2) scope.set(declares[0] as string, key).set(declares[1] as string, item);
      const depth = this.#scopes.length;
      this.#scopes.push(new Map());
      try {
        this.list(node.body, item);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.how === "break") {
          this.#scopes.length = depth;
          return;
        }
      }
      this.#scopes.length = depth;
    }
  }

  #pipeline(pipeline: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    pipeline.commands.forEach((command, index) => {
      value = this.#command(command, dot, index > 0 ? [value] : []);
    });
    for (const name of pipeline.declares) this.#set(name, value, pipeline.assigns);
    return value;
  }

  #command(command: TemplateCommand, dot: TemplateValue, piped: readonly TemplateValue[]): TemplateValue {
    const [first, ...rest] = command as readonly [Term, ...Term[]];
    if (first.kind !== "function") {
      if (rest.length + piped.length > 0) {
        throw new TemplateError(`can't give argument to non-function ${describe(first)}`);
      }
      return this.#term(first, dot);
    }
    if (LAZY.has(first.name)) return this.#lazy(first.name, rest, dot, piped);
    const values = [...rest.map((term) => this.#term(term, dot)), ...piped];
    const result = TEMPLATE_FUNCTIONS[first.name]?.(values);
    if (result !== undefined && !result.ok) throw new TemplateError(`error calling ${first.name}: ${result.error}`);
    return result?.value;
  }

  #lazy(name: string, terms: readonly Term[], dot: TemplateValue, piped: readonly TemplateValue[]): TemplateValue {
    let value: TemplateValue;
    for (const each of [...terms.map((term) => () => this.#term(term, dot)), ...piped.map((given) => () => given)]) {
      value = each();
      if (isTrue(value) === (name === "or")) return value;
    }
    return value;
  }

  #term(term: Term, dot: TemplateValue): TemplateValue {
    switch (term.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "constant":
        return term.value;
      case "variable":
        return this.#get(term.name);
      case "function":
        return this.#command([term], dot, []);
      case "pipeline":
        return this.#pipeline(term.pipeline, dot);
      default:
        return term.names.reduce((value, name) => this.#field(value, name), this.#term(term.of, dot));
    }
  }

  #field(value: TemplateValue, name: string): TemplateValue {
    if (value === undefined || value === null) {
      if (value === undefined && this.#allowMissing) return undefined;
      throw new TemplateError(`nil data; no entry for key ${JSON.stringify(name)}`);
    }
    if (!isObject(value)) throw new TemplateError(`can't evaluate field ${name} in type interface {}`);
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (inner === undefined && !this.#allowMissing) {
      throw new TemplateError(`map has no entry for key ${JSON.stringify(name)}`);
    }
    return inner;
  }

  #get(name: string): TemplateValue {
    for (const scope of [...this.#scopes].reverse()) if (scope.has(name)) return scope.get(name);
    throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
  }

  #set(name: string, value: TemplateValue, assigns: boolean): void {
    const holder = assigns ? [...this.#scopes].reverse().find((scope) => scope.has(name)) : this.#scopes.at(-1);
    if (holder === undefined) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
    holder.set(name, value);
  }
}

function describe(term: Term): string {
  return term.kind === "field" ? `.${term.names.join(".")}` : term.kind;
}

function pairsOf(value: TemplateValue): (readonly [JsonValue, JsonValue])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  if (isObject(value)) {
    return Object.keys(value)
      .sort()
      .flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]] as const]));
  }
  if (typeof value === "number") return Array.from({ length: Math.min(value, 1e6) }, (_, index) => [index, index]);
  if (value === undefined || value === null) return [];
  throw new TemplateError(`range can't iterate over ${goText(value)}`);
}
