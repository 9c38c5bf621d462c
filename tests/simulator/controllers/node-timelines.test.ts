import { describe, expect, test } from "vitest";
import { referenceFolder } from "../../reference.ts";
import {
  deleteNode,
  NodeStory,
  podNames,
  podsLeft,
  type Recording,
  readRecording,
  recordedNodeEvents,
  recordedSteps,
  type Step,
  taintNode,
} from "./node-story.ts";

const folder = referenceFolder();
/** A recorded machine is slow and its looks drift; periods and time-outs are what counts. */
const SLACK = 2.5;

/** The same steps in the same order, each at nearly the recorded time. */
function expectAlike(ours: readonly Step[], recorded: readonly Step[], slack = SLACK): void {
  expect(ours.map(({ what }) => what)).toEqual(recorded.map(({ what }) => what));
  for (const [index, { t, what }] of ours.entries()) {
    expect(Math.abs(t - (recorded[index]?.t ?? 0)), `${what}: ${t} instead of ${recorded[index]?.t}`).toBeLessThan(
      slack,
    );
  }
}

const sorted = (steps: readonly Step[]) => [...steps].sort((a, b) => (a.what < b.what ? -1 : a.what > b.what ? 1 : 0));

function firstUnknown(recording: Recording): number {
  const change = recording.changes.find(({ diff }) => diff?.["status.conditions[Ready].status"]?.[1] === "Unknown");
  return change?.t ?? 0;
}

const taintedOnly = (steps: readonly Step[]) =>
  steps.filter(({ what }) => !/^phase|^(?!Ready)\w+ (True|False)$/.test(what));

describe.skipIf(folder === undefined)("node controllers do what the real ones were recorded to do", () => {
  const read = (name: string) => readRecording(folder ?? "", name);

  test("node-lease-stops-then-resumes-fast", () => {
    const recording = read("node-lease-stops-then-resumes-fast");
    const story = new NodeStory(recording, firstUnknown(recording));
    story.run(160);
    expectAlike(story.steps("Node", "fake-2"), recordedSteps(recording, "Node", "fake-2", 160));
    expectAlike(story.events("node-controller"), recordedNodeEvents(recording, "node-controller", ""));
  });

  test.each([
    ["node-failure-20s-return-after-eviction", "node-3", 105, SLACK],
    ["node-failure-default-300s", "node-1", 360, SLACK],
    // Its kubelet wrote a heartbeat between its last lease and its end, which is not recorded: one period later.
    ["node-failure-return-before-eviction", "node-5", 90, 5.5],
  ])("%s: the node's taints, its pods' fate and the events", (name, node, until, slack) => {
    const recording = read(name);
    const story = new NodeStory(recording, firstUnknown(recording));
    story.run(until);
    expectAlike(story.steps("Node", node), recordedSteps(recording, "Node", node, until), slack);
    for (const pod of podNames(recording, node)) {
      expectAlike(
        taintedOnly(story.steps("Pod", pod)),
        taintedOnly(recordedSteps(recording, "Pod", pod, until)),
        slack,
      );
    }
    const namespace = `tl-${name}`;
    for (const source of ["node-controller", "taint-eviction-controller"]) {
      const recorded = recordedNodeEvents(recording, source, namespace).filter(({ t }) => t < until);
      expectAlike(sorted(story.events(source)), sorted(recorded), slack);
    }
  });

  test("zone-down-partial: three of four silent nodes of a zone get no NoExecute taint", () => {
    const recording = read("zone-down-partial");
    const story = new NodeStory(recording, firstUnknown(recording));
    story.run(128);
    for (const node of ["node-9", "node-10", "node-11"]) {
      expectAlike(story.steps("Node", node), recordedSteps(recording, "Node", node, 128));
    }
    const recorded = recordedNodeEvents(recording, "node-controller", "tl-zone-down-partial");
    expectAlike(sorted(story.events("node-controller")), sorted(recorded));
  });

  test("node-delete: pods of a node that is gone are failed and collected", () => {
    const recording = read("node-delete");
    const registered = recording.events.find(({ reason }) => reason === "RemovingNode")?.t ?? 0;
    const story = new NodeStory(recording, registered, 55.5);
    story.run(75, [{ t: 0, do: (cluster) => deleteNode(cluster, "node-17") }]);
    for (const pod of podNames(recording, "node-17")) {
      const recorded = recordedSteps(recording, "Pod", pod, 75).filter(({ what }) => what !== "deletion");
      expectAlike(sorted(story.steps("Pod", pod)), sorted(recorded));
    }
    const recorded = recordedNodeEvents(recording, "node-controller", "").filter(({ t }) => t < 75);
    expectAlike(story.events("node-controller"), recorded);
  });

  test("node-out-of-service: evicted pods are marked again for the taint, and collected soon", () => {
    const recording = read("node-out-of-service");
    const story = new NodeStory(recording, firstUnknown(recording), 92);
    const taint = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
    story.run(100, [{ t: 80.8, do: (cluster) => taintNode(cluster, "node-3", taint) }]);
    expectAlike(story.steps("Node", "node-3"), recordedSteps(recording, "Node", "node-3", 100));
    const pods = podNames(recording, "node-3");
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) {
      const recorded = recordedSteps(recording, "Pod", pod, 92.5);
      expectAlike(story.steps("Pod", pod), recorded);
    }
    expectAlike(
      sorted(story.events("taint-eviction-controller")),
      sorted(recordedNodeEvents(recording, "taint-eviction-controller", "tl-node-out-of-service")),
    );
    expect(podsLeft(story.cluster)).toBe((recording.setup.pods ?? []).length - pods.length);
  });
});
