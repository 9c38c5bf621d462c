import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import type { Json } from "../../resources/cases.ts";
import { clusterFor, must, send } from "../access.ts";

const WHO = { asUser: "system:node:mine", asGroups: ["system:nodes", "system:authenticated"] };
const base = (() => {
  const simulation = clusterFor("one");
  for (const name of ["mine", "other"]) {
    must(send(simulation, { verb: "POST", path: "/api/v1/nodes", body: { metadata: { name } } as unknown as Json }));
    const spec = { nodeName: name, containers: [{ name: "c", image: "busybox" }] };
    const body = { metadata: { name: `on-${name}` }, spec } as unknown as Json;
    must(send(simulation, { verb: "POST", path: "/api/v1/namespaces/one/pods", body }));
  }
  return simulation.snapshot();
})();

function asNode(verb: string, path: string, body?: object, contentType?: string): string {
  const request = { verb, path, ...(body && { body: body as Json }), ...(contentType && { contentType }), ...WHO };
  const { code, body: answer } = send(Simulation.restore(base), request);
  return code < 300 ? "" : String(answer.message).replace(/^.* is forbidden: /, "");
}

const patch = (path: string, body: object) => asNode("PATCH", path, body, "application/merge-patch+json");
const pod = (metadata: object, spec: object) =>
  asNode("POST", "/api/v1/namespaces/one/pods", {
    metadata: { name: "p", ...metadata },
    spec: { containers: [{ name: "c", image: "busybox" }], ...spec },
  });

describe("a kubelet", () => {
  it("changes its own node, but not its taints, nor labels that are not its own", () => {
    const label = (name: string) => patch("/api/v1/nodes/mine", { metadata: { labels: { [name]: "x" } } });
    expect(label("team")).toBe("");
    expect(label("kubelet.kubernetes.io/x")).toBe("");
    expect(label("node-role.kubernetes.io/x")).toBe("is not allowed to modify labels: node-role.kubernetes.io/x");
    expect(label("a.node-restriction.kubernetes.io/x")).toContain("is not allowed to modify labels");
    expect(patch("/api/v1/nodes/mine", { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } })).toBe(
      'node "mine" is not allowed to modify taints',
    );
    expect(patch("/api/v1/nodes/other", { metadata: { labels: { team: "x" } } })).toBe(
      'node "mine" is not allowed to modify node "other"',
    );
  });

  it("writes the status of its own pods, and deletes no others", () => {
    const status = { status: { message: "x" } };
    expect(patch("/api/v1/namespaces/one/pods/on-mine/status", status)).toBe("");
    expect(patch("/api/v1/namespaces/one/pods/on-other/status", status)).toBe(
      'node "mine" can only update pod status for pods with spec.nodeName set to itself',
    );
    expect(asNode("DELETE", "/api/v1/namespaces/one/pods/on-mine")).toBe("");
    expect(asNode("DELETE", "/api/v1/namespaces/one/pods/on-other")).toBe(
      'node "mine" can only delete pods with spec.nodeName set to itself',
    );
  });

  it("makes mirror pods only, for itself", () => {
    const annotations = { "kubernetes.io/config.mirror": "x" };
    expect(pod({}, {})).toBe(
      'pod does not have "kubernetes.io/config.mirror" annotation, node "mine" can only create mirror pods',
    );
    expect(pod({ annotations }, { nodeName: "other" })).toBe(
      'node "mine" can only create pods with spec.nodeName set to itself',
    );
    expect(pod({ annotations }, { nodeName: "mine" })).toBe(
      'node "mine" can only create pods with an owner reference set to itself',
    );
  });

  it("keeps its own lease", () => {
    const lease = (namespace: string, name: string) =>
      asNode("POST", `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { metadata: { name }, spec: {} });
    expect(lease("kube-node-lease", "another")).toBe(
      "can only access node lease with the same name as the requesting node",
    );
    expect(lease("one", "mine")).toContain(': can only access leases in the "kube-node-lease" system namespace');
  });
});
