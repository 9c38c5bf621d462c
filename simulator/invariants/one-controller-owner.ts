import type { Invariant } from "./invariant.ts";

/** An object has at most one managing controller. */
export const oneControllerOwner: Invariant = {
  name: "one controller owner",
  check: (store) => {
    const problems: string[] = [];
    for (const collection of store.collections) {
      for (const { metadata } of collection.values()) {
        const controllers = metadata.ownerReferences?.filter(({ controller }) => controller === true) ?? [];
        if (controllers.length > 1) {
          problems.push(`${collection.ref.id} ${metadata.name}: ${controllers.map(({ name }) => name).join(", ")}`);
        }
      }
    }
    return problems;
  },
};
