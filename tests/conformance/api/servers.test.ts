import { describe, expect, it } from "vitest";
import { type ApiRequest, Simulation } from "../../../simulator/index.ts";
import { clusterFor, must } from "../../simulator/api/access.ts";

/** Single steps of Kubernetes' conformance tests of the API machinery and of sig-auth, which need the API alone. */

const base = clusterFor("e2e").snapshot();
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

type Body = NonNullable<ApiRequest["body"]>;

function ask(
  simulation: Simulation,
  method: ApiRequest["method"],
  path: string,
  body?: object,
  more: Partial<ApiRequest> = {},
) {
  return simulation.request({ method, path, ...(body && { body: body as Body }), ...more });
}

describe("chunked lists", () => {
  const path = "/api/v1/namespaces/e2e/podtemplates";

  it("are continued until they are compacted away, and then as things are", () => {
    const simulation = Simulation.restore(base);
    const spec = { containers: [{ name: "test", image: "test2" }] };
    for (let at = 0; at < 40; at++) {
      const metadata = { name: `template-${String(at).padStart(4, "0")}` };
      must(ask(simulation, "POST", path, { metadata, template: { metadata: { labels: { test: "x" } }, spec } }));
    }
    const page = (token: string) => {
      const answer = ask(simulation, "GET", `${path}?limit=17&continue=${encodeURIComponent(token)}`);
      const { metadata, items } = answer.body as unknown as {
        metadata: { continue: string; remainingItemCount?: number; resourceVersion?: string };
        items?: readonly object[];
      };
      return { ...answer, ...metadata, items };
    };
    const first = page("");
    expect(first).toMatchObject({ code: 200, remainingItemCount: 23 });
    expect(first.items).toHaveLength(17);
    expect(page(first.continue)).toMatchObject({ code: 200, resourceVersion: first.resourceVersion });
    simulation.advanceTo(simulation.nowMs + 301_000);
    const expired = page(first.continue);
    expect(expired).toMatchObject({ code: 410, body: { reason: "Expired" } });
    const second = page(expired.continue);
    expect(second).toMatchObject({ code: 200, remainingItemCount: 6 });
    expect(page(second.continue).items).toHaveLength(6);
  });
});

describe("tables", () => {
  it("are refused with 406 where there are no objects with metadata", () => {
    const review = { spec: { nonResourceAttributes: { path: "/", verb: "get" } } };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    expect(ask(Simulation.restore(base), "POST", path, review, { accept: TABLE }).code).toBe(406);
    const either = `${TABLE}, application/json`;
    expect(ask(Simulation.restore(base), "POST", path, review, { accept: either }).code).toBe(201);
  });
});

describe("discovery", () => {
  it("has a preferred version for each group, and resources for each version", () => {
    const simulation = Simulation.restore(base);
    const { groups } = ask(simulation, "GET", "/apis").body as unknown as {
      groups: readonly {
        readonly name: string;
        readonly preferredVersion: { readonly version: string };
        readonly versions: readonly { readonly groupVersion: string; readonly version: string }[];
      }[];
    };
    for (const { versions, preferredVersion } of groups) {
      expect(versions.map(({ version }) => version)).toContain(preferredVersion.version);
      for (const { groupVersion } of versions) {
        const { body } = ask(simulation, "GET", `/apis/${groupVersion}`);
        expect(body.groupVersion).toBe(groupVersion);
        expect(body.resources).not.toHaveLength(0);
      }
    }
  });

  it("has a version of whole numbers", () => {
    const { body } = ask(Simulation.restore(base), "GET", "/version");
    expect([body.major, body.minor].map(Number).every(Number.isInteger)).toBe(true);
  });
});

describe("namespaces", () => {
  it("take a status and a finalizer", () => {
    const simulation = Simulation.restore(base);
    const path = "/api/v1/namespaces/e2e";
    const merge = { contentType: "application/merge-patch+json" };
    const status = { conditions: [{ type: "StatusPatch", status: "True", reason: "E2E", message: "Patched" }] };
    const patched = must(ask(simulation, "PATCH", `${path}/status`, { status }, merge));
    expect(patched.body.status).toMatchObject(status);
    const current = ask(simulation, "GET", path).body as unknown as { spec: { finalizers: readonly string[] } };
    const finalizers = [...current.spec.finalizers, "e2e.example.com/fakeFinalizer"];
    const finalized = must(ask(simulation, "PUT", `${path}/finalize`, { ...current, spec: { finalizers } }));
    expect(finalized.body.spec).toEqual({ finalizers });
  });
});

describe("the root certificate of a namespace", () => {
  it("comes back when it is deleted, and is mended when it is changed", () => {
    const simulation = Simulation.restore(base);
    const path = "/api/v1/namespaces/e2e/configmaps/kube-root-ca.crt";
    const text = () => (ask(simulation, "GET", path).body.data as unknown as Record<string, string>)["ca.crt"];
    const before = text();
    must(ask(simulation, "DELETE", path));
    simulation.advanceTo(simulation.nowMs + 5000);
    expect(text()).toBe(before);
    must(ask(simulation, "PATCH", path, { data: { "ca.crt": "" } }, { contentType: "application/merge-patch+json" }));
    simulation.advanceTo(simulation.nowMs + 5000);
    expect(text()).toBe(before);
  });
});

describe("who asks", () => {
  it("learns who it is, what it may, and what its tokens are good for", () => {
    const simulation = Simulation.restore(base);
    const self = must(
      ask(simulation, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, { user: "jane" }),
    );
    expect(self.body.status).toMatchObject({ userInfo: { username: "jane" } });
    const account = "system:serviceaccount:e2e:default";
    const spec = { user: account, resourceAttributes: { namespace: "e2e", verb: "list", resource: "configmaps" } };
    const reviews = "/apis/authorization.k8s.io/v1/namespaces/e2e/localsubjectaccessreviews";
    const local = must(ask(simulation, "POST", reviews, { metadata: { namespace: "e2e" }, spec }));
    expect(local.body.status).toMatchObject({ allowed: false });
    const made = must(ask(simulation, "POST", "/api/v1/namespaces/e2e/serviceaccounts/default/token", { spec: {} }));
    const { token } = made.body.status as unknown as { token: string };
    const review = must(ask(simulation, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", { spec: { token } }));
    expect(review.body.status).toMatchObject({ authenticated: true, user: { username: account } });
    for (const path of ["/.well-known/openid-configuration", "/openid/v1/jwks"]) {
      expect(ask(simulation, "GET", path).code).toBe(200);
    }
  });
});
