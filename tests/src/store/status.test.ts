import { describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../src/store/objects.ts";
import { nodeStatus, podStatus } from "../../../src/store/status.ts";

const ready = { type: "Ready", status: "True" };
const container = (state: object, rest: object = {}) => ({ name: "c", ready: false, restartCount: 0, state, ...rest });
function pod(status: object, metadata: object = {}, spec: object = {}): Pod {
  return { metadata: { name: "p", ...metadata }, spec: { containers: [{ name: "c" }], ...spec }, status } as Pod;
}

describe("a pod's status, in the words of kubectl", () => {
  it.each([
    ["not bound yet", pod({ phase: "Pending" }), "Pending", "pending"],
    [
      "creating",
      pod({ phase: "Pending", containerStatuses: [container({ waiting: { reason: "ContainerCreating" } })] }),
      "ContainerCreating",
      "pending",
    ],
    [
      "running and ready",
      pod({ phase: "Running", conditions: [ready], containerStatuses: [container({ running: {} }, { ready: true })] }),
      "Running",
      "running",
    ],
    [
      "running, not ready",
      pod({ phase: "Running", containerStatuses: [container({ running: {} })] }),
      "Running",
      "not-ready",
    ],
    [
      "crashing",
      pod({ phase: "Running", containerStatuses: [container({ waiting: { reason: "CrashLoopBackOff" } })] }),
      "CrashLoopBackOff",
      "failing",
    ],
    [
      "no image",
      pod({ phase: "Pending", containerStatuses: [container({ waiting: { reason: "ImagePullBackOff" } })] }),
      "ImagePullBackOff",
      "failing",
    ],
    [
      "ended badly",
      pod({ phase: "Running", containerStatuses: [container({ terminated: { exitCode: 1, reason: "Error" } })] }),
      "Error",
      "failing",
    ],
    [
      "ended without a reason",
      pod({ phase: "Running", containerStatuses: [container({ terminated: { exitCode: 3 } })] }),
      "ExitCode:3",
      "failing",
    ],
    [
      "completed",
      pod({ phase: "Succeeded", containerStatuses: [container({ terminated: { exitCode: 0, reason: "Completed" } })] }),
      "Completed",
      "completed",
    ],
    ["evicted", pod({ phase: "Failed", reason: "Evicted" }), "Evicted", "failing"],
    [
      "going",
      pod({ phase: "Running", conditions: [ready] }, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      "Terminating",
      "terminating",
    ],
    [
      "gated",
      pod({ phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] }),
      "SchedulingGated",
      "pending",
    ],
  ])("%s", (_, given, word, tone) => {
    expect(podStatus(given)).toMatchObject({ word, tone });
  });

  it("counts init containers", () => {
    const statuses = {
      initContainerStatuses: [container({ terminated: { exitCode: 0 } }), container({ running: {} })],
    };
    const spec = { initContainers: [{ name: "a" }, { name: "b" }] };
    expect(podStatus(pod({ phase: "Pending", ...statuses }, {}, spec))).toMatchObject({
      word: "Init:1/2",
      tone: "pending",
    });
  });

  it("says that a pod on a dark node is as last known", () => {
    const given = pod({ phase: "Running", containerStatuses: [container({ running: {} }, { ready: true })] });
    expect(podStatus(given, true)).toMatchObject({ word: "Running", tone: "unknown", ready: 1, containers: 1 });
  });
});

describe("a node's status", () => {
  const node = (status: string, spec: object = {}): Node =>
    ({
      spec,
      status: {
        conditions: [
          { type: "Ready", status },
          { type: "DiskPressure", status: "True" },
        ],
      },
    }) as Node;

  it("is kubectl's word", () => {
    expect(nodeStatus(node("True"))).toMatchObject({ word: "Ready", tone: "running", ready: true });
    expect(nodeStatus(node("False"))).toMatchObject({ word: "NotReady", tone: "failing", dark: false });
    expect(nodeStatus(node("Unknown"))).toMatchObject({ word: "NotReady", tone: "unknown", dark: true });
  });

  it("knows cordons and pressures", () => {
    expect(nodeStatus(node("True", { unschedulable: true }))).toMatchObject({
      cordoned: true,
      pressures: ["DiskPressure"],
    });
  });
});
