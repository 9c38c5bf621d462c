import { describe, expect, it } from "vitest";
import { type AnyStateMachine, and, assign, createMachine, fromPromise, raise, setup, spawnChild } from "xstate";
import { compileMachine } from "../../../simulator/machine/compile.ts";
import { signals } from "../../../simulator/machine/define.ts";
import { CannotCompile } from "../../../simulator/machine/refuse.ts";

const someSetup = setup({
  types: { context: {} as { count: number }, events: {} as { type: string } },
  actors: { fetch: fromPromise(async () => 1) },
  actions: {
    ...signals("enter", "leave", "act"),
    count: assign({ count: ({ context }) => context.count + 1 }),
    say: (_, _params: { text: string }) => {},
  },
  guards: {
    any: () => true,
    both: and(["any", () => true]),
    over: ({ context }, limit: number) => context.count > limit,
  },
});

/** A machine whose state "off" is `off`; typed loosely, for much of what is refused is refused by types too. */
function machineWith(off: object, implementations = someSetup): AnyStateMachine {
  const config = { id: "lamp", initial: "on", context: { count: 0 }, states: { on: {}, off } };
  return implementations.createMachine(config as Parameters<typeof someSetup.createMachine>[0]);
}

const child = createMachine({});

const refusals: readonly [string, AnyStateMachine, string][] = [
  ["no states", createMachine({ id: "lamp" }), 'machine "lamp" has no states'],
  [
    "a parallel state",
    machineWith({ type: "parallel", states: { a: {}, b: {} } }),
    'state "off" of machine "lamp" is parallel',
  ],
  [
    "a history state",
    machineWith({ initial: "a", states: { a: {}, back: { type: "history" } } }),
    'state "off.back" of machine "lamp" is a history state',
  ],
  ["an invoked actor", machineWith({ invoke: { src: "fetch" } }), 'state "off" of machine "lamp" invokes an actor'],
  ["a spawned actor", machineWith({ entry: spawnChild(child) }), "inline action (xstate.spawnChild)"],
  [
    "an inline action",
    machineWith({ on: { A: { actions: () => {} } } }),
    'state "off" of machine "lamp" has an inline action',
  ],
  ["an inline assign", machineWith({ exit: assign({ count: 1 }) }), "inline action (xstate.assign)"],
  ["an inline raise", machineWith({ entry: raise({ type: "A" }, { delay: 5 }) }), "inline action (xstate.raise)"],
  ["a named assign", machineWith({ entry: "count" }), 'uses the action "count", which is xstate\'s own xstate.assign'],
  [
    "an action with params",
    machineWith({ entry: { type: "say", params: { text: "hi" } } }),
    'gives the action "say" params',
  ],
  [
    "an inline action on the way into a first state",
    machineWith({ initial: { target: "a", actions: () => {} }, states: { a: {} } }),
    'state "off" of machine "lamp" has an inline action',
  ],
  ["an inline guard", machineWith({ on: { A: { target: "on", guard: () => true } } }), "has an inline guard"],
  ["an inline guard of always", machineWith({ always: { target: "on", guard: and(["any"]) } }), "has an inline guard"],
  [
    "a guard made by and",
    machineWith({ on: { A: { target: "on", guard: "both" } } }),
    'uses the guard "both", which is made by',
  ],
  [
    "an unknown guard",
    machineWith({ on: { A: { target: "on", guard: "none" } } }),
    'uses the guard "none", which setup',
  ],
  [
    "a guard with params",
    machineWith({ on: { A: { target: "on", guard: { type: "over", params: 3 } } } }),
    'gives the guard "over" params',
  ],
  ["an unknown delay", machineWith({ after: { soon: "on" } }), 'uses the delay "soon", which setup doesn\'t define'],
  ["a partial wildcard", machineWith({ on: { "job.*": "on" } }), 'has the wildcard "job.*"'],
  ["several targets", machineWith({ on: { A: { target: ["on", "off"] } } }), 'has several targets on "A"'],
  ["an output", machineWith({ type: "final", output: 1 }), "has an output"],
  ["a dot in a name", machineWith({ initial: "a.b", states: { "a.b": {} } }), "has a dot in its name"],
];

describe("compileMachine refuses", () => {
  for (const [what, machine, message] of refusals) {
    it(what, () => {
      expect(() => compileMachine(machine)).toThrow(CannotCompile);
      expect(() => compileMachine(machine)).toThrow(message);
    });
  }

  it("an endless loop of eventless transitions", () => {
    const loop = createMachine({ id: "loop", initial: "a", states: { a: { always: "b" }, b: { always: "a" } } });
    expect(() => compileMachine(loop)).toThrow('of machine "loop" is in an endless loop');
  });
});

const lamp = setup({
  types: { context: {} as { hand: boolean }, events: {} as { type: "PRESS" | "BREAK"; force?: number } },
  actions: signals("click", "shine", "fade"),
  guards: { byHand: ({ context }) => context.hand, strong: ({ event }) => (event.force ?? 0) > 5 },
  delays: { timer: 30_000, byHandTimer: ({ context }) => (context.hand ? 10 : 20) },
}).createMachine({
  id: "lamp",
  context: { hand: true },
  initial: "off",
  states: {
    off: {
      description: "Dark.",
      meta: { colour: "black" },
      on: { PRESS: { target: "on", actions: "click", guard: "byHand" } },
    },
    on: {
      tags: "lit",
      initial: "bright",
      entry: "shine",
      exit: "fade",
      after: { timer: "off" },
      on: { BREAK: { target: "broken", guard: "strong" } },
      states: { bright: { after: { 100: "dim" } }, dim: { tags: "weak" } },
    },
    broken: { type: "final" },
  },
});

describe("a compiled table", () => {
  const table = compileMachine(lamp);

  it("names its states, the innermost ones, with dots", () => {
    expect(table.states).toEqual(["off", "on.bright", "on.dim", "broken"]);
    expect(table.initial).toEqual({ state: "off", actions: [], timersToCancel: [], timersToStart: [] });
    expect(() => table.transition("on", "PRESS")).toThrow('machine "lamp" has no state "on"');
  });

  it("gives state, actions in xstate's order and timers", () => {
    const timer = { delay: "timer", event: "xstate.after.timer.lamp.on" };
    const dim = { delay: 100, event: "xstate.after.100.lamp.on.bright" };
    expect(table.transition("off", "PRESS", { hand: true })).toEqual({
      state: "on.bright",
      actions: ["click", "shine"],
      timersToCancel: [],
      timersToStart: [timer, dim],
    });
    expect(table.delaysOf("on.bright")).toEqual([timer, dim]);
    expect(table.transition("on.bright", dim.event)).toEqual({
      state: "on.dim",
      actions: [],
      timersToCancel: [dim.event],
      timersToStart: [],
    });
    expect(table.delaysOf("on.dim")).toEqual([timer]);
  });

  it("asks guards with the given argument and event", () => {
    expect(table.transition("off", "PRESS", { hand: false })).toBeUndefined();
    expect(table.transition("on.dim", "BREAK")).toBeUndefined();
    const strong = { type: "BREAK", force: 9 };
    expect(table.transition("on.dim", "BREAK", undefined, strong)?.state).toBe("broken");
  });

  it("shares one frozen outcome between calls", () => {
    const first = table.transition("off", "PRESS", { hand: true });
    expect(table.transition("off", "PRESS", { hand: true })).toBe(first);
    expect(Object.isFrozen(first) && Object.isFrozen(first?.actions)).toBe(true);
  });

  it("tells what the definition says of a state", () => {
    expect(table.tags("on.dim")).toEqual(["lit", "weak"]);
    expect(table.meta("off")).toEqual({ colour: "black" });
    expect(table.description("off")).toBe("Dark.");
    expect(table.states.filter((state) => table.isFinal(state))).toEqual(["broken"]);
    expect(table.transition("broken", "PRESS", { hand: true })).toBeUndefined();
  });

  it("resolves delays by name", () => {
    expect(table.delayMs("timer")).toBe(30_000);
    expect(table.delayMs("byHandTimer", { hand: false })).toBe(20);
    expect(table.delayMs(100)).toBe(100);
  });

  it("starts through a guarded always only with an argument", () => {
    const choice = compileMachine(
      setup({
        types: { context: {} as { ready: boolean } },
        guards: { ready: ({ context }) => context.ready },
      }).createMachine({
        id: "choice",
        context: { ready: false },
        initial: "look",
        states: { look: { always: { guard: "ready", target: "go" } }, go: {} },
      }),
    );
    expect(() => choice.initial).toThrow("call start(arg)");
    expect(choice.start({ ready: true }).state).toBe("go");
    expect(choice.start({ ready: false }).state).toBe("look");
    expect(choice.transition("look", "ANY", { ready: true })?.state).toBe("go");
    expect(choice.transition("look", "ANY", { ready: false })).toBeUndefined();
  });
});
