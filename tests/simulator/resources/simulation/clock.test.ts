import { expect, it } from "vitest";
import { anyKind } from "../../../../simulator/api/kind.ts";
import type { ClockObject } from "../../../../simulator/api/refs.ts";
import { clockKind } from "../../../../simulator/resources/simulation/clock/kind.ts";
import { Bench, type Json } from "../cases.ts";

const KIND = anyKind(clockKind);

function make(name: string, spec: Json) {
  const bench = new Bench();
  return { bench, made: bench.create(KIND, { metadata: { name }, spec }, undefined) };
}

it("runs at one virtual second a second unless told otherwise", () => {
  const { made } = make("cluster", {});
  expect(made.ok && (made.value as ClockObject).spec).toEqual({ speed: 1, paused: false });
});

it.each([0, -1, 100_001])("does not run at %d", (speed) => {
  const { made } = make("cluster", { speed });
  expect(made.ok ? "accepted" : made.error.message).toContain("spec.speed: Invalid value");
});

it("is the only one", () => {
  const { made } = make("other", { speed: 1 });
  expect(made.ok ? "accepted" : made.error.message).toContain("metadata.name: Invalid value");
});

it("cannot be deleted", () => {
  const { bench } = make("cluster", {});
  const deleted = bench.delete(KIND, "cluster");
  expect(deleted.ok ? "deleted" : deleted.error.reason).toBe("Forbidden");
});

it("changes its speed and stops", () => {
  const { bench } = make("cluster", {});
  const written = bench.mergePatch(KIND, "cluster", { spec: { speed: 1000, paused: true } });
  expect(written.ok && (written.value as ClockObject).spec).toEqual({ speed: 1000, paused: true });
});
