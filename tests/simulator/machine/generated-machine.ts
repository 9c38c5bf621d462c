import fc from "fast-check";
import type { AnyStateMachine } from "xstate";
import { BrokenInvariant } from "../../../simulator/base/assert.ts";
import { compileMachine } from "../../../simulator/machine/compile.ts";
import { testSetup } from "./definitions.ts";

const actions = fc.subarray(["a0", "a1", "a2", "a3"], { maxLength: 2 });
const guard = fc.option(fc.constantFrom("flagged", "big", "even", "isB"), { nil: undefined });

const state = fc.record({
  /** Picks the parent among the machine itself and the states before this one. */
  parent: fc.nat(),
  final: fc.nat({ max: 5 }).map((n) => n === 0),
  entry: actions,
  exit: actions,
  initialActions: actions,
});

const transition = fc.record({
  from: fc.nat(),
  to: fc.option(fc.nat(), { nil: undefined, freq: 6 }),
  on: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("A", "B", "C", "*") },
    {
      weight: 3,
      arbitrary: fc.constantFrom("after:100", "after:700", "after:short", "after:byLimit"),
    },
    { weight: 1, arbitrary: fc.constantFrom("always", "done") },
  ),
  reenter: fc.boolean(),
  guard,
  actions,
});

type StateDraft = Record<string, unknown> & { states?: Record<string, StateDraft> };
type Made = { states: readonly StateDraft[]; root: StateDraft };

/** A tree of states from a flat list: each hangs below the machine or an earlier state that isn't final. */
function makeStates(
  drafts: readonly { parent: number; final: boolean; entry: string[]; exit: string[]; initialActions: string[] }[],
): Made {
  const root: StateDraft = { id: "s" };
  const open: StateDraft[] = [root];
  const states = drafts.map((draft, index) => {
    const parent = open[index === 0 ? 0 : draft.parent % open.length] ?? root;
    const key = `s${index}`;
    const made: StateDraft = { id: key, entry: draft.entry, exit: draft.exit };
    if (parent.states === undefined) parent.initial = { target: key, actions: draft.initialActions };
    parent.states = { ...parent.states, [key]: made };
    if (draft.final && index > 0) made.type = "final";
    else open.push(made);
    return made;
  });
  return { states, root };
}

function addTransition(
  { states, root }: Made,
  drawn: { from: number; to: number | undefined; on: string; [key: string]: unknown },
): void {
  const all = [root, ...states];
  const from = all[drawn.from % all.length] as StateDraft;
  const target = drawn.to === undefined ? undefined : `#${String(all[drawn.to % all.length]?.id)}`;
  const made = { target, reenter: drawn.reenter, guard: drawn.guard, actions: drawn.actions };
  const [kind, delay] = drawn.on.split(":");
  if (kind === "done" && from.states === undefined) return;
  if (kind === "always" || kind === "done") {
    const key = kind === "always" ? "always" : "onDone";
    from[key] = [...((from[key] as unknown[]) ?? []), made];
    return;
  }
  const table = kind === "after" ? "after" : "on";
  const known = (from[table] ?? {}) as Record<string, unknown[]>;
  const key = delay ?? drawn.on;
  from[table] = { ...known, [key]: [...(known[key] ?? []), made] };
}

/**
 * Configurations of machines with nesting, final states, guards, delays, eventless transitions and wildcards, all drawn by
 * chance. No delay reads its event: a table asks with the outer event where xstate asks with a self-sent one.
 */
export const generatedConfig: fc.Arbitrary<object> = fc
  .record({
    states: fc.array(state, { minLength: 2, maxLength: 9 }),
    transitions: fc.array(transition, { minLength: 3, maxLength: 24 }),
  })
  .map(({ states, transitions }): object => {
    const made = makeStates(states);
    for (const drawn of transitions) addTransition(made, drawn);
    return made.root;
  })
  .filter((config) => compiles(machineOf(config)));

export function machineOf(config: object): AnyStateMachine {
  // Guarded endless loops hang xstate: let it give up soon.
  const full = { ...config, context: ({ input }: { input: object }) => input, options: { maxIterations: 100 } };
  return testSetup.createMachine(full as Parameters<typeof testSetup.createMachine>[0]);
}

/** Whether no unguarded endless loop is in it: those are refused while compiling, even where nothing leads to them. */
function compiles(machine: AnyStateMachine): boolean {
  try {
    compileMachine(machine);
    return true;
  } catch (error) {
    if (error instanceof BrokenInvariant) return false;
    throw error;
  }
}
