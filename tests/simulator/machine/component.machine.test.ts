import { describe, expect, it } from "vitest";
import { LiveActor } from "../../../simulator/machine/actor.ts";
import {
  type ComponentEvent,
  type ComponentRole,
  componentMachine,
} from "../../../simulator/machine/component.machine.ts";
import { Clock } from "../../../simulator/time/clock.ts";

/** Plays events and waits (ms) to a component; gives the states it went through. */
function lifeOf(election: ComponentRole["election"], script: readonly (ComponentEvent["type"] | number)[]) {
  const clock = new Clock();
  const states: string[] = [];
  const actions: string[] = [];
  const actor = new LiveActor({
    machine: componentMachine,
    id: "component",
    clock,
    input: { election },
    onTransition: (transition) => {
      states.push(transition.to);
      actions.push(...transition.actions);
    },
  });
  actor.start();
  for (const step of script) {
    if (typeof step === "number") clock.advanceTo(clock.nowMs + step);
    else actor.send({ type: step });
  }
  return { states: states.slice(1), actions: actions.slice(1), working: actor.hasTag("working") };
}

describe("the component machine", () => {
  it("runs without election once its caches are full", () => {
    expect(lifeOf("none", ["START", 500, "API_UP", "SYNCED"])).toEqual({
      states: ["starting", "waitingForApi", "syncingCaches", "running.connected"],
      actions: ["checkApi", "startInformers", "startWorkers"],
      working: true,
    });
  });

  it("elects after the sync like kube-scheduler", () => {
    const { states } = lifeOf("after-sync", ["START", 500, "API_UP", "SYNCED", "ELECTED"]);
    expect(states).toEqual(["starting", "waitingForApi", "syncingCaches", "standby", "leading.connected"]);
  });

  it("elects before the sync like kube-controller-manager", () => {
    const { states } = lifeOf("before-sync", ["START", 500, "API_UP", "ELECTED", "SYNCED"]);
    expect(states).toEqual(["starting", "waitingForApi", "standby", "syncingCaches", "leading.connected"]);
  });

  it("keeps its caches when the API server goes, and dies when its lease does", () => {
    const leading = ["START", 500, "API_UP", "SYNCED", "ELECTED"] as const;
    const back = lifeOf("after-sync", [...leading, "API_DOWN", "API_UP"]);
    expect(back.states.slice(-2)).toEqual(["leading.disconnected", "leading.connected"]);
    expect(back.actions.slice(-2)).toEqual(["startWorkers", "resumeWatches"]);
    const lost = lifeOf("after-sync", [...leading, "API_DOWN", "LOST", 1_000, 10_000]);
    expect(lost.states.slice(-4)).toEqual(["leading.disconnected", "crashed", "backoff", "starting"]);
    expect(lost.actions.slice(-2)).toEqual(["stopWorkers", "dropMemory"]);
  });

  it("gives up on an API server that doesn't answer, and is restarted over and over", () => {
    const { states } = lifeOf("none", ["START", 500 + 10_000 + 1_000 + 10_000 + 500]);
    expect(states).toEqual(["starting", "waitingForApi", "crashed", "backoff", "starting", "waitingForApi"]);
  });

  it("can be stopped from anywhere, and stays so", () => {
    for (const before of [
      [],
      [500],
      [500, "API_UP"],
      [500, "API_UP", "SYNCED"],
      ["CRASHED"],
      ["CRASHED", 1_000],
    ] as const) {
      const { states, actions } = lifeOf("none", ["START", ...before, "STOP", "CRASHED", "API_UP", 60_000]);
      expect(states.at(-1)).toBe("stopped");
      expect(actions.at(-1)).toBe("dropMemory");
    }
  });
});
