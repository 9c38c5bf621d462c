import { describe, expect, it } from "vitest";
import { assign, createMachine } from "xstate";
import { componentMachine } from "../../../simulator/machine/component.machine.ts";
import { describeMachine } from "../../../simulator/machine/describe.ts";
import { workqueueKeyMachine } from "../../../simulator/machine/workqueue-key.machine.ts";

describe("describeMachine", () => {
  const described = describeMachine(componentMachine);

  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  });

  it("lists nested states with their parents", () => {
    expect(described.states.find(({ id }) => id === "leading.connected")).toEqual({
      id: "leading.connected",
      parent: "leading",
      type: "atomic",
      initial: true,
      description: "Its watches are open: it sees changes and acts on them.",
      tags: ["working"],
      entry: [],
      exit: [],
    });
    expect(described.states.filter(({ initial }) => initial).map(({ id }) => id)).toEqual([
      "stopped",
      "running.connected",
      "leading.connected",
    ]);
    expect(described.states.find(({ id }) => id === "leading")).toMatchObject({
      type: "compound",
      entry: ["startWorkers"],
      exit: ["stopWorkers"],
    });
  });

  it("lists transitions with guards, delays and actions", () => {
    expect(described.transitions.filter(({ from }) => from === "syncingCaches")).toEqual([
      { from: "syncingCaches", to: "leading", kind: "event", event: "SYNCED", guard: "electsFirst", actions: [] },
      { from: "syncingCaches", to: "standby", kind: "event", event: "SYNCED", guard: "electsLast", actions: [] },
      { from: "syncingCaches", to: "running", kind: "event", event: "SYNCED", actions: [] },
      { from: "syncingCaches", to: "crashed", kind: "event", event: "LOST", guard: "electsFirst", actions: [] },
    ]);
    expect(described.transitions.filter(({ from }) => from === "backoff")).toEqual([
      { from: "backoff", to: "starting", kind: "after", event: "after", delay: "restartBackoff", actions: [] },
    ]);
    expect(described.transitions.filter(({ from }) => from === "").map(({ event, to }) => [event, to])).toEqual([
      ["STOP", "stopped"],
      ["CRASHED", "crashed"],
    ]);
  });

  it.each([componentMachine, workqueueKeyMachine])("finds a sentence for every state of $id", (machine) => {
    for (const state of describeMachine(machine).states) expect(state.description, state.id).toMatch(/^[A-Z].*\.$/);
  });

  it("takes machines that no table could carry", () => {
    const machine = createMachine({
      id: "m",
      initial: "a",
      states: {
        a: { always: { target: "b", guard: () => false }, on: { X: { actions: assign({}) }, Y: {} } },
        b: { initial: "c", onDone: "a", states: { c: { after: { 5: "d" } }, d: { type: "final" } } },
      },
    });
    expect(describeMachine(machine).transitions).toEqual([
      { from: "a", to: "a", kind: "event", event: "X", actions: ["assign"] },
      { from: "a", to: "b", kind: "always", event: "always", guard: "guard", actions: [] },
      { from: "b", to: "a", kind: "done", event: "done", actions: [] },
      { from: "b.c", to: "b.d", kind: "after", event: "after", delay: 5, actions: [] },
    ]);
  });
});
