import { describe, expect, it } from "vitest";
import { PODS } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };

function run(cluster: Cluster, lifecycle: JsonObject, spec: JsonObject = {}): string {
  const containers = [{ name: "c", image: "nginx:1.25", lifecycle }];
  cluster.machines.get("node-1")?.images.add("docker.io/library/nginx:1.25");
  return cluster.run({ metadata: { name: "p" }, spec: { containers, ...spec } }, "node-1");
}

const statusOf = (cluster: Cluster, key: string) => cluster.pod(key).status.containerStatuses?.[0];
const texts = (cluster: Cluster) => cluster.eventTexts("p").filter((text) => /Hook|Killing/.test(text));

describe("a postStart hook", () => {
  it("holds back the container's being told of", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, { postStart: { sleep: { seconds: 10 } } });
    cluster.advance(8000);
    expect(cluster.eventTexts("p").at(-1)).toBe("Started: Container started");
    expect(statusOf(cluster, key)?.state).toEqual({ waiting: { reason: "ContainerCreating" } });
    cluster.advance(4000);
    expect(statusOf(cluster, key)).toMatchObject({ ready: true, state: { running: {} } });
    expect(texts(cluster)).toEqual([]);
  });

  it.each([
    ["a command that fails", { exec: { command: ["sh", "-c", "exit 3"] } }, "Exec lifecycle hook ([sh -c exit 3])"],
    ["a request that nobody takes", { httpGet: { port: 81, path: "/x" } }, "HTTP lifecycle hook (/x)"],
  ])("that is %s ends the container", (_name, postStart, text) => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, { postStart });
    cluster.advance(1000);
    // The first restart comes at once, the next ones wait.
    expect(texts(cluster).map((each) => each.replace(" (x2)", ""))).toEqual([
      "FailedPostStartHook: PostStartHook failed",
      "Killing: FailedPostStartHook",
    ]);
    const { waiting } = statusOf(cluster, key)?.state ?? {};
    expect(waiting?.reason).toBe("PostStartHookError");
    expect(waiting?.message).toContain(`${text} for Container "c" in Pod "p_default(`);
    cluster.advance(30_000);
    expect(statusOf(cluster, key)?.state?.waiting?.reason).toBe("CrashLoopBackOff");
    expect(statusOf(cluster, key)?.restartCount).toBeGreaterThan(0);
  });
});

describe("a preStop hook", () => {
  const goneAfterMs = (cluster: Cluster, key: string): number => {
    const atMs = cluster.nowMs;
    cluster.remove(PODS, key);
    while (cluster.has(key)) cluster.advance(500);
    return cluster.nowMs - atMs;
  };

  it("comes before SIGTERM, within the grace", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, { preStop: { sleep: { seconds: 8 } } });
    cluster.advance(10_000);
    const ms = goneAfterMs(cluster, key);
    expect(ms).toBeGreaterThan(8000);
    expect(ms).toBeLessThan(12_000);
  });

  it("that fails is told, and the container stops all the same", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, { preStop: { exec: { command: ["false"] } } });
    cluster.advance(10_000);
    expect(goneAfterMs(cluster, key)).toBeLessThan(5000);
    expect(texts(cluster)).toEqual(["Killing: Stopping container c", "FailedPreStopHook: PreStopHook failed"]);
  });

  it("may be answered anything", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, { preStop: { httpGet: { port: 80, path: "/nothing-here" } } });
    cluster.advance(10_000);
    expect(goneAfterMs(cluster, key)).toBeLessThan(5000);
    expect(texts(cluster)).toEqual(["Killing: Stopping container c"]);
  });

  it("that outlasts the grace is cut short", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(
      cluster,
      { preStop: { exec: { command: ["sleep", "100"] } } },
      { terminationGracePeriodSeconds: 5 },
    );
    cluster.advance(10_000);
    const ms = goneAfterMs(cluster, key);
    expect(ms).toBeGreaterThan(5000);
    expect(ms).toBeLessThan(10_000);
  });
});
