import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/simulation.ts";
import { playHostile } from "./play.ts";

/** `npm run fuzz` sends 100,000, with another seed each time; here are some thousands. */
const REQUESTS = 3000;

describe("hostile requests", () => {
  it.each([1, 2])("are refused in the real words, and end nothing (seed %i)", (seed) => {
    const cluster = Simulation.start({ workers: 2, shells: true });
    cluster.advanceTo(60_000);
    const { codes, problems } = playHostile(cluster, seed, REQUESTS);
    expect(problems).toEqual([]);
    // The generator must reach what it is for: what is stored, and what validation says.
    expect(codes.get(201)).toBeGreaterThan(50);
    expect(codes.get(422)).toBeGreaterThan(100);
    expect(cluster.request({ method: "GET", path: "/readyz" }).code).toBe(200);
  });
});
