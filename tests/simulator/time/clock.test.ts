import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock } from "../../../simulator/time/clock.ts";

describe("Clock", () => {
  it("handles messages by due time, and in the order of sending within one millisecond", () => {
    const clock = new Clock();
    const seen: unknown[] = [];
    clock.register("a", (event) => seen.push([clock.nowMs, event.n]));
    clock.send("a", { n: 1 }, 20);
    clock.send("a", { n: 2 }, 10);
    clock.send("a", { n: 3 }, 10);
    clock.advanceTo(30);
    expect(seen).toEqual([
      [10, 2],
      [10, 3],
      [20, 1],
    ]);
    expect(clock.nowMs).toBe(30);
  });

  it("handles what is due at the very end of an advance, and what that sends with no delay", () => {
    const clock = new Clock();
    let count = 0;
    clock.register("a", (event) => {
      count++;
      if (event.again === true) clock.send("a", {}, 0);
    });
    clock.send("a", { again: true }, 5);
    clock.advanceTo(5);
    expect(count).toBe(2);
  });

  it("never handles a cancelled message, nor one whose address is gone", () => {
    const clock = new Clock();
    const seen: unknown[] = [];
    const unregister = clock.register("a", (event) => seen.push(event));
    clock.cancel(clock.send("a", { n: 1 }, 1));
    clock.send("a", { n: 2 }, 2);
    unregister();
    clock.advanceTo(10);
    expect(seen).toEqual([]);
    expect(clock.nextDueMs).toBeUndefined();
  });

  it("refuses to go back, to take a second owner of an address, and fractions of a millisecond", () => {
    const clock = new Clock();
    clock.advanceTo(10);
    clock.register("a", () => {});
    expect(() => clock.advanceTo(9)).toThrow("time can't go from 10 to 9 ms");
    expect(() => clock.register("a", () => {})).toThrow("taken");
    expect(() => clock.send("a", {}, 0.5)).toThrow("delay");
  });

  it("goes on after save and load as if it had not been saved, whatever was sent and cancelled", () => {
    const plan = fc.array(fc.record({ delayMs: fc.nat(50), cancel: fc.boolean(), more: fc.nat(30) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(plan, fc.nat(60), (steps, cutMs) => {
        const runOf = (cut: boolean) => {
          const log: string[] = [];
          const bind = (clock: Clock) =>
            clock.register("a", (event) => {
              log.push(`${clock.nowMs}:${event.n}`);
              if (typeof event.more === "number" && event.more > 0) {
                clock.send("a", { n: `${event.n}+`, more: event.more - 10 }, event.more);
              }
            });
          let clock = new Clock();
          bind(clock);
          for (const [n, { delayMs, cancel, more }] of steps.entries()) {
            const seq = clock.send("a", { n, more }, delayMs);
            if (cancel) clock.cancel(seq);
          }
          clock.advanceTo(cutMs);
          if (cut) {
            const state = JSON.parse(JSON.stringify(clock.save()));
            clock = new Clock();
            bind(clock);
            clock.load(state);
          }
          clock.advanceTo(500);
          return { log, handled: clock.handled };
        };
        expect(runOf(true)).toEqual(runOf(false));
      }),
    );
  });
});
