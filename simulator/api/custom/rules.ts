import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import {
  type CelEnvironment,
  type CelProgram,
  compileCel,
  evaluateCel,
  givesType,
  PER_CALL_COST_LIMIT,
} from "../cel/cel.ts";
import { celValueOf } from "../cel/json-values.ts";
import { BOOL, type CelType, optionalOf, STRING } from "../cel/types.ts";
import { CelOptional, type CelValue, NONE } from "../cel/values.ts";
import {
  child,
  duplicate,
  type FieldError,
  fieldErrorMessage,
  forbidden,
  index,
  invalid,
  key as keyPath,
  NO_PATH,
  required,
} from "../meta/field-error.ts";
import { goQuote } from "../meta/go-text.ts";
import type { ValidationRule } from "../schema/generated/types.ts";
import { celTypeOf } from "./cel-types.ts";
import { findFieldPath } from "./field-path.ts";
import { isEmbedded, type JsonSchema, valuesOf } from "./json-schema.ts";
import { correlatedItem } from "./validate.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/cel

/** What the rules of one resource may cost together. */
const RUNTIME_COST_BUDGET = 10_000_000;
const CANCELLED = "operation cancelled";
const MAX_MESSAGE_BYTES = 5 * 1024;
const OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run";

/** A rule, ready to run. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: CelProgram;
  readonly message?: CelProgram;
  readonly usesOldSelf: boolean;
}

/** A rule, or what is wrong with it or with its message expression. */
export interface RuleCompilation {
  readonly compiled?: CompiledRule;
  readonly error?: string;
  readonly messageError?: string;
}

/** Compiles a rule for values of a type. An error is upstream's whole text. */
export function compileRule(rule: ValidationRule, self: CelType): RuleCompilation {
  const oldSelf = rule.optionalOldSelf ? optionalOf(self) : self;
  const environment: CelEnvironment = { variables: { self, oldSelf } };
  const program = compileTyped(
    rule.rule,
    environment,
    BOOL,
    "cel expression must evaluate to a bool",
    "compilation failed",
  );
  const message = rule.messageExpression
    ? compileTyped(
        rule.messageExpression,
        environment,
        STRING,
        "messageExpression must evaluate to a string",
        "messageExpression compilation failed",
      )
    : undefined;
  const messageError = message?.ok === false ? { messageError: message.error } : {};
  if (!program.ok) return { error: program.error, ...messageError };
  const usesOldSelf = program.value.references.has("oldSelf");
  const compiled = { rule, program: program.value, usesOldSelf, ...(message?.ok && { message: message.value }) };
  return { compiled, ...messageError };
}

function compileTyped(
  source: string,
  environment: CelEnvironment,
  type: CelType,
  mustBe: string,
  failed: string,
): Result<CelProgram, string> {
  const compiled = compileCel(source, environment);
  if (!compiled.ok) return fail(`${failed}: ${compiled.error}`);
  return givesType(compiled.value, type) ? compiled : fail(mustBe);
}

/** The rules of a schema and of all that is below it; undefined where there are none. */
interface RuleTree {
  readonly schema: JsonSchema;
  readonly self: CelType;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly items?: RuleTree;
  readonly values?: RuleTree;
  readonly allOf: readonly RuleTree[];
}

/** All rules of a resource's schema, compiled. */
export class Rules {
  readonly #tree: RuleTree | undefined;

  constructor(schema: JsonSchema) {
    const self = celTypeOf(schema, true);
    this.#tree = self && treeOf(schema, schema, self);
  }

  /** What the rules say of an object. `warn` gets what is wrong with parts that the write left as they were. */
  validate(object: JsonObject, old: JsonObject | undefined, warn: (text: string) => void): readonly FieldError[] {
    if (this.#tree === undefined) return [];
    const run = new RuleRun(warn);
    run.visit(this.#tree, "", object, old, { value: object, old });
    return run.errors;
  }
}

function treeOf(rulesFrom: JsonSchema, schema: JsonSchema, self: CelType): RuleTree | undefined {
  const rules = (rulesFrom["x-kubernetes-validations"] ?? []).flatMap((rule) => compileRule(rule, self).compiled ?? []);
  const properties = new Map<string, RuleTree>();
  for (const [name, below] of Object.entries(rulesFrom.properties ?? {})) {
    const real = schema.properties?.[name];
    const tree = real && subtree(below, real);
    if (tree !== undefined) properties.set(name, tree);
  }
  const { items } = rulesFrom;
  const itemTree = items && schema.items && subtree(items, schema.items);
  const [values, realValues] = [valuesOf(rulesFrom), valuesOf(schema)];
  const valueTree = values && realValues && subtree(values, realValues);
  const allOf = (rulesFrom.allOf ?? []).flatMap((one) => treeOf(one, schema, self) ?? []);
  if (rules.length + properties.size + allOf.length === 0 && !itemTree && !valueTree) return undefined;
  return {
    schema,
    self,
    rules,
    properties,
    allOf,
    ...(itemTree && { items: itemTree }),
    ...(valueTree && { values: valueTree }),
  };
}

function subtree(rulesFrom: JsonSchema, schema: JsonSchema): RuleTree | undefined {
  const self = celTypeOf(schema, isEmbedded(schema));
  return self && treeOf(rulesFrom, schema, self);
}

/** The nearest value above that has a counterpart in the old object. */
interface Correlated {
  readonly value: JsonValue;
  readonly old: JsonValue | undefined;
}

class RuleRun {
  readonly errors: FieldError[] = [];
  readonly #warn: (text: string) => void;
  #budget = RUNTIME_COST_BUDGET;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  visit(tree: RuleTree, path: string, value: JsonValue, old: JsonValue | undefined, near: Correlated): void {
    if (value === null || this.#budget < 0) return;
    for (const rule of tree.rules) {
      if (this.#budget < 0) return;
      this.#run(tree, rule, path, value, old ?? undefined, near);
    }
    for (const one of tree.allOf) this.visit(one, path, value, old, near);
    if (Array.isArray(value) && tree.items !== undefined) {
      for (const [at, item] of value.entries()) {
        const before = correlatedItem(tree.schema, item, old);
        this.visit(tree.items, index(path, at), item, before, nearer(near, item, before));
      }
    }
    if (!isObject(value)) return;
    const oldMap = isObject(old) && tree.schema["x-kubernetes-map-type"] !== "atomic" ? old : {};
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const before = Object.hasOwn(oldMap, key) ? oldMap[key] : undefined;
      const property = tree.properties.get(key);
      if (property !== undefined) this.visit(property, child(path, key), item, before, nearer(near, item, before));
      else if (tree.values !== undefined && !Object.hasOwn(tree.schema.properties ?? {}, key)) {
        this.visit(tree.values, keyPath(path, key), item, before, nearer(near, item, before));
      }
    }
  }

  #run(
    tree: RuleTree,
    { rule, program, message, usesOldSelf }: CompiledRule,
    path: string,
    value: JsonValue,
    old: JsonValue | undefined,
    near: Correlated,
  ): void {
    if (usesOldSelf && old === undefined && !rule.optionalOldSelf) return;
    const type = tree.schema.type ?? "";
    const place = path === "" ? NO_PATH : path;
    const complain = (text: string, isLast = false): void => {
      this.errors.push(invalid(place, type, text));
      if (isLast) this.#budget = -1;
    };
    const variables = variablesOf(tree.self, rule, value, old);
    const { result, cost } = evaluateCel(program, variables, PER_CALL_COST_LIMIT);
    if (cost > this.#budget) {
      complain(OUT_OF_BUDGET, true);
      return;
    }
    this.#budget -= cost;
    if (!result.ok) {
      complain(failureText(result.error, rule), result.error.startsWith(CANCELLED));
      return;
    }
    if (result.value === true) return;
    const said = message === undefined ? undefined : this.#message(message, variables);
    if (said?.ok === false) {
      complain(said.error, true);
      return;
    }
    const error = errorOf(rule, tree.schema, path, said?.value ?? messageOf(rule));
    // What the write did not touch may stay as it is.
    const isUntouched = near.old !== undefined && equalJson(near.value, near.old);
    if (!usesOldSelf && isUntouched) this.#warn(fieldErrorMessage(error));
    else this.errors.push(error);
  }

  /** The text that a message expression gives; undefined where it fails, and the plain message is taken. */
  #message(
    program: CelProgram,
    variables: { readonly [name: string]: CelValue | undefined },
  ): Result<string | undefined, string> {
    const { result, cost } = evaluateCel(program, variables);
    if (cost > this.#budget) {
      return fail(
        "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run",
      );
    }
    this.#budget -= cost;
    if (!result.ok) {
      if (!result.error.startsWith(CANCELLED)) return ok(undefined);
      const why = "no further validation rules will be run due to call cost exceeds limit for messageExpression";
      return fail(`${why}: ${goQuote(program.source)}`);
    }
    const text = typeof result.value === "string" ? result.value.trim() : "";
    const isUsable = text !== "" && !text.includes("\n") && text.length <= MAX_MESSAGE_BYTES;
    return ok(isUsable ? text : undefined);
  }
}

function nearer(near: Correlated, value: JsonValue, old: JsonValue | undefined): Correlated {
  return old === undefined ? near : { value, old };
}

function variablesOf(
  self: CelType,
  rule: ValidationRule,
  value: JsonValue,
  old: JsonValue | undefined,
): { readonly [name: string]: CelValue | undefined } {
  const before = old === undefined ? undefined : celValueOf(old, self);
  if (!rule.optionalOldSelf) return { self: celValueOf(value, self), oldSelf: before };
  return { self: celValueOf(value, self), oldSelf: before === undefined ? NONE : new CelOptional(before) };
}

/** Why a rule could not be evaluated. */
function failureText(error: string, rule: ValidationRule): string {
  const text = ruleText(rule);
  if (error.startsWith("no such overload")) {
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`;
  }
  if (!error.startsWith(CANCELLED)) return `${error} evaluating rule: ${text}`;
  return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`;
}

function ruleText({ rule, message }: ValidationRule): string {
  return (message || rule).trim();
}

function messageOf(rule: ValidationRule): string {
  return rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`;
}

function errorOf(rule: ValidationRule, schema: JsonSchema, path: string, detail: string): FieldError {
  const below = rule.fieldPath ? findFieldPath(rule.fieldPath.trim(), schema) : undefined;
  const suffix = below?.ok ? below.value.path : "";
  const full = suffix.startsWith("[") ? `${path}${suffix}` : suffix === "" ? path : child(path, suffix);
  const place = full === "" ? NO_PATH : full;
  switch (rule.reason) {
    case "FieldValueForbidden":
      return forbidden(place, detail);
    case "FieldValueRequired":
      return required(place, detail);
    case "FieldValueDuplicate":
      return duplicate(place, schema.type ?? "");
    default:
      return invalid(place, schema.type ?? "", detail);
  }
}
