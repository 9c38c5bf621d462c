import { describe, expect, it } from "vitest";
import type { Event } from "../../../simulator/api/refs.ts";
import type { ComponentContext, EventSubject, EventText } from "../../../simulator/controller-runtime/component.ts";
import type { Controller } from "../../../simulator/controller-runtime/controller.ts";
import { Cluster } from "../controllers/harness.ts";

const controller: Controller = { name: "tester", watches: [], create: () => ({ reconcile: () => undefined }) };
const pod: EventSubject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "default", uid: "uid-1", resourceVersion: "7" },
};

class Source {
  context: ComponentContext | undefined;
  readonly cluster: Cluster;

  constructor() {
    this.cluster = Cluster.start([controller], (context) => {
      this.context = context;
    });
  }

  record(message: string, more: Partial<EventText> = {}, about = pod): void {
    this.context?.recordEvent(about, { type: "Normal", reason: "Tested", message, ...more });
  }

  get events(): Event[] {
    return this.cluster.allEvents();
  }
}

describe("events of the older kind", () => {
  it("are written with the object, the source, both times and a count of one", () => {
    const source = new Source();
    source.cluster.advanceTo(3);
    source.record("hello", { fieldPath: "spec.containers{c}" });
    const [event] = source.events;
    expect(event).toMatchObject({
      involvedObject: {
        kind: "Pod",
        namespace: "default",
        name: "web",
        uid: "uid-1",
        apiVersion: "v1",
        resourceVersion: "7",
      },
      reason: "Tested",
      message: "hello",
      source: { component: "tester" },
      firstTimestamp: source.cluster.time(3),
      lastTimestamp: source.cluster.time(3),
      count: 1,
      type: "Normal",
      eventTime: null,
      reportingComponent: "tester",
      reportingInstance: "",
    });
    expect(event?.involvedObject.fieldPath).toBe("spec.containers{c}");
    expect(event?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
  });

  it("count up when the same comes again, and keep their first time", () => {
    const source = new Source();
    source.record("hello");
    source.cluster.advanceTo(60);
    source.record("hello");
    source.record("other");
    expect(source.events.map(({ message, count }) => `${message} ${count}`)).toEqual(["hello 2", "other 1"]);
    expect(source.events[0]?.firstTimestamp).toBe(source.cluster.time(0));
    expect(source.events[0]?.lastTimestamp).toBe(source.cluster.time(60));
  });

  it("are told apart by message, reason, part and object", () => {
    const source = new Source();
    source.record("a");
    source.record("a", { reason: "Other" });
    source.record("a", { fieldPath: "spec.containers{c}" });
    source.record("a", {}, { ...pod, metadata: { ...pod.metadata, uid: "uid-2" } });
    expect(source.events.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  });

  it("about an object that is known by its name only are counted by its name", () => {
    const source = new Source();
    const named = { ...pod, metadata: { name: "web", namespace: "default", uid: "" } };
    source.record("a", {}, named);
    source.record("a", {}, named);
    expect(source.events.map(({ count, involvedObject }) => [count, involvedObject.uid])).toEqual([[2, undefined]]);
  });

  it("are combined from the tenth that differs by its message only", () => {
    const source = new Source();
    for (let index = 1; index <= 12; index++) {
      source.cluster.advanceTo(index);
      source.record(`try ${index}`);
    }
    expect(source.events).toHaveLength(10);
    expect(source.events[9]).toMatchObject({ message: "(combined from similar events): try 12", count: 3 });
    source.record("try 3");
    expect(source.events[2]).toMatchObject({ message: "try 3", count: 2 });
  });

  it("are not combined when ten minutes passed since the last of them", () => {
    const source = new Source();
    for (let index = 1; index <= 12; index++) source.record(`try ${index}`);
    source.cluster.advanceTo(601);
    source.record("try 13");
    expect(source.events.at(-1)?.message).toBe("try 13");
  });

  it("are held back after 25 about one object, and come back one in five minutes with what was held back counted", () => {
    const source = new Source();
    for (let index = 0; index < 40; index++) {
      source.cluster.advanceTo(index / 10);
      source.record("flood");
    }
    expect(source.events[0]?.count).toBe(25);
    source.cluster.advanceTo(299);
    source.record("flood");
    expect(source.events[0]?.count).toBe(25);
    source.cluster.advanceTo(303);
    source.record("flood");
    source.record("flood");
    expect(source.events[0]?.count).toBe(42);
    expect(source.cluster.lines.filter(({ kind }) => kind === "Event")).toHaveLength(26);
  });

  it("begin anew when their source was restarted", () => {
    const source = new Source();
    source.record("hello");
    source.cluster.advanceTo(10);
    source.cluster.stopControllers();
    source.cluster.startControllers();
    source.record("hello");
    expect(source.events.map(({ count }) => count)).toEqual([1, 1]);
  });

  it("are lost while the API cannot be reached", () => {
    const source = new Source();
    source.cluster.reachable = false;
    source.record("hello");
    expect(source.events).toEqual([]);
  });

  it("go on in a restored run as they would have", () => {
    const source = new Source();
    for (let index = 0; index < 30; index++) source.record("flood");
    let context: ComponentContext | undefined;
    const remembering: Controller = {
      ...controller,
      create: (given) => {
        context = given;
        return { reconcile: () => undefined };
      },
    };
    const copy = source.cluster.restored([remembering]);
    for (const run of [source.cluster, copy]) run.advanceTo(301);
    source.record("flood");
    context?.recordEvent(pod, { type: "Normal", reason: "Tested", message: "flood" });
    expect(source.events[0]?.count).toBe(31);
    expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(source.cluster.store.save()));
    expect(JSON.stringify(copy.host.save())).toBe(JSON.stringify(source.cluster.host.save()));
  });
});

describe("events with an action, of the newer kind", () => {
  it("carry an exact time, no counts, and the reporting controller", () => {
    const source = new Source();
    source.cluster.advanceTo(1.5);
    source.record("Successfully assigned default/web to node-1", { reason: "Scheduled", action: "Binding" });
    expect(source.events[0]).toMatchObject({
      reason: "Scheduled",
      action: "Binding",
      eventTime: source.cluster.time(1).replace("Z", ".500000Z"),
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
      reportingComponent: "tester",
      reportingInstance: "tester",
    });
    expect(source.events[0]?.count).toBeUndefined();
  });

  it("become a series at the second time, which is written again when it went quiet", () => {
    const source = new Source();
    const failed = () => source.record("0/1 nodes are available", { reason: "FailedScheduling", action: "Scheduling" });
    for (const at of [0, 10, 20, 30]) {
      source.cluster.advanceTo(at);
      failed();
    }
    expect(source.events).toHaveLength(1);
    expect(source.events[0]?.series).toEqual({
      count: 2,
      lastObservedTime: source.cluster.time(10).replace("Z", ".000000Z"),
    });
    source.cluster.advanceTo(721);
    expect(source.events[0]?.series?.count).toBe(4);
    failed();
    expect(source.events).toHaveLength(2);
  });

  it("are another event when the object changed in between", () => {
    const source = new Source();
    const text = { reason: "FailedScheduling", action: "Scheduling" };
    source.record("a", text);
    source.record("a", text, { ...pod, metadata: { ...pod.metadata, resourceVersion: "8" } });
    expect(source.events).toHaveLength(2);
  });
});
