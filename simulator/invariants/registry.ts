import type { Store } from "../api/store.ts";
import { assert } from "../base/assert.ts";
import { defineRegistry } from "../base/registry.ts";
import type { Invariant } from "./invariant.ts";
import { noLingeringObjects } from "./no-lingering-objects.ts";
import { noOvercommittedNode } from "./no-overcommitted-node.ts";
import { oneControllerOwner } from "./one-controller-owner.ts";
import { trueIndexes } from "./true-indexes.ts";
import { uniqueIdentity } from "./unique-identity.ts";

export const invariants = defineRegistry<Invariant>(
  "invariant",
  [oneControllerOwner, uniqueIdentity, noLingeringObjects, trueIndexes, noOvercommittedNode],
  ({ name }) => name,
);

/** Stops the run at the first invariant that does not hold. */
export function checkInvariants(store: Store): void {
  for (const invariant of invariants.all) {
    const problems = invariant.check(store);
    assert(problems.length === 0, `${invariant.name}: ${problems.slice(0, 5).join("; ")}`);
  }
}
