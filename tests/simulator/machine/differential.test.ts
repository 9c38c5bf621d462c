import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnyStateMachine } from "xstate";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { LiveActor } from "../../../simulator/machine/actor.ts";
import { rootOf, walk } from "../../../simulator/machine/nodes.ts";
import { Clock } from "../../../simulator/time/clock.ts";
import { definitions } from "./definitions.ts";
import { generatedConfig, machineOf } from "./generated-machine.ts";
import { type LogLine, TableActor } from "./table-actor.ts";

type Sent = JsonObject & { readonly type: string };
type Input = { readonly send: Sent } | { readonly advanceMs: number };

/** All event types of a machine, its own delayed ones included, and one it doesn't know. */
function eventTypes(machine: AnyStateMachine): string[] {
  const types = walk(rootOf(machine)).flatMap((node) => [...node.transitions.keys()]);
  return [...new Set([...types.filter((type) => type !== "*"), "UNHEARD_OF"])];
}

function inputs(machine: AnyStateMachine): fc.Arbitrary<Input[]> {
  const event = fc.record({ type: fc.constantFrom(...eventTypes(machine)), n: fc.integer({ min: 0, max: 9 }) });
  const input: fc.Arbitrary<Input> = fc.oneof(
    { weight: 4, arbitrary: event.map((send) => ({ send })) },
    { weight: 1, arbitrary: fc.constantFrom(0, 50, 100, 700, 1_000, 12_000).map((advanceMs) => ({ advanceMs })) },
  );
  return fc.array(input, { minLength: 1, maxLength: 60 });
}

/** A line that neither moved nor acted: the executors needn't agree on whether to mention it. */
function didSomething(line: LogLine): boolean {
  return line.from !== line.to || line.actions.length > 0;
}

/** Whether `act` ends in an endless loop of the chart; any other error is thrown on. */
function loops(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof Error && /Infinite loop|endless loop/.test(error.message)) return true;
    throw error;
  }
}

function expectSameRun(machine: AnyStateMachine, context: object, script: readonly Input[]): void {
  const clocks = { live: new Clock(), table: new Clock() };
  const logs: { live: LogLine[]; table: LogLine[] } = { live: [], table: [] };
  const live = new LiveActor({
    machine,
    id: "live",
    clock: clocks.live,
    input: context,
    onTransition: ({ from, to, actions }) => logs.live.push({ atMs: clocks.live.nowMs, from, to, actions }),
  });
  const table = new TableActor(machine, clocks.table, context, (line) => logs.table.push(line));
  const isLooping = loops(() => live.start());
  expect(loops(() => table.start())).toBe(isLooping);
  if (isLooping) return;
  for (const input of [{ advanceMs: 0 }, ...script]) {
    const act = (actor: { send(event: Sent): void }, clock: Clock) =>
      loops(() => ("send" in input ? actor.send(input.send) : clock.advanceTo(clock.nowMs + input.advanceMs)));
    const isStuck = act(live, clocks.live);
    expect(act(table, clocks.table)).toBe(isStuck);
    if (isStuck) return;
    expect(table.state).toBe(live.state);
    expect(logs.table.filter(didSomething)).toEqual(logs.live.filter(didSomething));
    expect(table.waiting).toEqual(timerIds(live));
  }
}

function timerIds(live: LiveActor): string[] {
  return live
    .save()
    .timers.map((timer) => timer.id)
    .sort();
}

describe("the live actor and the compiled table do the same", () => {
  for (const { machine, contexts } of definitions) {
    it(`on ${machine.id}`, () => {
      const run = fc.tuple(fc.constantFrom(...contexts), inputs(machine));
      fc.assert(
        fc.property(run, ([context, script]) => expectSameRun(machine, context, script)),
        { numRuns: 150 },
      );
    });
  }

  it("on machines made up by chance", () => {
    const context = fc.record({ flag: fc.boolean(), limit: fc.integer({ min: 1, max: 9 }) });
    const run = generatedConfig.chain((config) => fc.tuple(fc.constant(config), context, inputs(machineOf(config))));
    fc.assert(
      fc.property(run, ([config, given, script]) => expectSameRun(machineOf(config), given, script)),
      { numRuns: 600 },
    );
  });
});
