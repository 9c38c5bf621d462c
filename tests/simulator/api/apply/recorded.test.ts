import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ApiRequest, ApiResponse } from "../../../../simulator/index.ts";
import { Simulation } from "../../../../simulator/index.ts";
import { referenceFolder } from "../../../reference.ts";
import { type Json, matches, readCases, target } from "../../resources/cases.ts";

interface Sent {
  readonly verb: ApiRequest["method"];
  readonly path: string;
  readonly query?: string;
  readonly contentType?: string;
  readonly body?: Json;
}

interface RecordedCase {
  readonly name: string;
  readonly setup?: readonly (Sent | { readonly wait: string })[];
  readonly request: Sent;
  readonly input?: Json;
  readonly stored?: Json;
  readonly code?: number;
  readonly response?: { readonly code: number; readonly body: Json };
}

interface Expected {
  readonly name: string;
  readonly setup: readonly Sent[];
  readonly request: Sent;
  readonly code: number;
  readonly body: Json;
}

/** What other managers than the request's had done by then depends on timing. */
const BY_TIMING = ["req-delete-deployment-orphan"];
/** A resize that may not change the image takes the ownership of it all the same: a quirk that is not modelled. */
const QUIRKS = ["podupdate-resize-sub-unresized"];

function isApplied({ setup, request }: Expected): boolean {
  return [...setup, request].some(({ contentType }) => contentType === "application/apply-patch+yaml");
}

function managedFieldsOf(body: Json | undefined): unknown {
  return (body?.metadata as Json | undefined)?.managedFields;
}

/** The recorded requests that were answered with an object and its managed fields, and all applies. */
function recordedCases(): Expected[] {
  const folder = referenceFolder();
  if (folder === undefined) return [];
  const files = ["defaults", "requests", "errors"].flatMap((area) =>
    readdirSync(join(folder, area))
      .filter((file) => !file.startsWith("_"))
      .map((file) => `${area}/${file}`),
  );
  return files.flatMap((file) =>
    readCases<RecordedCase>(file).flatMap((each): Expected[] => {
      const { name, setup = [], request, input, stored, code = 0, response = { code, body: stored ?? {} } } = each;
      if (setup.some((step) => "wait" in step) || [...BY_TIMING, ...QUIRKS].includes(name)) return [];
      const sent = { ...request, body: input ?? request.body };
      const expected = { name, setup: setup as readonly Sent[], request: sent, ...response };
      const { kind } = target(request.path.split("?")[0] ?? "");
      if (kind === undefined || (managedFieldsOf(response.body) === undefined && !isApplied(expected))) return [];
      return [expected];
    }),
  );
}

function send(simulation: Simulation, { verb, path, query, contentType, body }: Sent): ApiResponse {
  const whole = query === undefined ? path : `${path}?${query}`;
  const request = { method: verb, path: whole, contentType, body: body as ApiRequest["body"] };
  return simulation.request({ ...request, userAgent: "reference-recorder/1.0" } as ApiRequest);
}

function newCluster(): Simulation {
  const simulation = Simulation.start({ workers: 1 });
  simulation.advanceTo(20_000);
  for (const name of ["ref-defaults", "ref-requests", "ref-errors"]) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    send(simulation, { verb: "POST", path: "/api/v1/namespaces", body });
  }
  simulation.advanceTo(25_000);
  return simulation;
}

describe.skipIf(referenceFolder() === undefined)("recorded managed fields", () => {
  const cases = recordedCases();
  const cluster = newCluster();

  it("are at hand", () => {
    expect(cases.length).toBeGreaterThan(120);
    expect(cases.filter(isApplied).length).toBeGreaterThanOrEqual(12);
  });

  it.each(cases.map((each) => [each.name, each] as const))("%s", (_, { setup, request, code, body }) => {
    const simulation = cluster.fork();
    for (const step of setup) send(simulation, step);
    const answer = send(simulation, request);
    // Whether the rest of the answer is right is for the tests of that rest.
    if (answer.code >= 400 && code < 400) return;
    if (code >= 400) {
      expect({ code: answer.code, body: answer.body }).toEqual({ code, body });
      return;
    }
    const actual = answer.body as unknown as Json;
    if (actual.kind !== body.kind) return;
    const found = managedFieldsOf(actual);
    expect(matches(managedFieldsOf(body), found), JSON.stringify(found)).toBe(true);
  });
});
