import { describe, expect, it } from "vitest";
import { hasLeavers, noSeats, reseat } from "../../../src/map/seats.ts";

const bucket = (...keys: string[]) => ({ keys: new Set(keys) });

describe("the pods of a node's card", () => {
  it("sets the system's pods apart from people's", () => {
    const seats = reseat(noSeats, bucket("default/a", "kube-system/p"), "", true);
    expect(seats.user.places).toEqual(["default/a"]);
    expect(seats.system.places).toEqual(["kube-system/p"]);
    expect(seats.count).toBe(2);
  });

  it("keeps a pod that goes for one more pass, so that it can be seen to go", () => {
    const before = reseat(noSeats, bucket("default/a", "default/b"), "", true);
    const leaving = reseat(before, bucket("default/b"), "", true);
    expect(leaving.user.places).toEqual(["default/a", "default/b"]);
    expect(hasLeavers(leaving)).toBe(true);
    const after = reseat(leaving, bucket("default/b"), "", true);
    expect(after.user.places).toEqual([undefined, "default/b"]);
    expect(hasLeavers(after)).toBe(false);
  });

  it("never shrinks a card", () => {
    const many = reseat(noSeats, bucket(...Array.from({ length: 12 }, (_, at) => `default/p${at}`)), "", true);
    const none = reseat(reseat(many, bucket(), "", true), bucket(), "", true);
    expect(none.user.places).toEqual([]);
    expect(none.height).toBe(many.height);
  });

  it("draws less of each pod the more there are", () => {
    const some = (count: number) => bucket(...Array.from({ length: count }, (_, at) => `default/p${at}`));
    expect(reseat(noSeats, some(8), "", true).user.detail).toBe("tile");
    expect(reseat(noSeats, some(9), "", true).user.detail).toBe("chip");
    expect(reseat(noSeats, some(110), "", true).user.detail).toBe("dot");
  });

  it("makes a card no higher on its way from few pods to many", () => {
    let seats = noSeats;
    const heights = Array.from({ length: 110 }, (_, at) => {
      seats = reseat(seats, bucket(...Array.from({ length: at + 1 }, (_, pod) => `default/p${pod}`)), "", true);
      return seats.height;
    });
    expect(Math.max(...heights)).toBe(heights[7]);
  });

  it("shows one namespace when asked to", () => {
    const seats = reseat(noSeats, bucket("default/a", "team/b"), "team", true);
    expect(seats.user.places).toEqual(["team/b"]);
  });
});
