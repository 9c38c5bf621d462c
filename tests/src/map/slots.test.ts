import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Slots, seat } from "../../../src/map/slots.ts";

describe("seats of pods", () => {
  it("keeps everyone's place when one goes, and gives it to the next that comes", () => {
    const first = seat([], new Set(["a", "b", "c"]));
    const second = seat(first, new Set(["a", "c"]));
    expect(second).toEqual(["a", undefined, "c"]);
    expect(seat(second, new Set(["a", "c", "d"]))).toEqual(["a", "d", "c"]);
  });

  it("cuts gaps at the end and gives the same array back when nothing changed", () => {
    const first = seat([], new Set(["a", "b"]));
    expect(seat(first, new Set(["a"]))).toEqual(["a"]);
    expect(seat(first, new Set(["b", "a"]))).toBe(first);
  });

  it("never moves anyone who stays", () => {
    const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"));
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 6 }), (steps) => {
        let slots: Slots = [];
        for (const step of steps) {
          const next = seat(slots, new Set(step));
          expect(next.filter((key) => key !== undefined).toSorted()).toEqual(step.toSorted());
          for (const key of step) if (slots.includes(key)) expect(next.indexOf(key)).toBe(slots.indexOf(key));
          slots = next;
        }
      }),
    );
  });
});
