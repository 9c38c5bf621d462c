import { expect, it } from "vitest";
import type { Node, PersistentVolumeClaim, Pod } from "../../simulator/api/refs.ts";
import type { JsonObject } from "../../simulator/base/json.ts";
import { Story } from "./story.ts";

const CORE = "/api/v1/namespaces/default";
const POD = `${CORE}/pods/greedy`;

function stress(vmBytes: string, more: JsonObject): JsonObject {
  const args = ["--vm", "1", "--vm-bytes", vmBytes, "--vm-hang", "1"];
  const containers = [{ name: "c", image: "polinux/stress", command: ["stress"], args, ...more }];
  return { kind: "Pod", metadata: { name: "greedy" }, spec: { containers } };
}

function podText(story: Story): string {
  const { status } = story.get<Pod>(POD);
  const [container] = status.containerStatuses ?? [];
  const { waiting, terminated } = container?.state ?? {};
  const now = terminated ? `${terminated.reason} ${terminated.exitCode}` : (waiting?.reason ?? "Running");
  return `greedy: ${status.phase} ${status.reason ?? ""} (${now}, ${container?.restartCount ?? 0} restarts)`;
}

it("a container above its memory limit is killed, and comes back later each time", async () => {
  const story = new Story(podText);
  story.create(`${CORE}/pods`, stress("250M", { resources: { limits: { memory: "100Mi" } } }));
  await story.watch(110);
  story.print("OOM kill");
  const kills = story.lines.flatMap((line) => (line.includes("OOMKilled 137") ? [Number.parseInt(line, 10)] : []));
  const restarts = [...new Set(story.lines.map((line) => /(\d+) restarts/.exec(line)?.[1]))];
  expect(restarts).toEqual(expect.arrayContaining(["0", "1", "2", "3", "4"]));
  const last = kills.at(-1) ?? 0;
  expect(last).toBeGreaterThan(60);
  expect(story.lines.some((line) => line.includes("CrashLoopBackOff"))).toBe(true);
});

it("a node that runs low on memory evicts the greediest pod, says so, is tainted, and recovers after five minutes", async () => {
  const story = new Story((each) => {
    const { status, spec } = each.get<Node>("/api/v1/nodes/node-1");
    const pressure = status.conditions?.find(({ type }) => type === "MemoryPressure")?.status;
    const taints = (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
    return `${podText(each)}; node-1: MemoryPressure=${pressure} [${taints.join(", ")}]`;
  });
  const body = stress("7740M", {});
  story.create(`${CORE}/pods`, { ...body, spec: { ...(body.spec as JsonObject), nodeName: "node-1" } });
  await story.watch(400);
  story.print("Node pressure");
  const text = story.lines.join("\n");
  for (const step of [
    /greedy: Failed Evicted/,
    /MemoryPressure=True \[node.kubernetes.io\/memory-pressure:NoSchedule\]/,
  ]) {
    expect(text).toMatch(step);
  }
  expect(story.lines.at(-1)).toMatch(/MemoryPressure=False \[\]$/);
});

it("a claim that grows: the disk first, the file system while a pod runs", async () => {
  const path = `${CORE}/persistentvolumeclaims/data`;
  const story = new Story(
    (each) => {
      const { status } = each.get<PersistentVolumeClaim>(path);
      const conditions = status.conditions?.map(({ type }) => type).join() ?? "";
      return `data: ${status.phase}, ${status.capacity?.storage ?? "nothing"} [${conditions}]`;
    },
    { storageClasses: true },
  );
  const requests = (storage: string) => ({ resources: { requests: { storage } } });
  const spec = { storageClassName: "network-disk", accessModes: ["ReadWriteOnce"] };
  story.create(`${CORE}/persistentvolumeclaims`, {
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { ...spec, ...requests("1Gi") },
  });
  await story.watch(10);
  expect(story.patch(path, { spec: requests("3Gi") })).toBe(200);
  await story.watch(15);
  expect(story.lines.at(-1)).toContain("data: Bound, 1Gi [FileSystemResizePending]");
  const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }];
  const containers = [{ name: "c", image: "nginx", volumeMounts: [{ name: "data", mountPath: "/data" }] }];
  story.create(`${CORE}/pods`, { kind: "Pod", metadata: { name: "p" }, spec: { volumes, containers } });
  await story.watch(60);
  story.print("Expansion of a claim");
  expect(story.lines.at(-1)).toContain("data: Bound, 3Gi []");
  expect(story.patch(path, { spec: requests("2Gi") })).toBe(422);
});
