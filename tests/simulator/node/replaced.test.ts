import { describe, expect, it } from "vitest";
import { PODS, type Pod } from "../../../simulator/api/refs.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

describe("a container whose spec names another image", () => {
  it("is stopped and made from that one, whatever the restart policy", () => {
    for (const restartPolicy of ["Always", "Never"]) {
      const cluster = Cluster.start({ shapes: [machineShape("node-1", 0)] });
      const spec = { restartPolicy, containers: [{ name: "c", image: "nginx:1.25" }] };
      const key = cluster.run({ metadata: { name: "p" }, spec }, "node-1");
      cluster.advance(20_000);
      expect(cluster.pod(key).status.containerStatuses?.[0]?.image).toBe("docker.io/library/nginx:1.25");
      const pod = cluster.pod(key);
      const containers = pod.spec.containers.map((each) => ({ ...each, image: "nginx:1.27" }));
      cluster.update(PODS, { ...pod, spec: { ...pod.spec, containers } } as unknown as Pod);
      cluster.advance(40_000);
      const { phase, containerStatuses } = cluster.pod(key).status;
      expect(phase).toBe("Running");
      expect(containerStatuses?.[0]).toMatchObject({
        image: "docker.io/library/nginx:1.27",
        restartCount: 1,
        ready: true,
        lastState: { terminated: { exitCode: 0 } },
      });
    }
  });
});
