import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

const AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53";

function run(container: JsonObject): { readonly cluster: Cluster; readonly key: string } {
  const cluster = Cluster.start({ shapes: [machineShape("node-1", 0)] });
  cluster.machines.get("node-1")?.images.add(AGNHOST);
  cluster.machines.get("node-1")?.images.add("docker.io/library/nginx:1.25");
  const containers = [{ name: "c", image: AGNHOST, args: ["grpc-health-checking"], ...container }];
  return { cluster, key: cluster.run({ metadata: { name: "p" }, spec: { containers } }, "node-1") };
}

const unhealthy = (cluster: Cluster) => cluster.eventTexts("p").filter((text) => text.startsWith("Unhealthy"));

describe("a gRPC probe", () => {
  it("asks the program whether it is well, and restarts it when it is not any more", () => {
    const livenessProbe = { grpc: { port: 5000 }, periodSeconds: 5, failureThreshold: 1 };
    const { cluster, key } = run({ args: ["grpc-health-checking", "--delay-unhealthy-sec=20"], livenessProbe });
    cluster.advance(15_000);
    expect(cluster.pod(key).status.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 });
    cluster.advance(20_000);
    expect(unhealthy(cluster)[0]).toContain('Liveness probe failed: service unhealthy (responded with "NOT_SERVING")');
    expect(cluster.pod(key).status.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  it.each([
    ["a service that it does not know", { grpc: { port: 5000, service: "x" } }, {}, "code = NotFound desc = unknown"],
    [
      "a port that nobody listens on",
      { grpc: { port: 2333 } },
      {},
      /failed to connect service "[\d.]+:2333" within 1s/,
    ],
    [
      "a server of another protocol",
      { grpc: { port: 80 } },
      { image: "nginx:1.25", args: [] },
      /failed to connect service "[\d.]+:80" within 1s: context deadline exceeded/,
    ],
  ])("fails on %s", (_name, readinessProbe, container, words) => {
    const { cluster, key } = run({ ...container, readinessProbe });
    cluster.advance(15_000);
    expect(cluster.pod(key).status.containerStatuses?.[0]?.ready).toBe(false);
    expect(unhealthy(cluster).at(-1)).toMatch(words);
  });
});
