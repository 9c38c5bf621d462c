import { fail, ok, type Result } from "../base/result.ts";
import { badRequest, type Status } from "./errors.ts";
import type { Kind } from "./kind.ts";
import { matchesFields, parseFieldSelector } from "./meta/field-selector.ts";
import { matchesLabels } from "./meta/labels.ts";
import { parseLabelSelector } from "./meta/selector-parser.ts";
import type { KubeObject } from "./object.ts";
import type { Query } from "./routing.ts";

export type ObjectFilter = (object: KubeObject) => boolean;

/** The label and field selectors of a list or watch as one test; undefined when there is none. */
export function selectionOf(kind: Kind, query: Query): Result<ObjectFilter | undefined, Status> {
  const labelText = query.get("labelSelector")?.[0] ?? "";
  const fieldText = query.get("fieldSelector")?.[0] ?? "";
  const filters: ObjectFilter[] = [];
  if (labelText !== "") {
    const parsed = parseLabelSelector(labelText);
    if (!parsed.ok) return fail(badRequest(parsed.error));
    filters.push((object) => matchesLabels(parsed.value, object.metadata.labels));
  }
  if (fieldText !== "") {
    const parsed = parseFieldSelector(fieldText);
    if (!parsed.ok) return fail(badRequest(parsed.error));
    for (const { field } of parsed.value) {
      if (fieldReader(kind, field) === undefined) return fail(badRequest(unknownField(kind, field)));
    }
    filters.push((object) => matchesFields(parsed.value, (field) => fieldReader(kind, field)?.(object) ?? ""));
  }
  if (filters.length === 0) return ok(undefined);
  return ok((object) => filters.every((filter) => filter(object)));
}

/** Kinds with fields of their own say it in other words than those without. */
function unknownField(kind: Kind, field: string): string {
  if (kind.selectableFields !== undefined || kind.custom !== undefined) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function fieldReader(kind: Kind, field: string): ((object: KubeObject) => string) | undefined {
  if (field === "metadata.name") return (object) => object.metadata.name;
  if (field === "metadata.namespace" && kind.namespaced) return (object) => object.metadata.namespace ?? "";
  const { selectableFields = {} } = kind;
  return Object.hasOwn(selectableFields, field) ? selectableFields[field] : undefined;
}
