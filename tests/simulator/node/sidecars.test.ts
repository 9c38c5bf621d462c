import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";

const BOOT_MS = 30_000;
const PATH = "/api/v1/namespaces/default/pods";

/** A pod of a sidecar and a main container, so much later. */
function play(restartPolicy: string, main: string, forMs: number) {
  const simulation = Simulation.start({ seed: 7, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  const container = (name: string, line: string) => ({ name, image: "busybox", command: ["sh", "-c", line] });
  const spec = {
    restartPolicy,
    terminationGracePeriodSeconds: 5,
    initContainers: [{ ...container("log", "sleep 3600"), restartPolicy: "Always" }],
    containers: [container("main", main)],
  };
  simulation.request({
    method: "POST",
    path: PATH,
    body: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec },
  });
  simulation.advanceTo(BOOT_MS + forMs);
  const { status } = simulation.request({ method: "GET", path: `${PATH}/p` }).body as {
    status?: { phase?: string; initContainerStatuses?: { state?: { terminated?: { exitCode?: number } } }[] };
  };
  return { phase: status?.phase, exitCode: status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode };
}

describe("sidecars", () => {
  it.each([
    ["Never", "sleep 2", "Succeeded"],
    ["Never", "sleep 2; exit 3", "Failed"],
    ["OnFailure", "sleep 2", "Succeeded"],
  ])("are stopped when the main container has ended for good (%s, %s)", (policy, main, phase) => {
    expect(play(policy, main, 30_000)).toEqual({ phase, exitCode: 137 });
  });

  it.each([
    ["Always", "sleep 2"],
    ["OnFailure", "sleep 2; exit 3"],
    ["Never", "sleep 60"],
  ])("go on beside a main container that runs or will again (%s, %s)", (policy, main) => {
    expect(play(policy, main, 30_000)).toEqual({ phase: "Running", exitCode: undefined });
  });
});
