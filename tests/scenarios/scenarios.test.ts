import { describe, expect, it } from "vitest";
import registry from "../../scenarios/registry.json" with { type: "json" };
import { loadScenario, type Scenario } from "../../simulator/index.ts";
import { files, folders } from "./files.ts";
import { Player } from "./player.ts";

const IDLE_MS = 20 * 60_000;
const START_MS = 30_000;

function load(name: string): Scenario {
  const loaded = loadScenario(name, files);
  if (!loaded.ok) throw new Error(loaded.error.map(({ line, message }) => `${name}:${line}: ${message}`).join("\n"));
  return loaded.value;
}

it("lists every scenario once", () => {
  expect([...registry].sort()).toEqual([...folders].sort());
});

describe.each(registry)("scenario %s", (name) => {
  const scenario = load(name);

  it("is solved by its solution, step by step", async () => {
    const player = new Player(scenario);
    await player.wait(START_MS);
    expect(player.done).toEqual([]);
    for (const { action, waitMs } of scenario.solution) {
      await player.act(action);
      await player.wait(waitMs);
    }
    const { state, steps } = player.runner.view;
    expect({ state, missing: steps.flatMap(({ missing }) => missing) }).toEqual({ state: "finished", missing: [] });
  });

  it("is written plainly, in the Markdown that the page shows", () => {
    const texts = scenario.steps.flatMap(({ title, text, hint = "" }) => [title, text, hint]);
    const rest = [scenario.title, scenario.summary, ...texts].join("\n").replace(/`[^`\n]+`|\*\*[^*\n]+\*\*/g, "");
    expect(rest).not.toMatch(/[!<>*`]|\]\(|^\s*(#|\d+\.|\|)/m);
  });

  // What is only waited for may tick; what the learner has to do may not.
  const deeds = scenario.steps.filter(({ action }) => action !== undefined && action.kind !== "clock");
  it.each(deeds)("does not tick $id by itself", async ({ id, action: deed }) => {
    const player = new Player(scenario);
    await player.wait(START_MS);
    for (const { action, waitMs } of scenario.solution) {
      if (action === deed) break;
      await player.act(action);
      await player.wait(waitMs);
    }
    const view = await player.wait(IDLE_MS);
    const step = view.steps.find((each) => each.id === id);
    expect(step?.state).toBe("current");
    expect(step?.missing.length).toBeGreaterThan(0);
  });
});
