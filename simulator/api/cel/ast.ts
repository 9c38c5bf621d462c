import type { CelType } from "./types.ts";
import type { CelValue } from "./values.ts";

/** A node of a parsed expression. `at`: where its error is shown, as an offset into the source. */
export type CelNode =
  | (Base & { readonly op: "literal"; readonly value: CelValue; readonly type: CelType })
  | (Base & { readonly op: "ident"; readonly name: string })
  | (Base & { readonly op: "select"; readonly operand: CelNode; readonly field: string; readonly optional: boolean })
  | (Base & { readonly op: "has"; readonly operand: CelNode; readonly field: string; readonly optional: boolean })
  | (Base & {
      readonly op: "call";
      readonly name: string;
      readonly target?: CelNode;
      readonly args: readonly CelNode[];
    })
  | (Base & { readonly op: "list"; readonly items: readonly CelNode[] })
  | (Base & { readonly op: "map"; readonly entries: readonly (readonly [CelNode, CelNode])[] })
  | (Base & {
      readonly op: "ternary";
      readonly condition: CelNode;
      readonly then: CelNode;
      readonly otherwise: CelNode;
    })
  | (Base & { readonly op: "and" | "or"; readonly left: CelNode; readonly right: CelNode })
  | MacroNode;

interface Base {
  readonly at: number;
}

/** A comprehension or a binding: `variables` are known in `body` (the arguments after them). */
export interface MacroNode extends Base {
  readonly op: "macro";
  readonly name: MacroName;
  readonly range: CelNode;
  readonly variables: readonly string[];
  readonly body: readonly CelNode[];
}

export type MacroName =
  | "all"
  | "exists"
  | "existsOne"
  | "map"
  | "filter"
  | "transformList"
  | "transformMap"
  | "transformMapEntry"
  | "bind"
  | "optMap"
  | "optFlatMap";

/** The names under which cel-go knows the operators: they show in messages. */
export const OPERATOR_NAMES: { readonly [operator: string]: string } = {
  "==": "_==_",
  "!=": "_!=_",
  "<": "_<_",
  "<=": "_<=_",
  ">": "_>_",
  ">=": "_>=_",
  "+": "_+_",
  "-": "_-_",
  "*": "_*_",
  "/": "_/_",
  "%": "_%_",
  in: "@in",
  "[]": "_[_]",
  "[?]": "_[?_]",
  "!_": "!_",
  "-_": "-_",
};
