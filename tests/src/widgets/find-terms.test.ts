import { expect, it } from "vitest";
import { findTerms } from "../../../src/widgets/find-terms.ts";

const told = (text: string) => findTerms(text).flatMap(({ text: part, meaning }) => (meaning ? [part] : []));

it("finds each term once, in any case and number, as a whole word", () => {
  expect(told("The scheduler picks a node for each pod; other pods wait.")).toEqual(["scheduler", "node", "pod"]);
  expect(told("node-1 has no podium, and a ReplicaSet is not a set")).toEqual(["ReplicaSet"]);
});

it("loses nothing of the text", () => {
  const text = "Taints drive pods off. Leases of a Lease.";
  expect(
    findTerms(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});
