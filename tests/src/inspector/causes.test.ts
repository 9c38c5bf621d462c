import { describe, expect, it } from "vitest";
import type { Cause, CauseStep } from "../../../simulator/index.ts";
import { chainTo, later, requestOf } from "../../../src/inspector/causes.ts";

const step = (revision: number, resource: string, causedBy?: number): CauseStep => ({
  revision,
  time: "2026-01-01T00:00:00.000000Z",
  object: { resource, namespace: "default", name: "web" },
  verb: "created",
  by: "somebody",
  ...(causedBy !== undefined && { causedBy }),
});

const cause: Cause = {
  apiVersion: "simulation.tabernetes.dev/v1alpha1",
  kind: "Cause",
  metadata: { name: "pods.web", namespace: "default", uid: "", resourceVersion: "", creationTimestamp: "" },
  object: { resource: "pods", namespace: "default", name: "web" },
  steps: [step(1, "deployments.apps"), step(2, "pods", 1), step(5, "nodes"), step(6, "pods", 5), step(7, "pods", 4)],
  chain: [1, 2],
};

describe("chains of causes", () => {
  it("go back to the first step that is known", () => {
    const chains = cause.steps.map((last) => chainTo(cause, last).map(({ revision }) => revision));
    expect(chains).toEqual([[1], [1, 2], [5], [5, 6], [7]]);
  });

  it("tell the object's own writes after it came to be", () => {
    expect(later(cause).map(({ revision }) => revision)).toEqual([6, 7]);
  });

  it.each([
    ["POST /api/v1/pods?fieldManager=kubectl-create", "kubectl create", "POST /api/v1/pods"],
    ["PATCH /api/v1/pods/a?fieldManager=kubectl-client-side-apply", "kubectl apply", "PATCH /api/v1/pods/a"],
    ["PUT /api/v1/pods/a", undefined, "PUT /api/v1/pods/a"],
  ])("say what %s was", (because, program, line) => {
    expect(requestOf(because)).toEqual({ program, line });
  });

  it("know what is no request", () => {
    expect(requestOf("default/web")).toBeUndefined();
    expect(requestOf(undefined)).toBeUndefined();
  });
});
