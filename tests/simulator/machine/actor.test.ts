import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { assign, createMachine, raise, setup } from "xstate";
import { LiveActor, type LiveTransition, type SavedActor } from "../../../simulator/machine/actor.ts";
import { componentMachine } from "../../../simulator/machine/component.machine.ts";
import { signals } from "../../../simulator/machine/define.ts";
import { Clock } from "../../../simulator/time/clock.ts";

afterEach(() => vi.restoreAllMocks());

const oven = setup({
  types: {
    context: {} as { baked: number; minutes: number },
    input: {} as { minutes: number },
    events: {} as { type: string },
  },
  actions: { ...signals("heat", "cool"), count: assign({ baked: ({ context }) => context.baked + 1 }) },
  delays: { baking: ({ context }) => context.minutes * 60_000 },
}).createMachine({
  id: "oven",
  context: ({ input }) => ({ baked: 0, minutes: input.minutes }),
  initial: "cold",
  states: {
    cold: { on: { BAKE: "hot" } },
    hot: {
      entry: ["heat", raise({ type: "BEEP" }, { delay: 1_500 })],
      exit: "cool",
      initial: "rising",
      after: { baking: { target: "cold", actions: "count" } },
      states: { rising: { on: { BEEP: "browning" } }, browning: { tags: "smells" } },
    },
  },
});

function oneOven(clock = new Clock()) {
  const log: LiveTransition[] = [];
  const options = { machine: oven, id: "oven/1", clock, onTransition: (line: LiveTransition) => log.push(line) };
  const actor = new LiveActor({ ...options, input: { minutes: 3 } });
  actor.start();
  return { actor, clock, log, options };
}

describe("a live actor", () => {
  it("runs delays on the simulation's clock", () => {
    const { actor, clock, log } = oneOven();
    actor.send({ type: "BAKE" });
    expect(actor.state).toBe("hot.rising");
    clock.advanceTo(1_499);
    expect([actor.state, actor.hasTag("smells")]).toEqual(["hot.rising", false]);
    clock.advanceTo(1_500);
    expect([actor.state, actor.hasTag("smells")]).toEqual(["hot.browning", true]);
    clock.advanceTo(180_000);
    expect([actor.state, actor.context.baked]).toEqual(["cold", 1]);
    expect(log.map(({ from, to, event, actions }) => [from, to, event.type, actions])).toEqual([
      [undefined, "cold", "xstate.init", []],
      ["cold", "hot.rising", "BAKE", ["heat"]],
      ["hot.rising", "hot.browning", "BEEP", []],
      ["hot.browning", "cold", "xstate.after.baking.oven.hot", ["cool"]],
    ]);
  });

  it("keeps its timers as data on the clock and calls them off", () => {
    const { actor, clock } = oneOven();
    actor.send({ type: "BAKE" });
    expect(clock.save().pending.map(({ dueMs, to, event }) => [dueMs, to, event])).toEqual([
      [1_500, "oven/1", { timer: "delayed-1", event: { type: "BEEP" } }],
      [180_000, "oven/1", { timer: "xstate.after.baking.oven.hot", event: { type: "xstate.after.baking.oven.hot" } }],
    ]);
    actor.stop();
    expect([clock.nextDueMs, actor.running]).toEqual([undefined, false]);
  });

  it("takes events from the clock at its address, until it is stopped", () => {
    const { actor, clock } = oneOven();
    clock.send("oven/1", { type: "BAKE" }, 10);
    clock.advanceTo(10);
    expect(actor.state).toBe("hot.rising");
    actor.stop();
    actor.send({ type: "BAKE" });
    clock.register("oven/1", () => {});
    expect(actor.state).toBe("hot.rising");
  });

  it("handles what is sent to it from its own transitions afterwards, in order", () => {
    const machine = createMachine({
      id: "ping",
      initial: "a",
      states: { a: { on: { GO: "b" } }, b: { on: { X: "c" } }, c: { on: { Y: "d" } }, d: { type: "final" } },
    });
    const log: string[] = [];
    const actor: LiveActor<typeof machine> = new LiveActor({
      machine,
      id: "ping",
      clock: new Clock(),
      onTransition: ({ to, event }) => {
        log.push(`${event.type}>${to}`);
        if (to !== "b") return;
        actor.send({ type: "X" });
        actor.send({ type: "Y" });
        log.push("sent");
      },
    });
    actor.start();
    actor.send({ type: "GO" });
    actor.send({ type: "GO" });
    expect(log).toEqual(["xstate.init>a", "GO>b", "sent", "X>c", "Y>d"]);
    expect(actor.running).toBe(false);
  });

  it("throws from send what an action, a guard or its owner throws", () => {
    const clock = new Clock();
    const fault = (): never => {
      throw new Error("broken");
    };
    const machine = setup({ actions: { fault }, guards: { fault } }).createMachine({
      id: "m",
      initial: "a",
      states: { a: { on: { ACT: { actions: "fault" }, ASK: { guard: "fault", target: "b" }, GO: "b" } }, b: {} },
    });
    const start = (id: string, onTransition?: (transition: LiveTransition) => void) => {
      const actor = new LiveActor({ machine, id, clock, onTransition });
      actor.start();
      return actor;
    };
    expect(() => start("1").send({ type: "ACT" })).toThrow("broken");
    expect(() => start("2").send({ type: "ASK" })).toThrow("broken");
    expect(() => start("3", ({ to }) => to === "b" && fault()).send({ type: "GO" })).toThrow("broken");
    expect(() => start("4", fault)).toThrow("broken");
  });

  it("never asks for wall time, chance or the console", () => {
    const forbidden = [
      vi.spyOn(Date, "now"),
      vi.spyOn(Math, "random"),
      vi.spyOn(globalThis, "setTimeout"),
      vi.spyOn(console, "log"),
      vi.spyOn(console, "warn"),
    ];
    const { actor, clock, options } = oneOven();
    actor.send({ type: "BAKE" });
    clock.advanceTo(2_000);
    const saved = actor.save();
    actor.stop();
    actor.send({ type: "BAKE" });
    LiveActor.restore({ ...options, saved, timers: "rearm" });
    clock.advanceTo(300_000);
    for (const spy of forbidden) expect(spy).not.toHaveBeenCalled();
  });

  it("refuses what has no single state, children, or a context that is not JSON", () => {
    const clock = new Clock();
    const parallel = createMachine({ id: "p", type: "parallel", states: { a: {}, b: {} } });
    expect(() => new LiveActor({ machine: parallel, id: "p", clock })).toThrow('state "p" is parallel');
    const invoking = createMachine({ id: "i", invoke: { src: createMachine({}) } });
    expect(() => new LiveActor({ machine: invoking, id: "i", clock })).toThrow('state "i" invokes an actor');
    const odd = createMachine({ id: "o", context: { when: new Map() }, initial: "a", states: { a: {} } });
    const actor = new LiveActor({ machine: odd, id: "o", clock });
    actor.start();
    expect(() => actor.save()).toThrow("the context of actor o.when is not JSON");
  });
});

/** What a run shows from outside: where it stands, what it did, what it waits for. */
function show(actor: LiveActor<typeof componentMachine>, log: LiveTransition[], clock: Clock) {
  return {
    state: actor.state,
    did: log.map(({ from, to, event, actions }) => [from, to, event.type, actions]),
    waits: actor.save().timers.map(({ id, dueMs }) => [id, dueMs]),
    nowMs: clock.nowMs,
  };
}

describe("saving and restoring a live actor", () => {
  it("is JSON without any id of chance or process", () => {
    const first = oneOven();
    const second = oneOven();
    for (const { actor, clock } of [first, second]) {
      actor.send({ type: "BAKE" });
      clock.advanceTo(1_000);
    }
    expect(first.actor.save()).toEqual(second.actor.save());
    expect(JSON.parse(JSON.stringify(first.actor.save()))).toEqual(first.actor.save());
    expect(first.actor.save().timers.map((timer) => timer.dueMs)).toEqual([1_500, 180_000]);
  });

  it("goes on in the middle of a delay, repeating no entry action", () => {
    const { actor, clock, options } = oneOven();
    actor.send({ type: "BAKE" });
    clock.advanceTo(100_000);
    const saved = actor.save();
    const later = new Clock();
    later.advanceTo(clock.nowMs);
    const log: LiveTransition[] = [];
    const restored = LiveActor.restore({
      ...options,
      clock: later,
      saved,
      timers: "rearm",
      onTransition: (line) => log.push(line),
    });
    expect([restored.state, restored.context, log]).toEqual(["hot.browning", { baked: 0, minutes: 3 }, []]);
    later.advanceTo(179_999);
    expect(restored.state).toBe("hot.browning");
    later.advanceTo(180_000);
    expect([restored.state, restored.context.baked]).toEqual(["cold", 1]);
    expect(log.map(({ from, to, actions }) => [from, to, actions])).toEqual([["hot.browning", "cold", ["cool"]]]);
  });

  it("restores a stopped actor as stopped, and refuses another machine's state", () => {
    const { actor, clock, options } = oneOven();
    actor.stop();
    const restored = LiveActor.restore({ ...options, saved: actor.save(), timers: "on-clock" });
    restored.send({ type: "BAKE" });
    expect([restored.state, restored.running, clock.nextDueMs]).toEqual(["cold", false, undefined]);
    const wrong = { machine: componentMachine, id: "x", clock, saved: actor.save(), timers: "rearm" } as const;
    expect(() => LiveActor.restore(wrong)).toThrow('state of machine "oven" given to a "component"');
  });

  const step = fc.oneof(
    fc.constantFrom("START", "STOP", "CRASHED", "API_DOWN", "API_UP", "SYNCED", "ELECTED", "LOST"),
    fc.constantFrom(0, 300, 1_000, 9_000),
  );
  const script = fc.array(step, { maxLength: 25 });

  it.each(["on-clock", "rearm"] as const)("at any moment changes nothing of what follows (%s)", (timers) => {
    const property = fc.property(script, script, (before, after) => {
      const clock = new Clock();
      const log: LiveTransition[] = [];
      const options = {
        machine: componentMachine,
        id: "component/1",
        onTransition: (line: LiveTransition) => void log.push(line),
      };
      const actor = new LiveActor({ ...options, clock, input: { election: "after-sync" } });
      actor.start();
      const play = (on: typeof actor, time: Clock, steps: (string | number)[]) => {
        for (const each of steps) {
          if (typeof each === "number") time.advanceTo(time.nowMs + each);
          else on.send({ type: each } as Parameters<typeof on.send>[0]);
        }
      };
      play(actor, clock, before);
      const saved = JSON.parse(JSON.stringify(actor.save())) as SavedActor;
      const clockSaved = clock.save();
      log.length = 0;
      play(actor, clock, after);
      const uninterrupted = show(actor, log, clock);

      const otherClock = new Clock();
      otherClock.load(timers === "on-clock" ? clockSaved : { ...clockSaved, pending: [] });
      log.length = 0;
      const restored = LiveActor.restore({ ...options, clock: otherClock, saved, timers });
      play(restored, otherClock, after);
      expect(show(restored, log, otherClock)).toEqual(uninterrupted);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
