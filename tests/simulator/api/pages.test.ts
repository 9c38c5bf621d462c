import { describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "./custom/cluster.ts";

const PATH = "/api/v1/namespaces/default/configmaps";
const NAMES = ["a", "b", "c", "d", "e", "f"];

function withConfigMaps(): Cluster {
  const cluster = startCluster();
  for (const name of NAMES) create(cluster, name, { parity: NAMES.indexOf(name) % 2 === 0 ? "even" : "odd" });
  cluster.send("DELETE", `${PATH}/kube-root-ca.crt`);
  return cluster;
}

function create({ send }: Cluster, name: string, labels: Record<string, string>): void {
  send("POST", PATH, { metadata: { name, labels } });
}

const names = (body: { items: { metadata: { name: string } }[] }) => body.items.map(({ metadata }) => metadata.name);

describe("pages of a list", () => {
  it("say how many are left, but not where a selector chose", () => {
    const { send } = withConfigMaps();
    const { body } = send("GET", `${PATH}?limit=4`);
    expect(names(body)).toEqual(["a", "b", "c", "d"]);
    expect(body.metadata.remainingItemCount).toBe(2);
    const chosen = send("GET", `${PATH}?limit=2&labelSelector=parity%3Deven`).body;
    expect(names(chosen)).toEqual(["a", "c"]);
    expect(chosen.metadata.remainingItemCount).toBeUndefined();
    const rest = send("GET", `${PATH}?limit=2&labelSelector=parity%3Deven&continue=${chosen.metadata.continue}`).body;
    expect(names(rest)).toEqual(["e"]);
    expect(rest.metadata.continue).toBeUndefined();
  });

  it("end without a token where the last one that matches is the last of a page", () => {
    const { send } = withConfigMaps();
    expect(send("GET", `${PATH}?limit=6`).body.metadata.continue).toBeUndefined();
    expect(send("GET", `${PATH}?limit=3&labelSelector=parity%3Deven`).body.metadata.continue).toBeUndefined();
  });

  it("show an object as they did before, so that edges need write it only once", () => {
    const { send, simulation } = withConfigMaps();
    const spec = { containers: [{ name: "main", image: "nginx:1.27" }] };
    send("POST", "/api/v1/namespaces/default/pods", { metadata: { name: "p" }, spec });
    simulation.advanceTo(simulation.nowMs + 20_000);
    const list = () => send("GET", "/api/v1/namespaces/default/pods").body.items[0];
    expect(list().status.conditions[0]).toHaveProperty("lastProbeTime", null);
    expect(list()).toBe(list());
  });

  it("go on as things were when the first was sent, whatever came, went and changed since", () => {
    const cluster = withConfigMaps();
    const { send } = cluster;
    const first = send("GET", `${PATH}?limit=2`).body;
    create(cluster, "bb", {});
    send("DELETE", `${PATH}/d`);
    send("DELETE", `${PATH}/f`);
    create(cluster, "f", { again: "yes" });
    send("PATCH", `${PATH}/e`, { data: { new: "1" } }, { contentType: "application/merge-patch+json" });
    const rest = send("GET", `${PATH}?limit=9&continue=${first.metadata.continue}`).body;
    expect(names(rest)).toEqual(["c", "d", "e", "f"]);
    expect(rest.items[2].data).toBeUndefined();
    expect(rest.items[3].metadata.labels).toEqual({ parity: "odd" });
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(names(send("GET", PATH).body)).toEqual(["a", "b", "bb", "c", "e", "f"]);
  });
});
