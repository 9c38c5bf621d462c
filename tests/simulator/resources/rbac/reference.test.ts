import { describe, expect, it } from "vitest";
import { bootstrapPolicy } from "../../../../simulator/resources/rbac/bootstrap-policy.ts";
import { referenceFolder } from "../../../reference.ts";
import { clusterFor, isRecorded, send } from "../../api/access.ts";
import { comparable, type Json, readCases, readJson } from "../cases.ts";

interface DefaultsCase {
  readonly name: string;
  readonly request: { readonly verb: string; readonly path: string };
  readonly input: Json;
  readonly code: number;
  readonly stored: Json;
}

type Facts = Json & { readonly name: string; readonly namespace?: string };

describe.skipIf(referenceFolder() === undefined)("access objects of a real API server", () => {
  const simulation = clusterFor("ref-defaults");

  const cases = [...readCases<DefaultsCase>("defaults/rbac.json"), ...readCases<DefaultsCase>("defaults/review.json")];
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const answer = send(simulation, { ...one.request, body: one.input });
    expect(answer.code).toBe(one.code);
    // Which rule comes first is chance there.
    const [actual, expected] = [sortedRules(answer.body), sortedRules(one.stored)];
    if (!isRecorded(expected, actual)) expect(comparable(actual)).toEqual(comparable(expected));
  });

  const recorded = readJson<Record<string, readonly Facts[]>>("api/system-objects.json") ?? {};
  it.each([
    ["clusterroles", "ClusterRole"],
    ["clusterrolebindings", "ClusterRoleBinding"],
    ["roles", "Role"],
    ["rolebindings", "RoleBinding"],
  ])("the %s that a cluster starts with", (resource) => {
    const path = `/apis/rbac.authorization.k8s.io/v1/${resource}`;
    const { items } = send(simulation, { verb: "GET", path }).body as unknown as { items: readonly Json[] };
    const ours = items.map(({ metadata, ...rest }) => {
      const { name, namespace, labels, annotations } = metadata as Json;
      return { name, ...(namespace !== undefined && { namespace }), labels, annotations, ...rest };
    });
    const theirs = recorded[resource] ?? [];
    const made = new Set(cases.map(({ name }) => name));
    expect(ours.filter((one) => !made.has(String(one.name)))).toEqual(theirs);
    expect(theirs.length).toBeGreaterThan(0);
  });
});

describe("the roles that a cluster starts with", () => {
  it("gather what they select, as the controller would", () => {
    const simulation = clusterFor();
    for (const name of ["admin", "edit", "view"]) {
      const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`;
      const { metadata, rules } = send(simulation, { verb: "GET", path }).body as Json;
      const given = bootstrapPolicy.clusterRoles.find((role) => role.metadata.name === name);
      expect(rules).toEqual(given?.rules);
      expect((metadata as Json).resourceVersion).not.toBe("");
    }
  });
});

function sortedRules(object: Json): Json {
  const { status } = object;
  if (typeof status !== "object" || status === null) return object;
  const sorted = Object.entries(status).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map((item) => JSON.stringify(sortedKeys(item as Json))).sort() : value,
  ]);
  return { ...object, status: Object.fromEntries(sorted) };
}

function sortedKeys(value: Json): Json {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
