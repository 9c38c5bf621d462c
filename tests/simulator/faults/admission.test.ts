import { describe, expect, it } from "vitest";
import { faults } from "../../../simulator/faults/registry.ts";
import { Simulation } from "../../../simulator/index.ts";
import { create, FAULTS_PATH, fault } from "../../support/stories.ts";

const simulation = Simulation.start({});

function answer(type: string, kind: string): string {
  const { code, body } = simulation.request(create(`${FAULTS_PATH}?dryRun=All`, fault("f", type, { kind, name: "x" })));
  return code === 201 ? "accepted" : String(body.message).replace(/^.* is invalid: /, "");
}

describe("what a fault may be", () => {
  it.each(faults.all.map(({ type, target }) => [type, target]))("%s takes a %s and no other target", (type, target) => {
    expect(answer(type, target)).toBe("accepted");
    const words = `spec.target.kind: Unsupported value: "Secret": supported values: "${target}"`;
    expect(answer(type, "Secret")).toBe(words);
  });

  it("names the known types where it is none of them", () => {
    expect(answer("Quake", "Node")).toBe(
      'spec.type: Unsupported value: "Quake": supported values: "NodeCrash", "KubeletStop", "NodePartition", "ContainerCrash", "ComponentStop"',
    );
  });
});
