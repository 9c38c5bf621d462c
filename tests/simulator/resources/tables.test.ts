import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { columnDefinition } from "../../../simulator/api/render.ts";
import { deepFreeze } from "../../../simulator/base/json.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { referenceFolder } from "../../reference.ts";
import { fieldDoc, plainWords } from "../../support/field-docs.ts";
import { type Json, matches, NOW_MS, readJson } from "./cases.ts";

interface Table {
  readonly columnDefinitions: readonly Json[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly unknown[]; readonly object: Json }[];
}

/** The tables of some kinds were not recorded. */
const isRecorded = (id: string) => existsSync(join(referenceFolder() ?? "", `tables/${id}.json`));
const RECORDED = kinds.all.filter(({ ref }) => ref.id !== "pods" && isRecorded(ref.id));

const UID = "0b9f6b1c-6a0e-4c0e-9d4e-3f6f2a1b5c7d";

/** The object with real times and UIDs where the recording masks them. */
function unmasked(object: Json): Json {
  const text = JSON.stringify(object).replaceAll("<TIME>", "2026-11-22T09:00:00Z").replaceAll("<UID>", UID);
  return JSON.parse(text) as Json;
}

describe.skipIf(referenceFolder() === undefined)("server-side tables", () => {
  describe.each(RECORDED.map((kind) => [kind.ref.id, kind] as const))("%s", (id, kind) => {
    const table = readJson<Table>(`tables/${id}.json`);

    it("has the real columns", () => {
      const columns = kind.columns.map((column) => {
        const definition = columnDefinition(column, fieldDoc);
        return { ...definition, description: plainWords(definition.description) };
      });
      expect(columns).toEqual(
        table?.columnDefinitions.map((each) => ({ ...each, description: plainWords(each.description) })),
      );
    });

    it.each((table?.rows ?? []).map((row) => [row.name, row] as const))("%s", (_name, row) => {
      const object = deepFreeze(unmasked(row.object));
      const cells = kind.columns.map((column) => column.cell(object as never, NOW_MS));
      if (!matches(row.cells, cells)) expect(cells).toEqual(row.cells);
    });
  });
});
