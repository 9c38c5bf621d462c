import { describe, expect, it } from "vitest";
import type { ApiRequest, Simulation } from "../../../simulator/index.ts";
import { clusterFor, must } from "./access.ts";

type Body = NonNullable<ApiRequest["body"]>;

const NAMESPACE = "versions";
const configMaps = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const budgets = `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets`;

function ask(simulation: Simulation, method: ApiRequest["method"], path: string, body: object) {
  return simulation.request({ method, path, body: body as Body });
}

describe("the resourceVersion of a replacement", () => {
  const simulation = clusterFor(NAMESPACE);
  must(ask(simulation, "POST", configMaps, { metadata: { name: "a" } }));
  must(ask(simulation, "POST", budgets, { metadata: { name: "a" }, spec: { selector: {} } }));

  it("may be missing, empty or 0 where the kind allows it", () => {
    for (const [at, resourceVersion] of [undefined, "", "0", "00"].entries()) {
      const answer = ask(simulation, "PUT", `${configMaps}/a`, {
        metadata: { name: "a", resourceVersion },
        data: { at: String(at) },
      });
      expect(answer).toMatchObject({ code: 200, body: { data: { at: String(at) } } });
    }
  });

  it("is a conflict when it is another", () => {
    const answer = ask(simulation, "PUT", `${configMaps}/a`, { metadata: { name: "a", resourceVersion: "1" } });
    expect(answer).toMatchObject({ code: 409, body: { reason: "Conflict" } });
  });

  it("has to be said of kinds that are not replaced blindly", () => {
    for (const resourceVersion of [undefined, "0"]) {
      const answer = ask(simulation, "PUT", `${budgets}/a`, {
        metadata: { name: "a", resourceVersion },
        spec: { selector: {} },
      });
      const message =
        'poddisruptionbudgets.policy "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update';
      expect(answer).toMatchObject({ code: 422, body: { message } });
    }
  });

  it("need not be said in a patch", () => {
    const answer = simulation.request({
      method: "PATCH",
      path: `${budgets}/a`,
      contentType: "application/merge-patch+json",
      body: { metadata: { labels: { a: "b" } } },
    });
    expect(answer.code).toBe(200);
  });
});

describe("a strategic merge patch", () => {
  it("is refused in the converter's words when its result is none of the kind", () => {
    const simulation = clusterFor(NAMESPACE);
    must(ask(simulation, "POST", configMaps, { metadata: { name: "a" } }));
    const answer = simulation.request({
      method: "PATCH",
      path: `${configMaps}/a`,
      contentType: "application/strategic-merge-patch+json",
      body: { metadata: { labels: "invalid" } },
    });
    const why = 'patch: Invalid value: "map[metadata:map[labels:invalid]]": cannot restore map from string';
    expect(answer).toMatchObject({ code: 422 });
    expect(answer.body.message).toContain(why);
  });
});
