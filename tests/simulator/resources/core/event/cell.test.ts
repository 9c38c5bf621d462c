import { describe, expect, it } from "vitest";
import type { Event } from "../../../../../simulator/api/refs.ts";
import { deepFreeze } from "../../../../../simulator/base/json.ts";
import { Simulation } from "../../../../../simulator/index.ts";
import { EventCell } from "../../../../../simulator/resources/core/event/cell.ts";

const AT = "2026-01-01T00:01:02Z";

const COUNTED = {
  metadata: { name: "web-1.18", namespace: "shop", uid: "u-1", resourceVersion: "27", creationTimestamp: AT },
  involvedObject: { kind: "Pod", namespace: "shop", name: "web-1", uid: "p", apiVersion: "v1", resourceVersion: "9" },
  reason: "Started",
  type: "Normal",
  source: { component: "kubelet", host: "node-1" },
  firstTimestamp: AT,
  message: "Container started",
  count: 1,
  lastTimestamp: AT,
  eventTime: null,
  reportingComponent: "kubelet",
  reportingInstance: "node-1",
  apiVersion: "v1",
  kind: "Event",
};

const { message: _, ...WITHOUT_MESSAGE } = COUNTED;

const SERIES = {
  metadata: COUNTED.metadata,
  involvedObject: COUNTED.involvedObject,
  reason: "Scheduled",
  type: "Normal",
  message: "Successfully assigned shop/web-1 to node-1",
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: "2026-01-01T00:01:02.345000Z",
  action: "Binding",
  reportingComponent: "default-scheduler",
  reportingInstance: "default-scheduler-cp",
  apiVersion: "v1",
  kind: "Event",
};

const asEvent = (event: object): Event => deepFreeze(structuredClone(event)) as unknown as Event;

describe("the place of an event in the store", () => {
  it.each([
    ["recorded once", COUNTED],
    ["recorded once, of the newer kind", SERIES],
  ])("gives one that was %s back as it was, put together anew", (_name, event) => {
    const given = asEvent(event);
    const cell = new EventCell("shop/web-1.18", given);
    expect(cell.object).not.toBe(given);
    expect(JSON.stringify(cell.object)).toBe(JSON.stringify(event));
    expect(Object.isFrozen(cell.object) && Object.isFrozen(cell.object.metadata)).toBe(true);
  });

  it.each([
    ["was counted twice", { ...COUNTED, count: 2 }],
    ["came again later", { ...COUNTED, lastTimestamp: "2026-01-01T00:02:02Z" }],
    ["was made at another time than it tells", { ...COUNTED, firstTimestamp: "2026-01-01T00:00:02Z" }],
    ["has labels", { ...COUNTED, metadata: { ...COUNTED.metadata, labels: { a: "b" } } }],
    ["has fields in another order", Object.fromEntries(Object.entries(COUNTED).reverse())],
    ["lacks a field", WITHOUT_MESSAGE],
    ["is a series", { ...SERIES, series: { count: 2, lastObservedTime: SERIES.eventTime } }],
    ["is of the newer kind and of another second", { ...SERIES, eventTime: "2026-01-01T00:01:03.345000Z" }],
    ["has a revision that is no plain number", { ...COUNTED, metadata: { ...COUNTED.metadata, resourceVersion: "" } }],
  ])("keeps one that %s whole", (_name, event) => {
    const given = asEvent(event);
    const cell = new EventCell("shop/web-1.18", given);
    expect(cell.object).toBe(given);
  });

  it("holds what it is given later", () => {
    const cell = new EventCell("shop/web-1.18", asEvent(COUNTED));
    const again = asEvent({ ...COUNTED, count: 2 });
    cell.object = again;
    expect(cell.object).toBe(again);
    cell.object = asEvent(COUNTED);
    expect(cell.object).toEqual(COUNTED);
  });

  it("tells sources, hosts and namespaces apart that report under one name", () => {
    const others = [
      { ...COUNTED, source: { component: "kubelet", host: "node-2" } },
      { ...COUNTED, source: { component: "other", host: "node-1" } },
      { ...COUNTED, type: "Warning" },
      { ...COUNTED, metadata: { ...COUNTED.metadata, namespace: "park" } },
    ];
    for (const event of [...others, ...others]) {
      const cell = new EventCell(`${event.metadata.namespace}/web-1.18`, asEvent(event));
      expect(cell.object).toEqual(event);
    }
  });

  it("keeps those whole of whom its source says too many different things", () => {
    const reasons = Array.from({ length: 100 }, (_, index) => ({ ...COUNTED, reason: `Reason${index}` }));
    for (const event of reasons) expect(new EventCell("shop/web-1.18", asEvent(event)).object).toEqual(event);
  });

  it("is what the events of a cluster are read from, by clients and after a restore", () => {
    const simulation = Simulation.start({ workers: 2 });
    simulation.advanceTo(60_000);
    const path = "/apis/apps/v1/namespaces/default/deployments";
    const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };
    const spec = { replicas: 3, selector: { matchLabels: { a: "b" } }, template };
    const body = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec };
    expect(simulation.request({ method: "POST", path, body }).code).toBe(201);
    simulation.advanceTo(90_000);
    const list = (of: Simulation) => of.request({ method: "GET", path: "/api/v1/namespaces/default/events" }).body;
    const reasons = (list(simulation).items as unknown as Event[]).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === "Scheduled")).toHaveLength(3);
    expect(reasons.filter((reason) => reason === "Started")).toHaveLength(3);
    expect(JSON.stringify(list(simulation.fork()))).toBe(JSON.stringify(list(simulation)));
  });
});
