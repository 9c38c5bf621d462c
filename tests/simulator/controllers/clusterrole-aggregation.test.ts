import { expect, it } from "vitest";
import type { JsonValue } from "../../../simulator/base/json.ts";
import { clusterFor, must } from "../api/access.ts";

const ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles";

it("gathers the rules of the roles that are selected, as they come, change and go", () => {
  const simulation = clusterFor();
  const post = (body: object) => must(simulation.request({ method: "POST", path: ROLES, body: body as JsonValue }));
  const rule = (resource: string) => ({ apiGroups: [""], resources: [resource], verbs: ["get"] });
  const part = (name: string, resource: string) => ({
    metadata: { name, labels: { part: "yes" } },
    rules: [rule(resource), rule("pods")],
  });
  const gathered = () => {
    simulation.advanceTo(simulation.nowMs + 5000);
    return simulation.request({ method: "GET", path: `${ROLES}/whole` }).body.rules;
  };
  post({
    metadata: { name: "whole" },
    rules: [rule("secrets")],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: "yes" } }] },
  });
  expect(gathered(), "what was written by hand does not last").toEqual([]);
  post(part("b", "nodes"));
  post(part("a", "services"));
  expect(gathered()).toEqual([rule("services"), rule("pods"), rule("nodes")]);
  must(simulation.request({ method: "DELETE", path: `${ROLES}/b` }));
  expect(gathered()).toEqual([rule("services"), rule("pods")]);
});
