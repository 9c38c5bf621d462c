import { conversions } from "./conversions.ts";
import { formatFunctions } from "./formats.ts";
import { listFunctions } from "./lists.ts";
import { networkFunctions } from "./network.ts";
import { operators } from "./operators.ts";
import { optionalFunctions } from "./optionals.ts";
import type { Overload } from "./overload.ts";
import { quantityFunctions } from "./quantities.ts";
import { regexFunctions } from "./regex.ts";
import { semverFunctions } from "./semver.ts";
import { stringFunctions } from "./strings.ts";
import { timeFunctions } from "./time.ts";
import { urlFunctions } from "./urls.ts";

/** Every function of Kubernetes' CEL environment. Models apiserver pkg/cel/environment/base.go. */
const functions: readonly Overload[] = [
  ...operators,
  ...conversions,
  ...timeFunctions,
  ...stringFunctions,
  ...regexFunctions,
  ...listFunctions,
  ...optionalFunctions,
  ...quantityFunctions,
  ...networkFunctions,
  ...urlFunctions,
  ...formatFunctions,
  ...semverFunctions,
];

export type OverloadTable = ReadonlyMap<string, readonly Overload[]>;

const key = (name: string, isMethod: boolean): string => (isMethod ? `.${name}` : name);

/** Overloads by name; methods apart from functions. */
export function overloadTable(extra: readonly Overload[] = []): OverloadTable {
  if (extra.length === 0) return standard;
  return tableOf([...functions, ...extra]);
}

function tableOf(list: readonly Overload[]): OverloadTable {
  const table = new Map<string, Overload[]>();
  for (const overload of list) {
    const name = key(overload.name, overload.isMethod);
    const known = table.get(name);
    if (known === undefined) table.set(name, [overload]);
    else known.push(overload);
  }
  return table;
}

const standard = tableOf(functions);

export function overloadsOf(table: OverloadTable, name: string, isMethod: boolean): readonly Overload[] {
  return table.get(key(name, isMethod)) ?? [];
}

/** Whether a name with dots, such as `sets.contains`, is a function and no method of a variable. */
export function isNamespacedFunction(name: string): boolean {
  return standard.has(name);
}
