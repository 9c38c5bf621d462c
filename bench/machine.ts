import { Bench } from "tinybench";
import { LiveActor } from "../simulator/machine/actor.ts";
import { compileMachine } from "../simulator/machine/compile.ts";
import { componentMachine } from "../simulator/machine/component.machine.ts";
import { workqueueKeyMachine } from "../simulator/machine/workqueue-key.machine.ts";
import { Clock } from "../simulator/time/clock.ts";

/** What one event costs in each executor: `npx tsx bench/machine.ts`. Each task handles four events. */
const rounds = ["ADD", "GET", "ADD", "DONE"] as const;
const bench = new Bench({ time: 500 });

const live = new LiveActor({ machine: workqueueKeyMachine, id: "key", clock: new Clock() });
live.start();
bench.add("workqueue key, live", () => {
  for (const type of rounds) live.send({ type });
});

const table = compileMachine(workqueueKeyMachine);
let state = table.initial.state;
bench.add("workqueue key, compiled", () => {
  for (const type of rounds) state = table.transition(state, type)?.state ?? state;
});

const component = new LiveActor({
  machine: componentMachine,
  id: "component",
  clock: new Clock(),
  input: { election: "none" },
});
component.start();
const cycle = ["START", "CRASHED", "STOP", "API_UP"] as const;
bench.add("component with delays, live", () => {
  for (const type of cycle) component.send({ type });
});

const componentTable = compileMachine(componentMachine);
const role = { election: "none" } as const;
let componentState = componentTable.initial.state;
bench.add("component, compiled", () => {
  for (const type of cycle)
    componentState = componentTable.transition(componentState, type, role)?.state ?? componentState;
});

await bench.run();
for (const task of bench.tasks) {
  const result = task.result as { latency?: { mean: number } };
  if (result.latency === undefined) throw new Error(`${task.name} gave no figures`);
  console.log(`${task.name}: ${((result.latency.mean * 1_000) / rounds.length).toFixed(3)} us an event`);
}
