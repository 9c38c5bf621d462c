import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import { referenceFolder } from "../../../reference.ts";
import { type Json, readCases } from "../../resources/cases.ts";
import { clusterFor, must, type RecordedRequest, send } from "../access.ts";

interface RefusalCase {
  readonly name: string;
  readonly setup?: readonly RecordedRequest[];
  readonly request: RecordedRequest;
  readonly response: { readonly code: number; readonly body: Json };
}

describe.skipIf(referenceFolder() === undefined)("refusals of a real API server", () => {
  const base = clusterFor("ref-errors").snapshot();
  for (const file of ["forbidden", "rbac"]) {
    const cases = readCases<RefusalCase>(`errors/${file}.json`);
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
      const simulation = Simulation.restore(base);
      for (const request of one.setup ?? []) must(send(simulation, request));
      const answer = send(simulation, one.request);
      expect(answer.body).toEqual(one.response.body);
      expect(answer.code).toBe(one.response.code);
    });
  }
});
