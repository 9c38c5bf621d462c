import { describe, expect, it } from "vitest";
import { Simulation } from "../../simulator/index.ts";
import { referenceFolder } from "../reference.ts";
import { comparable, type Json, matches, readJson } from "./resources/cases.ts";

const simulation = Simulation.start({ workers: 0 });
simulation.advanceTo(60_000);

// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
function get(path: string): any {
  const { code, body } = simulation.request({ method: "GET", path });
  expect(code, path).toBe(200);
  return body;
}

type Named = Json & { readonly metadata: { readonly name: string; readonly namespace?: string } };
const items = (path: string): readonly Named[] => get(path).items;
const keys = (path: string) =>
  items(path).map(({ metadata: { name, namespace } }) => (namespace === undefined ? name : `${namespace}/${name}`));

interface SystemObjects {
  readonly [kind: string]: readonly (Json & { readonly name: string; readonly namespace?: string })[];
}

describe.skipIf(referenceFolder() === undefined)("what a control plane holds right after start", () => {
  const recorded = readJson<SystemObjects>("api/system-objects.json") ?? {};
  const names = (what: string) => recorded[what] as unknown as readonly string[];
  const NETWORK = "/apis/flowcontrol.apiserver.k8s.io/v1";

  it.each([
    ["configmaps", "/api/v1/configmaps"],
    ["serviceaccounts", "/api/v1/serviceaccounts"],
  ])("has the recorded %s", (what, path) => {
    expect(keys(path)).toEqual(expect.arrayContaining([...names(what)]));
  });

  it("has the leases of the control plane, and its own", () => {
    const masked = keys("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases").map((key) =>
      key.replace(/apiserver-\w+/, "apiserver-<HASH>"),
    );
    expect(masked).toEqual(expect.arrayContaining([...names("leases")]));
  });

  it.each([
    ["flowschemas", `${NETWORK}/flowschemas`],
    ["prioritylevelconfigurations", `${NETWORK}/prioritylevelconfigurations`],
    ["priorityclasses", "/apis/scheduling.k8s.io/v1/priorityclasses"],
    ["namespaces", "/api/v1/namespaces"],
  ])("has the recorded %s, field by field", (what, path) => {
    const actual = items(path).map(({ metadata, ...rest }) => ({ metadata, rest }));
    for (const { name, namespace: _, annotations, labels, ...facts } of recorded[what] ?? []) {
      const found = actual.find(({ metadata }) => metadata.name === name);
      expect(found?.metadata).toMatchObject({
        name,
        ...(annotations ? { annotations } : {}),
        ...(labels ? { labels } : {}),
      });
      expect(found?.rest).toMatchObject(facts);
    }
  });

  it("has the service of the API, with its endpoints", () => {
    const service = comparable(get("/api/v1/namespaces/default/services/kubernetes"));
    const wanted = comparable(recorded.serviceKubernetes) as { spec: { ports: Json[] } };
    const port = { ...wanted.spec.ports[0], targetPort: 6443 };
    expect(matches({ ...wanted, spec: { ...wanted.spec, ports: [port] } }, service)).toBe(true);
  });
});

describe("ranges and addresses of services", () => {
  const CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
  const IPS = "/apis/networking.k8s.io/v1/ipaddresses";

  it("are there from the beginning", () => {
    expect(get(`${CIDRS}/kubernetes`)).toMatchObject({
      metadata: { finalizers: ["networking.k8s.io/service-cidr-finalizer"] },
      spec: { cidrs: ["10.96.0.0/12"] },
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "", message: "Kubernetes Service CIDR is ready" }],
      },
    });
    expect(get(`${IPS}/10.96.0.1`).spec.parentRef).toEqual({
      resource: "services",
      namespace: "default",
      name: "kubernetes",
    });
  });

  it("follow the services", () => {
    const path = "/api/v1/namespaces/default/services";
    const body = { metadata: { name: "web" }, spec: { clusterIP: "10.96.3.4", ports: [{ port: 80 }] } };
    simulation.request({ method: "POST", path, body });
    simulation.advanceTo(simulation.nowMs + 1000);
    expect(get(`${IPS}/10.96.3.4`).metadata.labels).toEqual({
      "ipaddress.kubernetes.io/ip-family": "IPv4",
      "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    });
    simulation.request({ method: "DELETE", path: `${path}/web` });
    simulation.advanceTo(simulation.nowMs + 1000);
    expect(keys(IPS)).not.toContain("10.96.3.4");
  });

  it("let a range go when no address would be orphaned", () => {
    simulation.request({
      method: "POST",
      path: CIDRS,
      body: { metadata: { name: "b" }, spec: { cidrs: ["10.97.0.0/24"] } },
    });
    simulation.advanceTo(simulation.nowMs + 1000);
    expect(get(`${CIDRS}/b`).metadata.finalizers).toHaveLength(1);
    simulation.request({ method: "DELETE", path: `${CIDRS}/b` });
    simulation.request({ method: "DELETE", path: `${CIDRS}/kubernetes` });
    simulation.advanceTo(simulation.nowMs + 1000);
    expect(keys(CIDRS)).toEqual(["kubernetes"]);
    expect(get(`${CIDRS}/kubernetes`).status.conditions).toMatchObject([{ status: "False", reason: "Terminating" }]);
  });
});

describe("flow schemas", () => {
  const PATH = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";

  it("say whether their level is there", () => {
    expect(get(`${PATH}/catch-all`).status.conditions).toMatchObject([{ type: "Dangling", status: "False" }]);
    const spec = { priorityLevelConfiguration: { name: "none" } };
    simulation.request({ method: "POST", path: PATH, body: { metadata: { name: "lost" }, spec } });
    simulation.advanceTo(simulation.nowMs + 1000);
    expect(get(`${PATH}/lost`).status.conditions).toMatchObject([
      { type: "Dangling", status: "True", reason: "NotFound" },
    ]);
  });
});

describe("component statuses and bindings", () => {
  it("say that the control plane is well, until it is not", () => {
    expect(keys("/api/v1/componentstatuses")).toEqual(["controller-manager", "etcd-0", "scheduler"]);
    expect(get("/api/v1/componentstatuses/scheduler").conditions).toEqual([
      { type: "Healthy", status: "True", message: "ok" },
    ]);
    const written = simulation.request({ method: "DELETE", path: "/api/v1/componentstatuses/scheduler" });
    expect(written.code).toBe(405);
  });

  it("are refused where they name no node", () => {
    const path = "/api/v1/namespaces/default/bindings";
    const answer = simulation.request({
      method: "POST",
      path,
      body: { metadata: { name: "p" }, target: { kind: "Pod" } },
    });
    expect(answer.body).toMatchObject({
      code: 500,
      message:
        '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]',
    });
    const absent = simulation.request({
      method: "POST",
      path,
      body: { metadata: { name: "p" }, target: { name: "n" } },
    });
    expect(absent.code).toBe(404);
  });
});
