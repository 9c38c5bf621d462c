import { describe, expect, it } from "vitest";
import { type Action, actionOf } from "../../../../simulator/api/authorization/attributes.ts";
import { ruleAllows } from "../../../../simulator/api/authorization/rules.ts";
import { splitUrl } from "../../../../simulator/api/routing.ts";
import { Simulation } from "../../../../simulator/index.ts";
import { clusterFor, must, send } from "../access.ts";

function action(method: string, url: string, isWatch = false): Action {
  const { path, query } = splitUrl(url) ?? { path: "", query: new Map() };
  return actionOf(method, path, query, isWatch);
}

describe("what a request wants to do", () => {
  const pods = { group: "", resource: "pods", subresource: "", namespace: "a", name: "" };
  it.each<[string, string, Action]>([
    ["GET", "/api/v1/namespaces/a/pods", { verb: "list", ...pods }],
    ["GET", "/api/v1/namespaces/a/pods?watch=1", { verb: "watch", ...pods }],
    ["GET", "/api/v1/namespaces/a/pods?watch=false", { verb: "list", ...pods }],
    ["GET", "/api/v1/watch/namespaces/a/pods", { verb: "watch", ...pods }],
    [
      "GET",
      "/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx",
      { verb: "list", ...pods, name: "x", fields: [{ field: "metadata.name", value: "x", equal: true }] },
    ],
    ["DELETE", "/api/v1/namespaces/a/pods", { verb: "deletecollection", ...pods }],
    ["POST", "/api/v1/namespaces/a/pods/x/exec", { verb: "create", ...pods, name: "x", subresource: "exec" }],
    [
      "PUT",
      "/api/v1/namespaces/a/finalize",
      { verb: "update", ...pods, resource: "namespaces", name: "a", subresource: "finalize" },
    ],
    ["GET", "/api/v1/namespaces/a", { verb: "get", ...pods, resource: "namespaces", name: "a" }],
    [
      "PATCH",
      "/apis/apps/v1/deployments/x/",
      { verb: "patch", ...pods, group: "apps", resource: "deployments", namespace: "", name: "x" },
    ],
    ["GET", "/apis/apps/v1", { verb: "get", path: "/apis/apps/v1" }],
    ["GET", "/healthz/", { verb: "get", path: "/healthz/" }],
  ])("%s %s", (method, url, expected) => {
    expect(action(method, url)).toEqual(expected);
  });
});

describe("a rule", () => {
  const ask = (method: string, url: string) => action(method, url);
  const rule = (resources: string[], verbs = ["*"], apiGroups = [""], resourceNames: string[] = []) => {
    return { verbs, apiGroups, resources, resourceNames };
  };
  it.each([
    [rule(["*"]), "GET", "/api/v1/pods", true],
    [rule(["*"]), "GET", "/api/v1/namespaces/a/pods/x/log", true],
    [rule(["*"]), "GET", "/apis/apps/v1/deployments", false],
    [rule(["*"], ["*"], ["*"]), "GET", "/apis/apps/v1/deployments", true],
    [rule(["pods"]), "GET", "/api/v1/namespaces/a/pods/x/log", false],
    [rule(["pods/log"]), "GET", "/api/v1/namespaces/a/pods/x/log", true],
    [rule(["*/log"]), "GET", "/api/v1/namespaces/a/pods/x/log", true],
    [rule(["pods/*"]), "GET", "/api/v1/namespaces/a/pods/x/log", false],
    [rule(["pods"], ["get", "list"]), "DELETE", "/api/v1/namespaces/a/pods/x", false],
    [rule(["pods"], ["*"], [""], ["x"]), "GET", "/api/v1/namespaces/a/pods/x", true],
    [rule(["pods"], ["*"], [""], ["x"]), "GET", "/api/v1/namespaces/a/pods", false],
    [{ verbs: ["get"], nonResourceURLs: ["/healthz/*"] }, "GET", "/healthz/ping", true],
    [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }, "GET", "/healthz/ping", false],
    [{ verbs: ["*"], nonResourceURLs: ["*"] }, "GET", "/api/v1/pods", false],
  ])("%j, asked for %s %s: %s", (policyRule, method, url, allowed) => {
    expect(ruleAllows(policyRule, ask(method, url))).toBe(allowed);
  });
});

describe("access", () => {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const base = clusterFor("team").snapshot();
  const post = (simulation: Simulation, path: string, body: object, user?: string) =>
    simulation.request({ method: "POST", path, body: body as never, ...(user && { user }) });
  const get = (simulation: Simulation, path: string, user: string, groups: readonly string[] = []) =>
    simulation.request({ method: "GET", path, user, groups }).code;
  const bindView = (subjects: object[]) => ({
    metadata: { name: "b" },
    roleRef: { kind: "ClusterRole", name: "view" },
    subjects,
  });

  it("is given to users, groups and service accounts, in a namespace or everywhere, and taken away", () => {
    const simulation = Simulation.restore(base);
    const robot = "system:serviceaccount:team:robot";
    const subjects = [
      { kind: "User", name: "jane" },
      { kind: "Group", name: "devs" },
      { kind: "ServiceAccount", name: "robot" },
    ];
    must(post(simulation, `${rbac}/namespaces/team/rolebindings`, bindView(subjects)));
    for (const [user, groups] of [
      ["jane", []],
      ["joe", ["devs"]],
      [robot, []],
    ] as const) {
      expect(get(simulation, "/api/v1/namespaces/team/pods", user, groups)).toBe(200);
      expect(get(simulation, "/api/v1/namespaces/default/pods", user, groups)).toBe(403);
      expect(get(simulation, "/api/v1/pods", user, groups)).toBe(403);
    }
    expect(get(simulation, "/api/v1/namespaces/team/pods", "joe")).toBe(403);
    must(post(simulation, `${rbac}/clusterrolebindings`, bindView([{ kind: "User", name: "joe" }])));
    expect(get(simulation, "/api/v1/pods", "joe")).toBe(200);
    must(simulation.request({ method: "DELETE", path: `${rbac}/namespaces/team/rolebindings/b` }));
    expect(get(simulation, "/api/v1/namespaces/team/pods", "jane")).toBe(403);
    const watching = simulation.watch({ method: "GET", path: "/api/v1/namespaces/team/pods", user: "jane" });
    expect(watching.ok ? 200 : watching.error.body.message).toContain('User "jane" cannot watch resource "pods"');
    // What was known of bindings is known after a restart.
    const restored = Simulation.restore(simulation.snapshot());
    expect(get(restored, "/api/v1/pods", "joe")).toBe(200);
  });

  it("is everything for masters, public facts for all, and what kubelets need for nodes", () => {
    const simulation = Simulation.restore(base);
    expect(get(simulation, "/api/v1/secrets", "root", ["system:masters"])).toBe(200);
    expect(get(simulation, "/version", "system:anonymous")).toBe(200);
    expect(get(simulation, "/apis", "system:anonymous")).toBe(403);
    expect(get(simulation, "/apis", "jane")).toBe(200);
    expect(get(simulation, "/api/v1/services", "system:node:worker-1", ["system:nodes"])).toBe(200);
    expect(get(simulation, "/api/v1/services", "system:node:worker-1")).toBe(403);
    expect(get(simulation, "/apis/apps/v1/deployments", "system:node:worker-1", ["system:nodes"])).toBe(403);
  });

  it("tells why: reviews", () => {
    const simulation = Simulation.restore(base);
    must(post(simulation, `${rbac}/namespaces/team/rolebindings`, bindView([{ kind: "Group", name: "devs" }])));
    const spec = { resourceAttributes: { verb: "list", resource: "pods", namespace: "team" }, groups: ["devs"] };
    const reviews = "/apis/authorization.k8s.io/v1";
    expect(must(post(simulation, `${reviews}/subjectaccessreviews`, { spec })).body.status).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/team" of ClusterRole "view" to Group "devs"',
    });
    const local = `${reviews}/namespaces/team/localsubjectaccessreviews`;
    expect(must(post(simulation, local, { spec: { ...spec, groups: ["ops"] } })).body.status).toEqual({
      allowed: false,
    });
    expect(post(simulation, `${reviews}/namespaces/default/localsubjectaccessreviews`, { spec }).body.message).toBe(
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "team": must match metadata.namespace',
    );
    const self = must(post(simulation, `${reviews}/selfsubjectaccessreviews`, { spec }, "jane"));
    expect(self.body.status).toEqual({ allowed: false });
    expect(post(simulation, `${reviews}/subjectaccessreviews`, { spec }, "jane").code).toBe(403);
    expect(simulation.request({ method: "GET", path: `${reviews}/subjectaccessreviews` }).code).toBe(405);
    expect(simulation.watch({ method: "GET", path: `${reviews}/subjectaccessreviews` }).ok).toBe(false);
  });

  it("cannot be widened by who does not have it, but by who may escalate or bind", () => {
    const simulation = Simulation.restore(base);
    const role = (name: string, verbs: string[], resources: string[], resourceNames?: string[]) => ({
      metadata: { name },
      rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources, verbs, ...(resourceNames && { resourceNames }) }],
    });
    const roles = `${rbac}/namespaces/team/roles`;
    const bindings = `${rbac}/namespaces/team/rolebindings`;
    must(post(simulation, roles, role("writer", ["create", "update"], ["roles", "rolebindings"])));
    const bindRole = (name: string) => ({
      ...bindView([{ kind: "User", name: "jane" }]),
      metadata: { name },
      roleRef: { kind: "Role", name },
    });
    must(post(simulation, bindings, bindRole("writer")));
    const wide = {
      metadata: { name: "wide" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
    };
    expect(post(simulation, roles, wide, "jane").body.message).toContain(
      'permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    );
    // No more than one has is no escalation.
    must(post(simulation, roles, role("copy", ["create"], ["roles"]), "jane"));
    expect(post(simulation, bindings, { ...bindRole("wide"), metadata: { name: "none" } }, "jane").code).toBe(404);
    must(post(simulation, roles, role("escalates", ["escalate"], ["roles"])));
    must(post(simulation, bindings, bindRole("escalates")));
    must(post(simulation, roles, wide, "jane"));
    expect(post(simulation, bindings, bindRole("wide"), "jane").code).toBe(403);
    must(post(simulation, roles, role("binds", ["bind"], ["roles"], ["wide"])));
    must(post(simulation, bindings, bindRole("binds")));
    must(post(simulation, bindings, bindRole("wide"), "jane"));
    expect(send(simulation, { verb: "GET", path: "/api/v1/namespaces/team/pods", asUser: "jane" }).code).toBe(200);
  });
});
