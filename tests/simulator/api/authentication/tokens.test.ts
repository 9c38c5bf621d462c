import { describe, expect, it } from "vitest";
import { TokenSeal } from "../../../../simulator/api/authentication/jwt.ts";
import { type ApiRequest, Simulation } from "../../../../simulator/index.ts";
import type { Json } from "../../resources/cases.ts";
import { clusterFor, must } from "../access.ts";

const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
const ISSUER = "https://kubernetes.default.svc.cluster.local";

const base = clusterFor().snapshot();

function post(simulation: Simulation, path: string, body: object, who: Partial<ApiRequest> = {}) {
  return simulation.request({ method: "POST", path, body: body as never, ...who });
}

function issue(simulation: Simulation, spec: object = {}, account = "default") {
  return must(post(simulation, `${ACCOUNTS}/${account}/token`, { spec })).body as Json & { status: Json; spec: Json };
}

function tokenOf(simulation: Simulation, spec: object = {}, account = "default"): string {
  return String(issue(simulation, spec, account).status.token);
}

function review(simulation: Simulation, token: string, audiences: readonly string[] = []): Json {
  const path = "/apis/authentication.k8s.io/v1/tokenreviews";
  return must(post(simulation, path, { spec: { token, audiences } })).body.status as Json;
}

describe("tokens of service accounts", () => {
  it("look like the real ones and stand for the account", () => {
    const simulation = Simulation.restore(base);
    const { metadata, spec, status } = issue(simulation, { expirationSeconds: 600 });
    expect(metadata).toEqual({
      name: "default",
      namespace: "default",
      creationTimestamp: expect.stringMatching(/^20..-..-..T..:..:..Z$/),
    });
    expect(spec).toEqual({ audiences: [ISSUER], expirationSeconds: 600, boundObjectRef: null });
    const token = String(status.token);
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{342}$/);
    expect(review(simulation, token)).toEqual({
      authenticated: true,
      audiences: [ISSUER],
      user: {
        username: "system:serviceaccount:default:default",
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
        extra: { "authentication.kubernetes.io/credential-id": [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)] },
      },
    });
  });

  it("let their bearer in, as far as the account may go", () => {
    const simulation = Simulation.restore(base);
    const token = tokenOf(simulation);
    const asked = (who: Partial<ApiRequest>) =>
      simulation.request({ method: "GET", path: "/api/v1/namespaces/default/pods", ...who });
    expect(asked({ token }).body.message).toBe(
      'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(asked({ token: "nonsense" }).body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Unauthorized",
      reason: "Unauthorized",
      code: 401,
    });
    const who = must(post(simulation, "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, { token })).body as Json;
    expect((who.status as Json).userInfo).toMatchObject({ username: "system:serviceaccount:default:default" });
  });

  it("are the same in the same run, survive a restart, and mean nothing to another cluster", () => {
    const [one, two] = [Simulation.restore(base), Simulation.restore(base)];
    const token = tokenOf(one);
    expect(tokenOf(two)).toBe(token);
    expect(tokenOf(one)).not.toBe(token);
    expect(review(Simulation.restore(one.snapshot()), token).authenticated).toBe(true);
    const other = Simulation.start({ workers: 0, seed: 7 });
    other.advanceTo(30_000);
    expect(review(other, token)).toEqual({
      user: {},
      error: "[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]",
    });
  });

  it("end with their time, their account, and what they are bound to", () => {
    const simulation = Simulation.restore(base);
    must(post(simulation, "/api/v1/namespaces/default/secrets", { metadata: { name: "s" } }));
    must(post(simulation, ACCOUNTS, { metadata: { name: "robot" } }));
    const bound = tokenOf(simulation, { boundObjectRef: { kind: "Secret", apiVersion: "v1", name: "s" } });
    const short = tokenOf(simulation, { expirationSeconds: 600 });
    const robot = tokenOf(simulation, {}, "robot");
    for (const token of [bound, short, robot]) expect(review(simulation, token).authenticated).toBe(true);
    must(simulation.request({ method: "DELETE", path: "/api/v1/namespaces/default/secrets/s" }));
    must(simulation.request({ method: "DELETE", path: `${ACCOUNTS}/robot` }));
    expect(review(simulation, bound).error).toBe("[invalid bearer token, service account token has been invalidated]");
    expect(review(simulation, robot).error).toBe('[invalid bearer token, serviceaccounts "robot" not found]');
    must(post(simulation, ACCOUNTS, { metadata: { name: "robot" } }));
    expect(review(simulation, robot).error).toMatch(
      /^\[invalid bearer token, service account UID \(.*\) does not match/,
    );
    simulation.advanceTo(simulation.nowMs + 600_000);
    expect(review(simulation, short).authenticated).toBe(true);
    simulation.advanceTo(simulation.nowMs + 61_000);
    expect(review(simulation, short).error).toBe("[invalid bearer token, service account token has expired]");
  });

  it("are for their audiences only", () => {
    const simulation = Simulation.restore(base);
    const token = tokenOf(simulation, { audiences: ["vault", "é"] });
    expect(review(simulation, token, ["x", "é"]).audiences).toEqual(["é"]);
    expect(review(simulation, token).error).toBe(
      `[invalid bearer token, token audiences ["vault" "é"] is invalid for the target audiences ["${ISSUER}"]]`,
    );
    expect(simulation.request({ method: "GET", path: "/version", token }).code).toBe(401);
  });

  it("are refused as the real server refuses them", () => {
    const simulation = Simulation.restore(base);
    const refused = (account: string, spec: object) =>
      post(simulation, `${ACCOUNTS}/${account}/token`, { spec }).body.message;
    expect(refused("default", { expirationSeconds: 60 })).toBe(
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    );
    expect(refused("none", {})).toBe('serviceaccounts "none" not found');
    const pod = { kind: "Pod", apiVersion: "v1", name: "gone" };
    expect(refused("default", { boundObjectRef: pod })).toBe('pods "gone" not found');
    expect(refused("default", { boundObjectRef: { ...pod, kind: "ConfigMap" } })).toBe(
      "cannot bind token to object of type /v1, Kind=ConfigMap",
    );
  });

  it("are not taken when forged", () => {
    const simulation = Simulation.restore(base);
    const token = tokenOf(simulation);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const forged = [
      new TokenSeal("guess").seal({ iss: ISSUER }),
      `${header}.${payload}.${"A".repeat(signature.length)}`,
    ];
    for (const one of [...forged, `${header}.${payload}x.${signature}`]) {
      expect(simulation.request({ method: "GET", path: "/version", token: one }).code).toBe(401);
    }
  });
});

describe("acting as somebody else", () => {
  const nodes = { method: "GET", path: "/api/v1/nodes" } as const;

  it("is for who may: user, groups, service account, UID and extra each for itself", () => {
    const simulation = Simulation.restore(base);
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const rules = [
      { apiGroups: [""], resources: ["users"], verbs: ["impersonate"], resourceNames: ["jane"] },
      { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
    ];
    must(post(simulation, `${rbac}/clusterroles`, { metadata: { name: "actor" }, rules }));
    const subjects = [{ kind: "User", name: "bob" }];
    const roleRef = { kind: "ClusterRole", name: "actor" };
    must(post(simulation, `${rbac}/clusterrolebindings`, { metadata: { name: "b" }, roleRef, subjects }));
    const asBob = (impersonate: ApiRequest["impersonate"]) =>
      simulation.request({ ...nodes, user: "bob", impersonate }).body.message;
    const cannot = (user: string) =>
      `nodes is forbidden: User "${user}" cannot list resource "nodes" in API group "" at the cluster scope`;
    expect(asBob({ user: "jane" })).toBe(cannot("jane"));
    expect(asBob({ user: "system:serviceaccount:default:x" })).toBe(cannot("system:serviceaccount:default:x"));
    expect(asBob({ user: "joe" })).toBe(
      'users "joe" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    expect(asBob({ user: "jane", groups: ["system:masters"] })).toBe(
      'groups "system:masters" is forbidden: User "bob" cannot impersonate resource "groups" in API group "" at the cluster scope',
    );
    expect(asBob({ user: "jane", extra: { scopes: ["all"] } })).toBe(
      'userextras.authentication.k8s.io "all" is forbidden: User "bob" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
    );
  });

  it("changes who the server sees", () => {
    const simulation = Simulation.restore(base);
    const self = (impersonate: NonNullable<ApiRequest["impersonate"]>) => {
      const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
      return (must(post(simulation, path, {}, { impersonate })).body.status as Json).userInfo;
    };
    expect(self({ user: "jane" })).toEqual({ username: "jane", groups: ["system:authenticated"] });
    expect(self({ user: "jane", groups: ["devs"], uid: "7", extra: { scopes: ["a", "b"] } })).toEqual({
      username: "jane",
      uid: "7",
      groups: ["devs", "system:authenticated"],
      extra: { scopes: ["a", "b"] },
    });
    expect(self({ user: "system:serviceaccount:default:x" })).toMatchObject({
      groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
    });
    const asNobody = simulation.request({ ...nodes, impersonate: { groups: ["devs"] } });
    expect([asNobody.code, asNobody.body.message]).toEqual([
      400,
      "requested [{Group  devs    }] without impersonating a user",
    ]);
    expect(simulation.request({ ...nodes, impersonate: { user: "system:anonymous" } }).code).toBe(403);
  });
});
