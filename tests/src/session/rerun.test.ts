import { describe, expect, it } from "vitest";
import { type ApiRequest, Simulation } from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";
import { Cluster } from "../../../src/session/worker/cluster.ts";
import { Rerun } from "../../../src/session/worker/rerun.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

function deployment(name: string, replicas: number): ApiRequest {
  const labels = { app: name };
  const containers = [{ name: "c", image: "registry.k8s.io/pause:3.10" }];
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return { method: "POST", path: DEPLOYMENTS, body: { metadata: { name }, spec } };
}

/** A run with a snapshot from before its last inputs, as a browser keeps it. */
function kept() {
  const first = Simulation.start({ seed: 7 });
  first.advanceTo(20_000);
  const snapshot = first.snapshot();
  first.request(deployment("a", 3));
  first.advanceTo(21_500);
  first.request(deployment("b", 5));
  first.request({ method: "DELETE", path: `${DEPLOYMENTS}/a` });
  first.advanceTo(40_000);
  const standing = { nowMs: first.nowMs, handled: first.clock.handled };
  return { first, snapshot, inputs: first.journal.inputs.slice(snapshot.journal.inputs.length), standing };
}

/** A wall clock that goes on by so much with every look. */
function ticking(ms: number) {
  let now = 0;
  return () => {
    now += ms;
    return now;
  };
}

describe("a kept run that is played again", () => {
  it("comes to the same state as it was left in, slice by slice", () => {
    const { first, snapshot, inputs, standing } = kept();
    const second = Simulation.restore(snapshot);
    const rerun = new Rerun(second, inputs, standing);
    const shares = [rerun.share];
    while (!rerun.done) {
      rerun.slice(ticking(1));
      shares.push(rerun.share);
    }
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(second.nowMs).toBe(40_000);
    expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(first.snapshot()));
  });

  it("ends at its last input where nobody noted how far it came", () => {
    const { snapshot, inputs } = kept();
    const second = Simulation.restore(snapshot);
    const rerun = new Rerun(second, inputs, undefined);
    while (!rerun.done) rerun.slice(ticking(1));
    expect(second.nowMs).toBe(21_500);
    expect(rerun.taken).toBe(3);
  });

  it("is done at once where nothing came after the snapshot", () => {
    const { snapshot } = kept();
    expect(new Rerun(Simulation.restore(snapshot), [], undefined).done).toBe(true);
  });

  it("waits where a shell is asked something, as the run did, for inputs that came meanwhile too", async () => {
    const first = Simulation.start({ seed: 7, shells: true, workers: 1 });
    first.advanceTo(30_000);
    const snapshot = first.snapshot();
    const command = ["sh", "-c", 'n=0; while true; do n=$((n+1)); echo "$n" >> /tmp/log; sleep 1; done'];
    const spec = { containers: [{ name: "c", image: "busybox", command }] };
    const path = "/api/v1/namespaces/default/pods";
    first.request({ method: "POST", path, body: { metadata: { name: "p" }, spec } });
    while (first.shellRequest === undefined) first.step();
    first.request(deployment("a", 1));
    const driver = new ShellDriver(first);
    await driver.advanceTo(40_000);
    first.request({ method: "DELETE", path: `${path}/p` });
    await driver.advanceTo(50_000);

    const inputs = first.journal.inputs.slice(snapshot.journal.inputs.length);
    expect(inputs.map(({ asking }) => asking)).toEqual([undefined, true, undefined]);
    const second = Simulation.restore(snapshot);
    const answers = new ShellDriver(second);
    const rerun = new Rerun(second, inputs, { nowMs: first.nowMs, handled: first.clock.handled });
    while (!rerun.done) {
      rerun.slice(ticking(1));
      if (!rerun.done && second.shellRequest !== undefined) await answers.answer();
    }
    expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(first.snapshot()));
  });

  it("says so when it is not the run that it was", () => {
    const { snapshot, inputs } = kept();
    const rerun = new Rerun(Simulation.restore(snapshot), inputs.slice(0, 1), undefined);
    const other = Simulation.restore(snapshot);
    other.advanceTo(30_000);
    expect(() => new Rerun(other, inputs, undefined).slice(ticking(0))).toThrow("is not in this run");
    expect(rerun.done).toBe(false);
  });
});

describe("a cluster that plays back", () => {
  it("tells how far it is, and lets time pass as ever once it is there", async () => {
    const { snapshot, inputs, standing } = kept();
    const simulation = Simulation.restore(snapshot);
    let now = 0;
    const cluster = new Cluster(simulation, () => now++, new Rerun(simulation, inputs, standing));
    cluster.reset();
    cluster.slice();
    expect(cluster.isPlayingBack).toBe(true);
    expect(cluster.take().clock.playedBack).toBeGreaterThan(0);
    while (cluster.isPlayingBack) cluster.slice();
    expect(await cluster.played).toBe(true);
    expect(cluster.take().clock.playedBack).toBeUndefined();
    expect(cluster.nowMs).toBe(40_000);
    now += 50;
    cluster.slice();
    expect(cluster.nowMs).toBeGreaterThanOrEqual(40_050);
  });

  it("goes on from where it is when told to, and says what it took up", async () => {
    const { snapshot, inputs, standing } = kept();
    const simulation = Simulation.restore(snapshot);
    let now = 0;
    const cluster = new Cluster(simulation, () => (now += 10), new Rerun(simulation, inputs, standing));
    while (cluster.nowMs < 21_000) cluster.slice();
    expect(cluster.stopRerun()).toBe(1);
    expect(await cluster.played).toBe(true);
    const { code } = cluster.request(deployment("c", 1));
    expect(code).toBe(201);
    expect(cluster.request({ method: "GET", path: `${DEPLOYMENTS}/b` }).code).toBe(404);
  });
});
