import { describe, expect, it } from "vitest";
import type { Pod } from "../../../../../simulator/api/refs.ts";
import { columnDefinition } from "../../../../../simulator/api/render.ts";
import { deepFreeze } from "../../../../../simulator/base/json.ts";
import { podColumns, summarizePod } from "../../../../../simulator/resources/core/pod/table.ts";
import { referenceFolder } from "../../../../reference.ts";
import { fieldDoc, plainWords } from "../../../../support/field-docs.ts";
import { type Json, matches, NOW_MS, readJson } from "../../cases.ts";

interface Table {
  readonly columnDefinitions: readonly Json[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly unknown[]; readonly object: Json }[];
}

const table = readJson<Table>("tables/pods.json");
const rows = table?.rows ?? [];

describe.skipIf(referenceFolder() === undefined)("the table of pods", () => {
  it("has the real columns", () => {
    const columns = podColumns.map((column) => {
      const definition = columnDefinition(column as never, fieldDoc);
      return { ...definition, description: plainWords(definition.description) };
    });
    expect(columns).toEqual(
      table?.columnDefinitions.map((each) => ({ ...each, description: plainWords(each.description) })),
    );
  });

  describe(`${rows.length} rows as a real API server prints them`, () => {
    it.each(rows.map((row) => [row.name, row] as const))("%s", (_name, row) => {
      const text = JSON.stringify(row.object).replaceAll("<TIME>", "2026-11-22T09:00:00Z");
      const pod = deepFreeze(JSON.parse(text)) as Pod;
      const cells = podColumns.map((column) => column.cell(pod, NOW_MS));
      if (!matches(row.cells, cells)) expect(cells).toEqual(row.cells);
    });
  });
});

describe("the status of a pod", () => {
  const pod = (status: Json, more: Json = {}): Pod =>
    ({ metadata: { name: "p", ...more }, spec: { containers: [{ name: "c" }] }, status }) as unknown as Pod;

  it("tells that gates hold it", () => {
    const conditions = [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }];
    expect(summarizePod(pod({ phase: "Pending", conditions })).status).toBe("SchedulingGated");
  });

  it("is Unknown for a pod deleted on a node that is lost, and stays Completed for one that ended", () => {
    const deleted = { deletionTimestamp: "2026-11-22T10:00:00Z" };
    expect(summarizePod(pod({ phase: "Running", reason: "NodeLost" }, deleted)).status).toBe("Unknown");
    const state = { terminated: { exitCode: 0, reason: "Completed" } };
    const containerStatuses = [{ name: "c", state }];
    expect(summarizePod(pod({ phase: "Succeeded", containerStatuses }, deleted)).status).toBe("Completed");
  });

  it("counts the last restart's age", () => {
    const lastState = { terminated: { exitCode: 1, finishedAt: "2026-11-22T09:59:50Z" } };
    const containerStatuses = [{ name: "c", ready: true, restartCount: 3, state: { running: {} }, lastState }];
    const restarts = podColumns.find(({ name }) => name === "Restarts");
    expect(restarts?.cell(pod({ phase: "Running", containerStatuses }), NOW_MS)).toBe("3 (10s ago)");
  });
});
