import { describe, expect, it } from "vitest";
import { EVENTS } from "../../simulator/api/refs.ts";
import { Simulation } from "../../simulator/index.ts";

const HOUR_MS = 3_600_000;

describe("events", () => {
  it("go an hour after their last word, whatever came before or after them", () => {
    const simulation = Simulation.start({ workers: 1 });
    simulation.advanceTo(60_000);
    const events = () => [...simulation.store.of(EVENTS).values()];
    const nameOf = ({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name;
    const early = events().map(nameOf);
    expect(early.length).toBeGreaterThan(5);
    const [first] = events();
    if (first === undefined) throw new Error("no events");
    const kept = nameOf(first);
    const lastTimestamp = `${first.metadata.creationTimestamp.slice(0, 14)}40:00Z`;
    const patched = simulation.request({
      method: "PATCH",
      path: `/api/v1/namespaces/${first.metadata.namespace}/events/${kept}`,
      body: { lastTimestamp },
      contentType: "application/merge-patch+json",
    });
    expect(patched.code).toBe(200);
    simulation.advanceTo(HOUR_MS);
    expect(events().length).toBeGreaterThanOrEqual(early.length);
    simulation.advanceTo(HOUR_MS + 180_000);
    const left = events().map(nameOf);
    expect(left.filter((name) => early.includes(name))).toEqual([kept]);
    simulation.advanceTo(2 * HOUR_MS);
    expect(events().map(nameOf)).not.toContain(kept);
  });
});
