import { describe, expect, it } from "vitest";
import { Random, randomSuffix, randomUuid } from "../../../simulator/time/random.ts";

const draws = (random: Random, name: string, count = 5) =>
  Array.from({ length: count }, () => random.stream(name).below(1_000_000));

describe("Random", () => {
  it("draws the same from the same seed and name, and other things from others", () => {
    expect(draws(new Random(7), "a")).toEqual(draws(new Random(7), "a"));
    expect(draws(new Random(7), "a")).not.toEqual(draws(new Random(8), "a"));
    expect(draws(new Random(7), "a")).not.toEqual(draws(new Random(7), "b"));
  });

  it("shifts no stream by a draw in another", () => {
    const random = new Random(7);
    draws(random, "other", 100);
    expect(draws(random, "a")).toEqual(draws(new Random(7), "a"));
  });

  it("continues after save and load", () => {
    const random = new Random(7);
    draws(random, "a");
    const copy = new Random(7);
    copy.load(JSON.parse(JSON.stringify(random.save())));
    expect(draws(copy, "a")).toEqual(draws(random, "a"));
  });

  it("makes version 4 UUIDs and suffixes in the API server's letters", () => {
    const stream = new Random(1).stream("x");
    expect(randomUuid(stream)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomSuffix(stream)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });
});
