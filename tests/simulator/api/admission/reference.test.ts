import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import { referenceFolder } from "../../../reference.ts";
import { type Json, readCases } from "../../resources/cases.ts";
import { clusterFor, must, type RecordedRequest, send } from "../access.ts";

interface AdmissionCase {
  readonly name: string;
  readonly setup?: readonly (RecordedRequest | { readonly wait: string; readonly "until set": string })[];
  readonly request: RecordedRequest;
  readonly response: { readonly code: number; readonly body: Json };
}

/** Virtual time in which a controller writes what a recording waits for. */
const PATIENCE_MS = 10_000;

describe.skipIf(referenceFolder() === undefined)("what a real API server does not admit", () => {
  const base = clusterFor("ref-errors", "ref-fresh").snapshot();
  for (const file of ["limits", "quota"]) {
    const cases = readCases<AdmissionCase>(`errors/${file}.json`);
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
      const simulation = Simulation.restore(base);
      for (const step of one.setup ?? []) {
        if ("wait" in step) simulation.advanceTo(simulation.nowMs + PATIENCE_MS);
        else must(send(simulation, step));
      }
      const answer = send(simulation, one.request);
      expect(answer.body).toEqual(one.response.body);
      expect(answer.code).toBe(one.response.code);
    });
  }
});
