import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";

const BOOT_MS = 60_000;
const PODS = "/api/v1/namespaces/default/pods";
const DONGLE = "example.com/dongle";

function begin(): Simulation {
  const simulation = Simulation.start({ seed: 7, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  return simulation;
}

function pod(simulation: Simulation, name: string, dongles: string, nodeName?: string): void {
  const amount = { [DONGLE]: dongles };
  const containers = [{ name: "c", image: "nginx", resources: { requests: amount, limits: amount } }];
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { containers, ...(nodeName && { nodeName }) },
  };
  simulation.request({ method: "POST", path: PODS, body });
}

const phaseOf = (simulation: Simulation, name: string) =>
  (simulation.request({ method: "GET", path: `${PODS}/${name}` }).body as { status?: { phase?: string } }).status
    ?.phase;

describe("extended resources that somebody wrote into a node's status", () => {
  const simulation = begin();
  simulation.request({
    method: "PATCH",
    path: "/api/v1/nodes/node-1/status",
    contentType: "application/merge-patch+json",
    body: { status: { capacity: { [DONGLE]: "4" } } },
  });
  simulation.advanceTo(BOOT_MS + 60_000);

  it("stay when the kubelet reports, and can be asked for", () => {
    const { status } = simulation.request({ method: "GET", path: "/api/v1/nodes/node-1" }).body as {
      status?: { capacity?: Record<string, string>; allocatable?: Record<string, string> };
    };
    expect([status?.capacity?.[DONGLE], status?.allocatable?.[DONGLE]]).toEqual(["4", "4"]);
  });

  it("are given out until they are used up", () => {
    pod(simulation, "three", "3");
    pod(simulation, "two", "2");
    simulation.advanceTo(BOOT_MS + 90_000);
    expect([phaseOf(simulation, "three"), phaseOf(simulation, "two")]).toEqual(["Running", "Pending"]);
  });

  it("are no reason for the kubelet to refuse a pod where nobody has written any", () => {
    const bare = begin();
    pod(bare, "bound", "1", "node-1");
    bare.advanceTo(BOOT_MS + 30_000);
    expect(phaseOf(bare, "bound")).toBe("Running");
  });

  it("of a pod that was deleted without grace are free at once, though it still stops", () => {
    const simulation = begin();
    const body = { status: { capacity: { [DONGLE]: "4" } } };
    const contentType = "application/merge-patch+json";
    simulation.request({ method: "PATCH", path: "/api/v1/nodes/node-1/status", contentType, body });
    simulation.advanceTo(BOOT_MS + 60_000);
    pod(simulation, "first", "3");
    simulation.advanceTo(BOOT_MS + 80_000);
    simulation.request({ method: "DELETE", path: `${PODS}/first?gracePeriodSeconds=0` });
    pod(simulation, "second", "3", "node-1");
    simulation.advanceTo(BOOT_MS + 90_000);
    expect(phaseOf(simulation, "second")).toBe("Running");
  });
});
