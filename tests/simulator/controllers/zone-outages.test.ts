import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/index.ts";
import { checkInvariants } from "../../../simulator/invariants/registry.ts";

const FAULTS = "/apis/simulation.tabernetes.dev/v1alpha1/faults";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const ZONE = "topology.kubernetes.io/zone";
const WORKERS = 12;
const REPLICAS = 24;
const START_MS = 60_000;
const DARK_MS = 120_000;

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels?: { readonly [key: string]: string } };
    readonly spec: { readonly taints?: readonly { readonly effect: string }[]; readonly nodeName?: string };
    readonly status: {
      readonly readyReplicas?: number;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** A cluster of three zones with a deployment that its scheduler spreads over them. */
class Cluster {
  readonly simulation: Simulation;

  constructor(seed: number) {
    this.simulation = Simulation.start({ seed, workers: WORKERS });
    this.simulation.advanceTo(START_MS);
    const labels = { app: "web" };
    const containers = [{ name: "app", image: "registry.k8s.io/pause:3.10" }];
    const spec = {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    this.#send("POST", DEPLOYMENTS, { metadata: { name: "web" }, spec });
    this.simulation.advanceTo(DARK_MS);
  }

  /** Machines of a zone, or of all, lose their power. */
  strike(name: string, target: JsonObject): void {
    this.#send("POST", FAULTS, {
      metadata: { name },
      spec: { type: "NodeCrash", target: { kind: "Node", ...target } },
    });
  }

  heal(name: string): void {
    this.#send("DELETE", `${FAULTS}/${name}`);
  }

  wait(seconds: number): void {
    this.simulation.advanceTo(this.simulation.nowMs + seconds * 1000);
  }

  nodes(zone?: string) {
    return this.#list("/api/v1/nodes").filter(({ metadata }) => zone === undefined || metadata.labels?.[ZONE] === zone);
  }

  zones(): readonly string[] {
    return [...new Set(this.nodes().flatMap(({ metadata }) => metadata.labels?.[ZONE] ?? []))].sort();
  }

  ready(zone?: string): number {
    return this.nodes(zone).filter(({ status }) =>
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
    ).length;
  }

  evicting(zone?: string): number {
    return this.nodes(zone).filter(({ spec }) => spec.taints?.some(({ effect }) => effect === "NoExecute")).length;
  }

  get readyPods(): number {
    return this.#list(DEPLOYMENTS)[0]?.status.readyReplicas ?? 0;
  }

  #list(path: string) {
    return (this.simulation.request({ method: "GET", path }).body as unknown as Listed).items;
  }

  #send(method: "POST" | "DELETE", path: string, body?: JsonObject): void {
    const { code, body: answer } = this.simulation.request({ method, path, ...(body && { body }) });
    if (code >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  }
}

function expectWell(cluster: Cluster): void {
  expect(cluster.ready()).toBe(cluster.nodes().length);
  expect(cluster.evicting()).toBe(0);
  expect(cluster.readyPods).toBe(REPLICAS);
  checkInvariants(cluster.simulation.store);
}

describe.each([1, 2])("with seed %i", (seed) => {
  it("a zone that goes dark is evicted one node in ten seconds, its pods run elsewhere, and all is well when it is back", () => {
    const cluster = new Cluster(seed);
    expectWell(cluster);
    const [zone = ""] = cluster.zones().slice(-1);
    const size = cluster.nodes(zone).length;
    cluster.strike("dark", { zone });
    cluster.wait(62);
    expect(cluster.ready(zone)).toBe(0);
    const first = cluster.evicting(zone);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(size);
    cluster.wait(30);
    expect(cluster.evicting(zone)).toBe(size);
    // The pods tolerate that for five minutes.
    cluster.wait(360);
    expect(cluster.readyPods).toBe(REPLICAS);
    cluster.heal("dark");
    cluster.wait(120);
    expectWell(cluster);
  });

  it("when all workers go dark only the zone that still has a node, the control plane's, evicts nobody", () => {
    const cluster = new Cluster(seed);
    const workers = cluster.nodes().filter(({ metadata }) => metadata.name !== "control-plane");
    for (const { metadata } of workers) cluster.strike(`dark-${metadata.name}`, { name: metadata.name });
    cluster.wait(400);
    expect(cluster.ready()).toBe(1);
    const own =
      cluster.nodes().find(({ metadata }) => metadata.name === "control-plane")?.metadata.labels?.[ZONE] ?? "";
    for (const zone of cluster.zones()) {
      expect(cluster.evicting(zone)).toBe(zone === own ? 0 : cluster.nodes(zone).length);
    }
    for (const { metadata } of workers) cluster.heal(`dark-${metadata.name}`);
    cluster.wait(300);
    expectWell(cluster);
  });

  it("when most of a small zone goes dark nobody in it is evicted", () => {
    const cluster = new Cluster(seed);
    const [zone = ""] = cluster.zones().slice(-1);
    const names = cluster.nodes(zone).map(({ metadata }) => metadata.name);
    for (const name of names.slice(1)) cluster.strike(`dark-${name}`, { name });
    cluster.wait(400);
    expect(cluster.ready(zone)).toBe(1);
    expect(cluster.evicting(zone)).toBe(0);
    // The last one follows: now it is the zone, and not its network, that is gone.
    cluster.strike("last", { name: names[0] ?? "" });
    cluster.wait(120);
    expect(cluster.evicting(zone)).toBe(names.length);
    for (const name of names.slice(1)) cluster.heal(`dark-${name}`);
    cluster.heal("last");
    cluster.wait(300);
    expectWell(cluster);
  });
});
