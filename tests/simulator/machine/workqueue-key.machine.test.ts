import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileMachine } from "../../../simulator/machine/compile.ts";
import { workqueueKeyMachine } from "../../../simulator/machine/workqueue-key.machine.ts";

/** client-go's queue for one key as it is described upstream: two sets and a list. */
class TwoSets {
  dirty = false;
  processing = false;
  listed = 0;

  add(): void {
    if (this.dirty) return;
    this.dirty = true;
    if (!this.processing) this.listed++;
  }
  get(): void {
    this.listed--;
    this.processing = true;
    this.dirty = false;
  }
  done(): void {
    this.processing = false;
    if (this.dirty) this.listed++;
  }
}

const setsOf: Record<string, { dirty: boolean; processing: boolean }> = {
  idle: { dirty: false, processing: false },
  backoff: { dirty: false, processing: false },
  queued: { dirty: true, processing: false },
  syncing: { dirty: false, processing: true },
  dirty: { dirty: true, processing: true },
};

describe("the workqueue-key machine", () => {
  const table = compileMachine(workqueueKeyMachine);

  it("keeps a key as client-go's dirty and processing sets do", () => {
    const event = fc.constantFrom("ADD", "GET", "DONE", "FAILED", "RETRY", "FORGET");
    const property = fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const sets = new TwoSets();
      let state = table.initial.state;
      let listed = 0;
      let delayed = 0;
      for (const type of events) {
        // A worker only gets what is listed and only ends what it got; a delayed add only comes after a failure.
        if (type === "GET" && sets.listed === 0) continue;
        if ((type === "DONE" || type === "FAILED") && !sets.processing) continue;
        if (type === "RETRY" && delayed === 0) continue;
        if (type === "ADD" || type === "RETRY") sets.add();
        if (type === "RETRY") delayed--;
        if (type === "GET") sets.get();
        if (type === "DONE" || type === "FAILED") sets.done();
        const outcome = table.transition(state, type);
        state = outcome?.state ?? state;
        listed += (outcome?.actions.filter((action) => action === "enqueue").length ?? 0) - (type === "GET" ? 1 : 0);
        const retries = outcome?.actions.filter((action) => action === "retryLater").length ?? 0;
        expect(retries).toBe(type === "FAILED" ? 1 : 0);
        delayed += retries;
        expect(setsOf[state]).toEqual({ dirty: sets.dirty, processing: sets.processing });
        expect(listed).toBe(sets.listed);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("backs off after a failure unless the key changed meanwhile", () => {
    expect(table.transition("syncing", "FAILED")).toMatchObject({ state: "backoff", actions: ["retryLater"] });
    expect(table.transition("dirty", "FAILED")).toMatchObject({ state: "queued", actions: ["retryLater", "enqueue"] });
    expect(table.transition("backoff", "ADD")).toMatchObject({ state: "queued", actions: ["enqueue"] });
    expect(table.transition("syncing", "FORGET")).toMatchObject({ state: "syncing", actions: ["forgetFailures"] });
  });
});
