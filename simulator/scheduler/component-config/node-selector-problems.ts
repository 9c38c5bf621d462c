import { child, fieldErrorMessage, index, invalid, notSupported } from "../../api/meta/field-error.ts";
import { newRequirement, type Operator } from "../../api/meta/labels.ts";
import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm } from "../../api/schema/generated/types.ts";

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["In", "in"],
  ["NotIn", "notin"],
  ["Exists", "exists"],
  ["DoesNotExist", "!"],
  ["Gt", "gt"],
  ["Lt", "lt"],
]);

function expressionProblems({ key, operator, values = [] }: NodeSelectorRequirement, path: string): readonly string[] {
  const known = OPERATORS.get(operator);
  if (known === undefined) {
    return [fieldErrorMessage(notSupported(child(path, "operator"), operator, [...OPERATORS.keys()]))];
  }
  const made = newRequirement(key, known, values);
  return made.ok ? [] : [child(path, made.error)];
}

function fieldProblems({ operator, values = [] }: NodeSelectorRequirement, path: string): readonly string[] {
  if (operator !== "In" && operator !== "NotIn") {
    return [fieldErrorMessage(notSupported(child(path, "operator"), operator, ["In", "NotIn"]))];
  }
  if (values.length === 1) return [];
  return [fieldErrorMessage(invalid(child(path, "values"), values, "must have one element"))];
}

function termProblems({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, path: string): readonly string[] {
  return [
    ...matchExpressions.flatMap((one, at) => expressionProblems(one, index(child(path, "matchExpressions"), at))),
    ...matchFields.flatMap((one, at) => fieldProblems(one, index(child(path, "matchFields"), at))),
  ];
}

/** What can't be read of a scheduler's added affinity. Models component-helpers nodeaffinity, which parses it. */
export function selectorProblems(affinity: NodeAffinity | undefined, path: string): readonly string[] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const requiredPath = child(path, "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
  const preferredPath = child(path, "preferredDuringSchedulingIgnoredDuringExecution");
  return [
    ...required.flatMap((term, at) => termProblems(term, index(requiredPath, at))),
    // Terms without weight are passed over.
    ...preferred.flatMap(({ weight, preference }, at) =>
      weight === 0 ? [] : termProblems(preference, index(preferredPath, at)),
    ),
  ];
}
