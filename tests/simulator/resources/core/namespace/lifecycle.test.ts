import { expect, it } from "vitest";
import { anyKind } from "../../../../../simulator/api/kind.ts";
import type { Namespace } from "../../../../../simulator/api/refs.ts";
import { ok } from "../../../../../simulator/base/result.ts";
import { namespaceKind } from "../../../../../simulator/resources/core/namespace/kind.ts";
import { Bench } from "../../cases.ts";

const KIND = anyKind(namespaceKind);

it("terminates while its own finalizer stands, and leaves with it", () => {
  const bench = new Bench();
  bench.create(KIND, { metadata: { name: "team" } }, undefined);
  const begun = bench.delete(KIND, "team");
  const namespace = begun.ok ? (begun.value.object as Namespace) : undefined;
  expect(namespace?.status.phase).toBe("Terminating");
  expect(namespace?.metadata.deletionTimestamp).toBeDefined();
  expect(begun.ok && begun.value.gone).toBe(false);
});

it("keeps its finalizers in an ordinary update", () => {
  const bench = new Bench();
  bench.create(KIND, { metadata: { name: "team" } }, undefined);
  const written = bench.mergePatch(KIND, "team", { spec: { finalizers: [] } });
  expect(written.ok && (written.value as Namespace).spec.finalizers).toEqual(["kubernetes"]);
});

it("may be in the phase Terminating only when it is deleted", () => {
  const bench = new Bench();
  bench.create(KIND, { metadata: { name: "team" } }, undefined);
  const change = (old: unknown) => ok({ ...(old as Namespace), status: { phase: "Terminating" } });
  const written = bench.update(KIND, "team", change, "status");
  expect(written.ok ? "accepted" : written.error.message).toBe(
    'Namespace "team" is invalid: status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  );
});

it.each(["default", "kube-system", "kube-public"])("%s cannot be deleted", (name) => {
  const bench = new Bench();
  bench.create(KIND, { metadata: { name } }, undefined);
  const deleted = bench.delete(KIND, name);
  expect(deleted.ok ? "deleted" : deleted.error.message).toBe(
    `namespaces "${name}" is forbidden: this namespace may not be deleted`,
  );
});
