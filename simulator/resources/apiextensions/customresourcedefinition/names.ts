import { aggregateMessage } from "../../../api/meta/field-error.ts";
import type { CustomResourceDefinition } from "../../../api/refs.ts";
import type { CustomResourceDefinitionNames } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";

interface Accepted {
  readonly names: Partial<CustomResourceDefinitionNames>;
  /** The last name that another definition has. */
  readonly conflict: { readonly reason: string; readonly message: string } | undefined;
}

// Models apiextensions-apiserver pkg/controller/status calculateNamesAndConditions
/** Which of the wanted names a definition gets: those that no other definition of its group has. */
export function acceptedNames(
  wanted: CustomResourceDefinitionNames,
  accepted: CustomResourceDefinitionNames | undefined,
  others: readonly CustomResourceDefinition[],
): Accepted {
  const taken = others.flatMap(({ status }) => (status.acceptedNames === undefined ? [] : [status.acceptedNames]));
  const resources = new Set(
    taken.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames]),
  );
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind]));
  const names: Record<string, unknown> = { ...accepted };
  let conflict: Accepted["conflict"];
  const isTaken = (name: string | undefined, mine: string | undefined, used: ReadonlySet<unknown>) =>
    name !== mine && used.has(name);
  const settle = (field: "plural" | "singular" | "kind" | "listKind", used: ReadonlySet<unknown>) => {
    const name = wanted[field];
    if (isTaken(name, accepted?.[field], used)) {
      const reason = `${field.charAt(0).toUpperCase()}${field.slice(1)}Conflict`;
      conflict = { reason, message: `"${name}" is already in use` };
    } else names[field] = name;
  };
  settle("plural", resources);
  settle("singular", resources);
  if (!equalJson(wanted.shortNames, accepted?.shortNames)) {
    const mine = accepted?.shortNames ?? [];
    const bad = (wanted.shortNames ?? []).filter((name) => !mine.includes(name) && resources.has(name));
    if (bad.length === 0) names.shortNames = wanted.shortNames;
    else {
      const message = aggregateMessage(bad.map((name) => `"${name}" is already in use`));
      conflict = { reason: "ShortNamesConflict", message };
    }
  }
  settle("kind", kinds);
  settle("listKind", kinds);
  names.categories = wanted.categories;
  const given = Object.entries(names).filter(([, value]) => value !== undefined);
  return { names: Object.fromEntries(given), conflict };
}
