import { describe, expect, it } from "vitest";
import { type Pod, Simulation } from "../../../simulator/index.ts";
import { TONE_LETTERS } from "../../../src/session/crowd.ts";
import type { Batch } from "../../../src/session/session.ts";
import { Batcher } from "../../../src/session/worker/batcher.ts";
import { findObjects } from "../../../src/session/worker/find.ts";
import { applyBatch, emptyProjection } from "../../../src/store/projection.ts";
import { podStatus } from "../../../src/store/status.ts";

const clock = { nowMs: 0, startEpochMs: 0, speed: 1, paused: false };
const NODES = 62;

/** A cluster of 62 nodes with so many pods of one ReplicaSet, and who tells of it. */
function crowd(replicas: number) {
  const simulation = Simulation.start({ workers: NODES });
  simulation.advanceTo(30_000);
  const labels = { app: "web" };
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [{ name: "c", image: "registry.k8s.io/pause:3.10", resources: { requests: { cpu: "100m" } } }],
      },
    },
  };
  const path = "/apis/apps/v1/namespaces/default/replicasets";
  simulation.request({ method: "POST", path, body: { metadata: { name: "web" }, spec } });
  const batcher = new Batcher(simulation);
  batcher.reset();
  return { simulation, batcher };
}

const told = (batch: Batch, kind: string) => batch.changes.filter((change) => change.kind === kind);

/** Takes batches until nothing waits any more. */
function drain(batcher: Batcher): readonly Batch[] {
  const batches: Batch[] = [];
  do batches.push(batcher.take(clock, undefined));
  while (batcher.hasChanges && batches.length < 100);
  return batches;
}

describe("a cluster too large to be told whole", () => {
  it("is told in sums that agree with what is stored", () => {
    const { simulation, batcher } = crowd(200);
    simulation.advanceTo(50_000);
    const projection = drain(batcher).reduce(applyBatch, emptyProjection());
    const cells = [...(projection.crowd?.cells.values() ?? [])];
    expect(cells).toHaveLength(NODES + 1);
    expect(cells.every(({ tone }) => tone === "running")).toBe(true);
    const pods = simulation.request({ method: "GET", path: "/api/v1/pods" }).body.items as unknown[];
    expect(cells.reduce((sum, cell) => sum + cell.pods.length, 0)).toBe(pods.length);
    // 200 of ours, and two of CoreDNS.
    const workers = cells.filter(({ controlPlane }) => !controlPlane);
    expect(workers.reduce((sum, { cpu }) => sum + cpu, 0)).toBeCloseTo(20.2);
    expect(workers[0]).toMatchObject({ cpuOf: 4, podsOf: 110, zone: "zone-a", cordoned: false });
  });

  it("tells of pods no more than the page can draw, however many there are", () => {
    const { simulation, batcher } = crowd(250);
    const first = batcher.take(clock, undefined);
    simulation.advanceTo(50_000);
    const batches = [first, ...drain(batcher)];
    const projection = batches.reduce(applyBatch, emptyProjection());
    expect(projection.kinds.Pod?.items.size ?? 0).toBeLessThan(120);
    expect(projection.kinds.Node?.items.size ?? 0).toBe(0);
    expect(projection.log.length).toBeGreaterThan(0);
    for (const batch of batches.slice(1)) expect(batch.changes.length).toBeLessThanOrEqual(500);
  });

  it("tells what is looked at, whole and as it changes, and takes it back when the page looks elsewhere", () => {
    const { simulation, batcher } = crowd(100);
    simulation.advanceTo(50_000);
    drain(batcher);
    batcher.look({ nodes: ["node-7"], objects: [] });
    const here = batcher.take(clock, undefined);
    expect(told(here, "Node").map(({ key }) => key)).toEqual(["node-7"]);
    expect(told(here, "Lease").map(({ key }) => key)).toEqual(["kube-node-lease/node-7"]);
    for (const { object } of told(here, "Pod")) expect(object?.spec).toMatchObject({ nodeName: "node-7" });

    simulation.advanceTo(61_000);
    expect(told(batcher.take(clock, undefined), "Lease").map(({ key }) => key)).toEqual(["kube-node-lease/node-7"]);

    batcher.look({ nodes: [], objects: [] });
    const gone = batcher.take(clock, undefined);
    expect(told(gone, "Node")).toEqual([{ kind: "Node", key: "node-7", object: null }]);
  });

  it("tells a selected object with its events, and nothing of the others", () => {
    const { simulation, batcher } = crowd(100);
    simulation.advanceTo(50_000);
    drain(batcher);
    const [found] = findObjects(simulation, ["pod", "default/web-"]);
    const key = found?.key ?? "";
    batcher.look({ nodes: [], objects: [{ kind: "Pod", key }] });
    const batch = batcher.take(clock, undefined);
    const reasons = told(batch, "Event").map(({ object }) => (object as { reason?: string }).reason);
    expect(reasons).toContain("Scheduled");
    expect(reasons).toContain("Started");
    for (const { object } of told(batch, "Event")) expect(`default/${nameOf(object)}`).toBe(key);
  });

  it("names a node's pods in the order in which its cell has them", () => {
    const { simulation, batcher } = crowd(100);
    // Some of them are on their way only.
    simulation.advanceTo(31_200);
    const cells = drain(batcher).reduce(applyBatch, emptyProjection()).crowd?.cells;
    const letters = new Map<string, string>();
    for (const cell of cells?.values() ?? []) {
      const keys = batcher.podsOf(cell.key);
      expect(keys).toHaveLength(cell.pods.length);
      for (const [at, key] of keys.entries()) letters.set(key, cell.pods[at] ?? "");
    }
    const pods = simulation.request({ method: "GET", path: "/api/v1/pods" }).body.items as unknown as Pod[];
    expect(letters.size).toBe(pods.length);
    for (const pod of pods) {
      const tone = podStatus(pod).tone;
      expect(letters.get(`${pod.metadata?.namespace}/${pod.metadata?.name}`)).toBe(TONE_LETTERS[tone]);
    }
    expect(new Set(letters.values()).size).toBeGreaterThan(1);
  });

  it("keeps counting as pods go and nodes fail", () => {
    const { simulation, batcher } = crowd(100);
    simulation.advanceTo(50_000);
    let projection = drain(batcher).reduce(applyBatch, emptyProjection());
    const path = "/apis/apps/v1/namespaces/default/replicasets/web";
    simulation.request({ method: "DELETE", path });
    const fault = { metadata: { name: "dark" }, spec: { type: "NodeCrash", target: { kind: "Node", name: "node-3" } } };
    const faults = "/apis/simulation.tabernetes.dev/v1alpha1/faults";
    simulation.request({ method: "POST", path: faults, body: fault });
    simulation.advanceTo(170_000);
    projection = drain(batcher).reduce(applyBatch, projection);
    const cells = projection.crowd?.cells;
    expect(cells?.get("node-3")?.tone).toBe("unknown");
    expect(cells?.get("node-4")).toMatchObject({ tone: "running", cpu: 0 });
  });
});

function nameOf(event: unknown): string {
  return (event as { involvedObject: { name: string } }).involvedObject.name;
}
