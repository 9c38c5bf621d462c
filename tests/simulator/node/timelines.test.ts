import { describe, expect, it } from "vitest";
import { NODES, PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";
import {
  missingInOrder,
  recordedEvents,
  recordedStatuses,
  restartsMs,
  seenEvents,
  seenStatuses,
  type Timeline,
  timeline,
} from "./timeline.ts";

const IMAGES = ["nginx:1.25", "busybox:1.36"].map((image) => `docker.io/library/${image}`);

function newCluster(): Cluster {
  const cluster = Cluster.start({ shapes: [machineShape("node-1", 0)] });
  for (const image of IMAGES) cluster.machines.get("node-1")?.images.add(image);
  return cluster;
}

/** The pod that a recording's action creates, without the recording's choice of nodes. */
function podOf(recorded: Timeline, name: string): JsonObject {
  const action = recorded.actions.find(({ object }) => (object?.metadata as JsonObject | undefined)?.name === name);
  const { metadata, spec } = action?.object ?? {};
  const { nodeSelector: _, ...rest } = spec as JsonObject;
  return { metadata: { ...(metadata as JsonObject), namespace: "default" }, spec: rest };
}

/** Runs a recorded pod here and expects the same statuses in the same order, and the same events. */
function expectSame(recorded: Timeline, name: string, forMs: number): { cluster: Cluster; atMs: number } {
  const cluster = newCluster();
  const atMs = cluster.nowMs;
  const text = JSON.stringify(podOf(recorded, name));
  // The recording's texts name the namespace of the case.
  const namespace = /tl-[a-z-]+/.exec(JSON.stringify(recorded.actions))?.[0] ?? "";
  cluster.run(JSON.parse(text) as JsonObject, "node-1");
  cluster.advance(forMs);
  const inDefault = (texts: readonly string[]) => texts.map((each) => each.replaceAll(namespace, "default"));
  expect(missingInOrder(inDefault(recordedStatuses(recorded, name)), seenStatuses(cluster, name))).toEqual([]);
  expect(seenEvents(cluster, name)).toEqual(inDefault(recordedEvents(recorded, name)));
  return { cluster, atMs };
}

const cases = {
  pull: timeline("pod-image-pull-backoff"),
  liveness: timeline("pod-liveness-probe-fails"),
  readiness: timeline("pod-readiness-probe"),
  startup: timeline("pod-startup-probe"),
  init: timeline("pod-init-container-fails"),
  deadline: timeline("pod-active-deadline"),
  create: timeline("deployment-create"),
  remove: timeline("pod-delete"),
  job: timeline("job-ttl"),
  restart: timeline("node-failure-return-before-eviction"),
};

describe.skipIf(Object.values(cases).some((recorded) => recorded === undefined))("beside a real kubelet", () => {
  const { pull, liveness, readiness, startup, init, deadline, create, remove, job, restart } = cases as {
    [Name in keyof typeof cases]: Timeline;
  };

  it("an image that can't be pulled", () => {
    const { cluster, atMs } = expectSame(pull, "bad", 75_000);
    const pulls = cluster.seen.flatMap(({ atMs: ms, change }) => {
      const event = change.object as { reason?: string };
      return event.reason === "Pulling" ? [(ms - atMs) / 1000] : [];
    });
    // Recorded: 0.6, 14.5, 41.5: each try waits for the first look after 10 s, then 20 s, then 40 s.
    expect(pulls).toHaveLength(3);
    expect(pulls[0]).toBeLessThan(1);
    expect(pulls[1]).toBeGreaterThan(10);
    expect(pulls[1]).toBeLessThan(17);
    expect(pulls[2]).toBeGreaterThan(30);
    expect(pulls[2]).toBeLessThan(55);
  });

  it("a liveness probe that fails", () => {
    const { cluster, atMs } = expectSame(liveness, "p", 80_000);
    const restarts = restartsMs(cluster, "p", atMs).map((ms) => ms / 1000);
    // Recorded: 6.9, 12.9, 31.9, 59.0: twice at once, then after the first look that 10 s, and 20 s, allow.
    expect(restarts[0]).toBeLessThan(9);
    expect((restarts[1] ?? 0) - (restarts[0] ?? 0)).toBeLessThan(8);
    expect((restarts[2] ?? 0) - (restarts[1] ?? 0)).toBeGreaterThan(14);
    expect((restarts[2] ?? 0) - (restarts[1] ?? 0)).toBeLessThan(25);
    expect((restarts[3] ?? 0) - (restarts[2] ?? 0)).toBeGreaterThan(22);
    expect((restarts[3] ?? 0) - (restarts[2] ?? 0)).toBeLessThan(40);
  });

  it("a readiness probe that succeeds", () => {
    const { cluster, atMs } = expectSame(readiness, "good", 15_000);
    const pod = cluster.pod("default/good");
    const ready = pod.status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? "";
    // Recorded: 7.3 s after creation, with an initial delay of 5 s and a period of 3 s.
    expect(new Date(ready).getTime() - new Date(pod.metadata.creationTimestamp).getTime()).toBeGreaterThanOrEqual(5000);
    expect(new Date(ready).getTime() - new Date(pod.metadata.creationTimestamp).getTime()).toBeLessThanOrEqual(9000);
    expect(atMs).toBe(2000);
  });

  it("a readiness probe of a closed port", () => {
    expectSame(readiness, "closed", 25_000);
  });

  it("a startup probe", () => {
    expectSame(startup, "slow", 12_000);
  });

  it("an init container that fails, in a pod that restarts it", () => {
    const { cluster, atMs } = expectSame(init, "always", 45_000);
    const restarts = restartsMs(cluster, "always", atMs).map((ms) => ms / 1000);
    // Recorded: 1.7, 16.4, 39.3.
    expect(restarts[0]).toBeLessThan(3.5);
    expect((restarts[1] ?? 0) - (restarts[0] ?? 0)).toBeGreaterThan(10);
    expect((restarts[1] ?? 0) - (restarts[0] ?? 0)).toBeLessThan(20);
    expect((restarts[2] ?? 0) - (restarts[1] ?? 0)).toBeGreaterThan(20);
  });

  it("an init container that fails, in a pod that does not", () => {
    expectSame(init, "never", 10_000);
  });

  it("a pod past its deadline", () => {
    const { cluster } = expectSame(deadline, "p", 12_000);
    expect(cluster.pod("default/p").status.phase).toBe("Failed");
  });

  it("a pod that comes to its end", () => {
    const cluster = newCluster();
    cluster.run(
      {
        metadata: { name: "j" },
        spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1.36", command: ["sleep", "2"] }] },
      },
      "node-1",
    );
    cluster.advance(6000);
    expect(missingInOrder(recordedStatuses(job, "j-<1>"), seenStatuses(cluster, "j"))).toEqual([]);
    expect(seenEvents(cluster, "j")).toEqual(recordedEvents(job, "j-<1>"));
  });

  it("a pod of a deployment, created and deleted", () => {
    const cluster = newCluster();
    const spec = { containers: [{ name: "c", image: "nginx:1.25" }] };
    const key = cluster.run({ metadata: { name: "web" }, spec }, "node-1");
    cluster.advance(4000);
    for (const name of ["web-<hash1>-<1>", "web-<hash1>-<2>", "web-<hash1>-<3>"]) {
      expect(missingInOrder(recordedStatuses(create, name), seenStatuses(cluster, "web"))).toEqual([]);
      expect(seenEvents(cluster, "web")).toEqual(recordedEvents(create, name));
    }
    cluster.remove(PODS, key);
    cluster.advance(4000);
    expect(cluster.has(key)).toBe(false);
    const name = "web-<hash1>-<3>";
    // The recording begins with the deletion: its one change of the status is the last one here.
    const diff = remove.changes.find((change) => change.name === name && change.diff?.["status.phase"])?.diff ?? {};
    const last = cluster.seen.filter(({ change }) => change.object.kind === "Pod").at(-1)?.change.object;
    const { status } = last as typeof last & { status: JsonObject };
    const conditions = status.conditions as readonly JsonObject[];
    for (const [path, [, wanted]] of Object.entries(diff)) {
      const match = /^status\.conditions\[(\w+)\]\.(status|reason|observedGeneration)$/.exec(path);
      if (match === null) continue;
      const condition = conditions.find(({ type }) => type === match[1]);
      expect([path, condition?.[match[2] ?? ""]]).toEqual([path, wanted]);
    }
    expect(status.phase).toBe("Succeeded");
    expect(seenEvents(cluster, "web").at(-1)).toBe("Killing spec.containers{c} Stopping container c");
  });

  it("containers that a machine lost, and starts again", () => {
    const cluster = newCluster();
    const spec = { containers: [{ name: "c", image: "nginx:1.25" }] };
    cluster.run({ metadata: { name: "web" }, spec }, "node-1");
    cluster.advance(4000);
    cluster.machines.power("node-1", false);
    cluster.advance(60_000);
    // What the node lifecycle controller writes meanwhile.
    const pod = cluster.pod("default/web");
    const unready = pod.status.conditions?.map((each) => (each.type === "Ready" ? { ...each, status: "False" } : each));
    cluster.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions: unready } });
    cluster.seen.length = 0;
    cluster.machines.power("node-1", true);
    cluster.advance(6000);
    const wanted = restart.changes
      .filter(({ kind, name, t }) => kind === "Pod" && name === "web-<hash1>-<3>" && t > 90)
      .map(({ diff }) => Object.keys(diff ?? {}).filter((path) => !/Time$|podIP/.test(path)));
    expect(wanted.map((paths) => paths.length > 0)).toEqual([true, true, true]);
    const { status } = cluster.pod("default/web");
    expect(status.containerStatuses?.[0]).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: {
        terminated: {
          exitCode: 137,
          reason: "ContainerStatusUnknown",
          message: "The container could not be located when the pod was deleted.  The container used to be Running",
        },
      },
    });
    const pods = cluster.seen.filter(({ change }) => change.object.kind === "Pod");
    expect(pods.length).toBe(wanted.length);
    const ready = (index: number) => {
      const at = (pods[index]?.change.object as Pod | undefined)?.status ?? {};
      return Object.fromEntries(
        (at.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason ?? ""}`]),
      );
    };
    expect(ready(0)).toMatchObject({
      PodReadyToStartContainers: "False ",
      Ready: "False ContainersNotReady",
      ContainersReady: "False ContainersNotReady",
    });
    expect(ready(1)).toMatchObject({ PodReadyToStartContainers: "True ", Ready: "False ContainersNotReady" });
    expect(ready(2)).toMatchObject({ Ready: "True ", ContainersReady: "True " });
    expect(
      cluster.eventTexts("node-1").some((text) => text.startsWith("Rebooted: Node node-1 has been rebooted")),
    ).toBe(true);
    expect(cluster.get(NODES, "node-1").status.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
  });
});
