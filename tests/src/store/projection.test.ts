import { describe, expect, it } from "vitest";
import { aboutKey, applyBatch, kindView } from "../../../src/store/projection.ts";
import { batch, gone, item, object, ownedBy, projection, running } from "../objects.ts";

const event = (name: string, about: string, seconds: number) =>
  object("Event", `default/${name}`, {
    involvedObject: { kind: "Pod", namespace: "default", name: about },
    lastTimestamp: `2026-01-01T00:00:0${seconds}Z`,
    reason: name,
  });

describe("the projection", () => {
  it("gives only what changed a new identity", () => {
    const before = projection(object("Pod", "default/a", running("n1")), object("Node", "n1"));
    const pods = kindView(before, "Pod");
    const nodes = kindView(before, "Node");
    const bucket = before.podsByNode.get("n1");
    const after = applyBatch(
      before,
      batch([object("Pod", "default/a", running("n1", { metadata: { labels: { b: "c" } } }))]),
    );
    expect(kindView(after, "Pod")).not.toBe(pods);
    expect(kindView(after, "Node")).toBe(nodes);
    expect(after.podsByNode.get("n1")).toBe(bucket);
  });

  it("files pods by node, and moves them when they are bound", () => {
    const waiting = projection(object("Pod", "default/a", { spec: { containers: [] } }));
    expect([...(waiting.podsByNode.get("")?.keys ?? [])]).toEqual(["default/a"]);
    const bound = applyBatch(waiting, batch([object("Pod", "default/a", running("n1"))]));
    expect(bound.podsByNode.has("")).toBe(false);
    expect([...(bound.podsByNode.get("n1")?.keys ?? [])]).toEqual(["default/a"]);
    const empty = applyBatch(bound, batch([gone("Pod", "default/a")]));
    expect(empty.podsByNode.size).toBe(0);
  });

  it("files what a controller owns by its uid", () => {
    const state = projection(
      object("Pod", "default/a", { metadata: ownedBy("ReplicaSet", "default/s"), ...running("n") }),
    );
    expect([...(state.ownedBy.get("uid-ReplicaSet-default/s")?.keys ?? [])]).toEqual(["Pod:default/a"]);
    expect(applyBatch(state, batch([gone("Pod", "default/a")])).ownedBy.size).toBe(0);
  });

  it("keeps a log of events in the order of their telling, and files them by what they are about", () => {
    const state = projection(event("Late", "a", 5), event("Early", "a", 1));
    expect(state.log.map(({ event: { reason } }) => reason)).toEqual(["Early", "Late"]);
    const after = applyBatch(state, batch([event("Again", "b", 6)]));
    expect(after.log.at(-1)?.seq).toBe(3);
    expect(after.eventsAbout.get(aboutKey(item(after, "Event", "default/Again")))?.keys.size).toBe(1);
  });

  it("begins anew on a reset", () => {
    const before = projection(object("Pod", "default/a", running("n1")), event("Old", "a", 1));
    const after = applyBatch(before, batch([object("Node", "n2")], { reset: true }));
    expect(after.kinds.Pod).toBeUndefined();
    expect(after.log).toEqual([]);
    expect(after.podsByNode.size).toBe(0);
  });

  it("takes up components as they change", () => {
    const view = { name: "c", process: "p", machine: "m", state: "idle", queued: 0, reconciled: 0 };
    const state = applyBatch(projection(), batch([], { components: [view] }));
    expect(applyBatch(state, batch([])).components).toBe(state.components);
    const after = applyBatch(state, batch([], { components: [{ ...view, state: "busy" }] }));
    expect(after.components.get("c")?.state).toBe("busy");
  });
});
