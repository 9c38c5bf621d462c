import { describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "../custom/cluster.ts";

const CORE = "/api/v1/namespaces/default";
const NO_RELATION = "no relationship found between node 'node-1' and this object";

/** A pod on node-1 that refers to much, one on node-2 that refers to the rest, and a mirror pod. */
function withPods(): Cluster & { asNode(method: string, path: string): { code: number; reason: string } } {
  const cluster = startCluster();
  const { send, simulation } = cluster;
  const create = (plural: string, name: string, rest: object = {}) =>
    send("POST", `${CORE}/${plural}`, { metadata: { name }, ...rest });
  for (const name of ["mounted", "projected", "in-env", "of-mirror", "elsewhere"]) {
    create("secrets", name);
    create("configmaps", name);
  }
  create("serviceaccounts", "robot");
  const volumes = [
    { name: "a", secret: { secretName: "mounted" } },
    { name: "b", configMap: { name: "mounted" } },
    { name: "c", projected: { sources: [{ secret: { name: "projected" } }, { configMap: { name: "projected" } }] } },
    { name: "d", persistentVolumeClaim: { claimName: "claim" } },
  ];
  const env = [
    { name: "A", valueFrom: { secretKeyRef: { name: "in-env", key: "a" } } },
    { name: "B", valueFrom: { configMapKeyRef: { name: "in-env", key: "a" } } },
  ];
  const containers = [{ name: "main", image: "nginx:1.27" }];
  const spec = { serviceAccountName: "robot", nodeName: "node-1", volumes, containers: [{ ...containers[0], env }] };
  create("pods", "mine", { spec });
  const elsewhere = [{ name: "a", secret: { secretName: "elsewhere" } }];
  create("pods", "other", { spec: { nodeName: "node-2", containers, volumes: elsewhere } });
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "" };
  create("persistentvolumeclaims", "claim", { spec: { ...claim, volumeName: "volume" } });
  const csi = {
    driver: "csi.example.com",
    volumeHandle: "x",
    nodeStageSecretRef: { name: "stage", namespace: "team" },
  };
  const claimRef = { kind: "PersistentVolumeClaim", namespace: "default", name: "claim" };
  send("POST", "/api/v1/persistentvolumes", {
    metadata: { name: "volume" },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], csi, claimRef },
  });
  const asNode = (method: string, path: string) => {
    const user = { user: "system:node:node-1", groups: ["system:nodes", "system:authenticated"] };
    const answer = simulation.request({ method: method as "GET", path, ...user });
    const [, reason = ""] =
      /(?:namespace "[^"]*"|cluster scope)(?:: ([\s\S]*))?$/.exec(String(answer.body.message)) ?? [];
    return { code: answer.code, reason };
  };
  return { ...cluster, asNode };
}

describe("what a node may read", () => {
  const cluster = withPods();

  it.each([
    "secrets/mounted",
    "configmaps/mounted",
    "secrets/projected",
    "configmaps/projected",
    "secrets/in-env",
    "configmaps/in-env",
    "persistentvolumeclaims/claim",
    "pods/mine",
    "pods?fieldSelector=spec.nodeName%3Dnode-1",
    "secrets?fieldSelector=metadata.name%3Dmounted",
    "services",
  ])("%s", (path) => {
    expect(cluster.asNode("GET", `${CORE}/${path}`)).toEqual({ code: 200, reason: "" });
  });

  it.each([
    ["/api/v1/persistentvolumes/volume", 200],
    // There is no such secret; that it may be read is what counts.
    ["/api/v1/namespaces/team/secrets/stage", 404],
    ["/api/v1/nodes/node-1", 200],
    ["/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1", 200],
  ])("%s", (path, code) => {
    expect(cluster.asNode("GET", path).code).toBe(code);
  });

  it.each([
    [`${CORE}/secrets/elsewhere`, NO_RELATION],
    [`${CORE}/configmaps/elsewhere`, NO_RELATION],
    [`${CORE}/secrets`, "No Object name found"],
    ["/api/v1/secrets", "can only read namespaced object of this type"],
    [`${CORE}/persistentvolumeclaims`, "can only get individual resources of this type"],
    [`${CORE}/pods/other`, NO_RELATION],
    ["/api/v1/pods", "can only list/watch pods with spec.nodeName field selector"],
    ["/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-2", "can only list/watch pods with spec.nodeName field selector"],
    ["/api/v1/nodes", "node 'node-1' cannot read all nodes, only its own Node object"],
    ["/api/v1/nodes/node-2", "node 'node-1' cannot read 'node-2', only its own Node object"],
    [
      "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-2",
      "can only access node lease with the same name as the requesting node",
    ],
  ])("not %s", (path, reason) => {
    expect(cluster.asNode("GET", path)).toEqual({ code: 403, reason });
  });
});

describe("what a node may write", () => {
  it("is the status of its own node and pods, tokens of its pods' accounts, and no secrets", () => {
    const { asNode } = withPods();
    expect(asNode("DELETE", `${CORE}/secrets/mounted`).reason).toBe("can only read resources of this type");
    expect(asNode("DELETE", "/api/v1/nodes/node-1").code).toBe(403);
    expect(asNode("POST", `${CORE}/serviceaccounts/robot/token`).code).not.toBe(403);
    expect(asNode("POST", `${CORE}/serviceaccounts/default/token`)).toEqual({ code: 403, reason: NO_RELATION });
    expect(asNode("DELETE", `${CORE}/pods/mine`).code).toBe(200);
  });

  it("gives nothing to who only calls itself a node", () => {
    const { simulation } = withPods();
    const { code } = simulation.request({ method: "GET", path: `${CORE}/secrets/mounted`, user: "system:node:node-1" });
    expect(code).toBe(403);
  });
});
