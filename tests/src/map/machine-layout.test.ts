import { expect, it } from "vitest";
import { machineDescriptions } from "../../../simulator/index.ts";
import { layoutMachine } from "../../../src/map/loops/machine-layout.ts";

it.each(machineDescriptions().map((machine) => [machine.id, machine] as const))(
  "draws the machine %s",
  (_, machine) => {
    const layout = layoutMachine(machine);
    const atomic = machine.states.filter(({ type }) => type === "atomic" || type === "final").map(({ id }) => id);
    expect(layout.states.map(({ id }) => id)).toEqual(expect.arrayContaining(atomic));
    for (const state of layout.states) {
      expect(state.x).toBeGreaterThanOrEqual(0);
      expect(state.x + state.width).toBeLessThanOrEqual(layout.width + 1);
      expect(state.y + state.height).toBeLessThanOrEqual(layout.height + 1);
    }
    for (const line of layout.transitions) expect(line.path).toMatch(/^M[-\d.]+,[-\d.]+ /);
  },
);
