import { describe, expect, test } from "vitest";
import { referenceFolder } from "../../reference.ts";
import { ending, only, Replay, recordedEvents, recordedStory, recording, type Story } from "./replay.ts";

const folder = referenceFolder();

function replayed(name: string) {
  const recorded = recording(folder ?? "", name);
  const replay = new Replay(recorded, name);
  replay.run();
  return { recorded, replay };
}

/** Which pod of many equal ones, and which of two controllers is first, is chance; the rest is not. */
const DEPLOYMENTS = [
  "deployment-create",
  "deployment-scale",
  "deployment-rolling-default",
  "deployment-rolling-maxunavailable-0",
  "deployment-rolling-minreadyseconds",
  "deployment-pause-resume",
  "deployment-scale-during-rollout",
  "deployment-adopts-existing-replicaset",
];

describe.skipIf(folder === undefined)("controllers do what the real ones were recorded to do", () => {
  test.each(DEPLOYMENTS)("%s: events, sizes and conditions in order", (name) => {
    const { recorded, replay } = replayed(name);
    expect(replay.events("Deployment")).toEqual(recordedEvents(recorded, "Deployment"));
    const conditions = /^(ADDED|DELETED|metadata|spec|status\.conditions)/;
    expect(only(replay.story("Deployment"), conditions)).toEqual(
      only(recordedStory(recorded, "Deployment"), conditions),
    );
    const sizes = /^(ADDED|DELETED|metadata|spec)/;
    expect(only(replay.story("ReplicaSet"), sizes)).toEqual(only(recordedStory(recorded, "ReplicaSet"), sizes));
    expect([...replay.events("ReplicaSet")].sort()).toHaveLength(recordedEvents(recorded, "ReplicaSet").length);
  });

  test.each([...DEPLOYMENTS, "deployment-rolling-default-10"])("%s: the same end", (name) => {
    const { recorded, replay } = replayed(name);
    const counted = name.endsWith("-10") ? /generation|Generation|terminating/ : /^$/;
    const end = (story: Story) => ending(only(story, new RegExp(`^(?!.*(?:${counted.source}))`)));
    expect(end(replay.story("Deployment"))).toEqual(end(recordedStory(recorded, "Deployment")));
    expect(end(replay.story("ReplicaSet"))).toEqual(end(recordedStory(recorded, "ReplicaSet")));
  });

  test.each([
    ["deployment-create", "Deployment"],
    ["deployment-create", "ReplicaSet"],
    ["deployment-rolling-maxunavailable-0", "Deployment"],
    ["deployment-rolling-maxunavailable-0", "ReplicaSet"],
    ["deployment-rolling-minreadyseconds", "ReplicaSet"],
    ["deployment-adopts-existing-replicaset", "Deployment"],
    ["deployment-adopts-existing-replicaset", "ReplicaSet"],
    ["service-before-and-after-pods", "EndpointSlice"],
    ["service-before-and-after-pods", "Endpoints"],
    ["endpoints-follow-readiness", "Endpoints"],
  ])("%s: every change of every %s", (name, kind) => {
    const { recorded, replay } = replayed(name);
    expect(replay.story(kind)).toEqual(recordedStory(recorded, kind));
  });

  test("endpoints-follow-readiness: every change of every EndpointSlice but its end, which the garbage collector makes", () => {
    const { recorded, replay } = replayed("endpoints-follow-readiness");
    const living = /^(?!DELETED)/;
    expect(only(replay.story("EndpointSlice"), living)).toEqual(only(recordedStory(recorded, "EndpointSlice"), living));
  });

  test.each(["replicaset-scale-down-newest-first", "replicaset-scale-down-deletion-cost"])(
    "%s: the same pods are deleted",
    (name) => {
      const { recorded, replay } = replayed(name);
      // Pods deleted together are deleted in no order.
      expect([...replay.events("ReplicaSet")].sort()).toEqual([...recordedEvents(recorded, "ReplicaSet")].sort());
    },
  );

  test("replicaset-scale-down-crowded-node-first: one of the two on the crowded node is deleted", () => {
    const { replay } = replayed("replicaset-scale-down-crowded-node-first");
    expect(replay.events("ReplicaSet").at(-1)).toMatch(/^SuccessfulDelete Deleted pod: extra-[12]$/);
  });
});
