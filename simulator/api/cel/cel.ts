import { fail, ok, type Result } from "../../base/result.ts";
import type { CelNode } from "./ast.ts";
import { type Checked, checkCel } from "./check.ts";
import { type Evaluation, runCel } from "./evaluate.ts";
import type { Overload } from "./functions/overload.ts";
import { overloadTable } from "./functions/registry.ts";
import { parseCel } from "./parse.ts";
import { formatIssues } from "./source.ts";
import { type CelType, formatType } from "./types.ts";
import type { CelValue } from "./values.ts";

/**
 * The Common Expression Language as Kubernetes v1.36 speaks it: this file is its door.
 *
 * `compileCel` checks an expression against declared variables and gives a program; `evaluateCel` runs it on values made by
 * `celValueOf` (json-values.ts). Types are built with types.ts; more functions than Kubernetes' common ones are handed in as
 * overloads (functions/overload.ts). Everything is a pure function: no time, no chance, no promise.
 */

/** The cost at which one evaluation is cancelled. Models apiserver pkg/apis/cel PerCallLimit. */
export const PER_CALL_COST_LIMIT = 1_000_000;

/** What an expression may use. */
export interface CelEnvironment {
  readonly variables: { readonly [name: string]: CelType };
  /** Functions beside Kubernetes' common ones, such as those of `authorizer`. */
  readonly functions?: readonly Overload[];
}

/** An expression that may be run. */
export interface CelProgram {
  readonly source: string;
  readonly root: CelNode;
  readonly checked: Checked;
  /** The type of what it gives. */
  readonly type: CelType;
  /** The declared variables that it reads. */
  readonly references: ReadonlySet<string>;
}

/**
 * Parses and checks an expression. The error is the text that cel-go gives, without `compilation failed: `:
 * `ERROR: <input>:1:6: undefined field 'x'`, then the line and a mark below it.
 */
export function compileCel(source: string, environment: CelEnvironment): Result<CelProgram, string> {
  const parsed = parseCel(source);
  if (!parsed.ok) return fail(formatIssues(source, parsed.error));
  const variables = new Map(Object.entries(environment.variables));
  const checked = checkCel(parsed.value, variables, overloadTable(environment.functions));
  if (checked.issues.length > 0) return fail(formatIssues(source, checked.issues));
  return ok({ source, root: parsed.value, checked, type: checked.type, references: checked.references });
}

/** Whether a program gives a type: `bool` for rules, `string` for messages. `dyn` is not taken for it. */
export function givesType(program: CelProgram, wanted: CelType): boolean {
  return formatType(program.type) === formatType(wanted);
}

/**
 * Runs a program. `variables` are by name, made by `celValueOf`; one that is not there is an error when it is read. The
 * result is a value, or the text of the error (`no such key: x`, `division by zero`, …); the cost is told in any case.
 */
export function evaluateCel(
  program: CelProgram,
  variables: { readonly [name: string]: CelValue | undefined },
  costLimit: number = PER_CALL_COST_LIMIT,
): Evaluation {
  const lookup = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
  return runCel(program.root, program.checked, lookup, costLimit);
}
