import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import { clusterFor, must, send } from "../../../api/access.ts";
import type { Json } from "../../cases.ts";

const PATH = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const base = clusterFor().snapshot();
const DEPLOYMENTS = { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["*"], resources: ["deployments"] };

/** What the controller finds wrong with expressions about deployments. */
function warningsOf(validation: object, rule: object = DEPLOYMENTS): unknown {
  const simulation = Simulation.restore(base);
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [validation] };
  must(send(simulation, { verb: "POST", path: PATH, body: { metadata: { name: "p" }, spec } as unknown as Json }));
  simulation.advanceTo(simulation.nowMs + 1000);
  const { status } = send(simulation, { verb: "GET", path: `${PATH}/p` }).body as { status: Record<string, unknown> };
  expect(status.observedGeneration).toBe(1);
  return (status.typeChecking as { expressionWarnings?: unknown }).expressionWarnings;
}

describe("the types that expressions meet", () => {
  it("are those of the kinds that the rules name", () => {
    expect(warningsOf({ expression: "object.spec.replicas > 1" })).toBeUndefined();
    expect(warningsOf({ expression: "object.spec.replicas > '1'" })).toEqual([
      {
        fieldRef: "spec.validations[0].expression",
        warning: expect.stringContaining(
          "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'",
        ),
      },
    ]);
    const messageExpression = "'bad ' + string(object.spec.replicasX)";
    expect(warningsOf({ expression: "object.metadata.name == 'x'", messageExpression })).toEqual([
      {
        fieldRef: "spec.validations[0].messageExpression",
        warning: expect.stringContaining("undefined field 'replicasX'"),
      },
    ]);
  });

  it("are not looked at where a rule has stars", () => {
    expect(warningsOf({ expression: "object.nothing == 1" }, { ...DEPLOYMENTS, apiGroups: ["*"] })).toBeUndefined();
  });
});
