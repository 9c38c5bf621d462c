import { columnDefinition } from "../../simulator/api/render.ts";
import { findServed } from "../../simulator/api/versions.ts";
import { deepFreeze } from "../../simulator/base/json.ts";
import { kinds } from "../../simulator/resources/registry.ts";
import { fieldDoc, plainWords } from "../support/field-docs.ts";
import { differences, type Json } from "./masks.ts";
import type { Outcome } from "./outcome.ts";

export interface RecordedTable {
  readonly resource: string;
  readonly path: string;
  readonly columnDefinitions: readonly Json[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly unknown[]; readonly object: Json }[];
}

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");
const UID = "0b9f6b1c-6a0e-4c0e-9d4e-3f6f2a1b5c7d";

/** Compares the columns of a kind, and the cells of each recorded object. */
export function playTable({ resource, path, columnDefinitions, rows }: RecordedTable): Outcome[] {
  const [, group = "", version = "v1"] = /^\/apis\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
  const plural = resource.split(".")[0] ?? resource;
  const kind = findServed(kinds, group, version, plural);
  if (kind === undefined) return [{ name: resource, found: ["is not served"] }];
  const even = (column: Json) => ({ ...column, description: plainWords(String(column.description)) });
  const ours = kind.columns.map((column) => even(columnDefinition(column, fieldDoc) as unknown as Json));
  return [
    { name: `${resource} columns`, found: differences(columnDefinitions.map(even), ours) },
    ...rows.map(({ name, cells, object }) => {
      const text = JSON.stringify(object).replaceAll("<TIME>", "2026-11-22T09:00:00Z").replaceAll("<UID>", UID);
      const whole = deepFreeze(JSON.parse(text));
      const actual = kind.columns.map((column) => column.cell(whole as never, NOW_MS));
      return { name, found: differences(cells, JSON.parse(JSON.stringify(actual))) };
    }),
  ];
}
