import { type AnyStateMachine, setup } from "xstate";
import { componentMachine } from "../../../simulator/machine/component.machine.ts";
import { signals } from "../../../simulator/machine/define.ts";
import { workqueueKeyMachine } from "../../../simulator/machine/workqueue-key.machine.ts";

/** What guards of the invented machines look at. */
export interface TestContext {
  readonly flag: boolean;
  readonly limit: number;
}
export interface TestEvent {
  readonly type: string;
  readonly n?: number;
}

export const testSetup = setup({
  types: { context: {} as TestContext, input: {} as TestContext, events: {} as TestEvent },
  actions: signals("a0", "a1", "a2", "a3", "a4", "a5"),
  guards: {
    flagged: ({ context }) => context.flag,
    big: ({ context, event }) => (event.n ?? 0) > context.limit,
    even: ({ event }) => (event.n ?? 0) % 2 === 0,
    isB: ({ event }) => event.type === "B",
  },
  delays: {
    short: 100,
    long: 1_000,
    byLimit: ({ context }) => context.limit * 100,
    byEvent: ({ event }) => 50 + (event.n ?? 0),
  },
});

const context = ({ input }: { input: TestContext }) => input;

const trafficLight = testSetup.createMachine({
  id: "traffic-light",
  context,
  initial: "red",
  on: { POWER_CUT: ".dark" },
  states: {
    red: { entry: "a0", exit: "a1", after: { long: "green" } },
    green: { after: { 700: "yellow" }, on: { PEDESTRIAN: { target: "yellow", guard: "flagged", actions: "a2" } } },
    yellow: { tags: "warning", after: { byLimit: "red" } },
    dark: { tags: "warning", on: { POWER_BACK: "red", POWER_CUT: {} }, description: "No power." },
  },
});

const nested = testSetup.createMachine({
  id: "nested",
  context,
  initial: "off",
  entry: "a5",
  states: {
    off: { on: { A: { target: "on", actions: ["a0", "a1"] }, B: "on.deep.two" } },
    on: {
      initial: "shallow",
      entry: "a2",
      exit: "a3",
      after: { long: "off", short: { guard: "flagged", actions: "a4" } },
      on: { B: { target: ".shallow" }, C: { target: "on", reenter: true }, "*": { actions: "a5", guard: "even" } },
      states: {
        shallow: { on: { A: "deep" } },
        deep: {
          initial: "one",
          entry: "a0",
          exit: "a1",
          states: {
            one: { after: { byEvent: "two" }, on: { A: { target: "two", guard: "big" } } },
            two: { entry: "a4", on: { A: "#nested.off", B: {} } },
          },
        },
      },
    },
  },
});

const eventless = testSetup.createMachine({
  id: "eventless",
  context,
  initial: "choose",
  states: {
    choose: {
      always: [{ guard: "flagged", target: "left", actions: "a0" }, { target: "right" }],
    },
    left: { entry: "a1", on: { A: "choose" }, always: { guard: "isB", target: "end" } },
    right: { initial: "x", onDone: "choose", states: { x: { on: { A: "y" } }, y: { type: "final", entry: "a2" } } },
    end: { type: "final", entry: "a3", exit: "a4" },
  },
});

const chained = testSetup.createMachine({
  id: "chained-delays",
  context,
  initial: "one",
  exit: "a5",
  after: { 10000: ".over" },
  states: {
    one: { entry: "a0", after: { short: "two" }, on: { A: { target: "one", reenter: true } } },
    two: { entry: "a1", after: { short: [{ guard: "flagged", target: "three" }, { target: "one" }] } },
    three: { after: { 0: "one", short: "over" }, on: { "*": { target: "two", actions: "a3" } } },
    over: { type: "final" },
  },
});

/** Every definition that must run the same in both executors; add each new *.machine.ts that is compiled. */
export const definitions: readonly { machine: AnyStateMachine; contexts: readonly object[] }[] = [
  {
    machine: componentMachine,
    contexts: [{ election: "none" }, { election: "before-sync" }, { election: "after-sync" }],
  },
  { machine: workqueueKeyMachine, contexts: [{}] },
  ...[trafficLight, nested, eventless, chained].map((machine) => ({
    machine,
    contexts: [
      { flag: true, limit: 3 },
      { flag: false, limit: 6 },
    ],
  })),
];
