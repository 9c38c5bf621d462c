import type { AnyStateMachine, ContextFrom } from "xstate";
import { assert, present } from "../base/assert.ts";
import { chainOf, type Delay, delaysOfNode, type Node, nodeName, rootOf, type Transition, walk } from "./nodes.ts";
import { guardName, refuseWhatTablesCannotCarry } from "./refuse.ts";
import { type Effect, initialStep, type Step, stepOf } from "./steps.ts";

export type { Delay } from "./nodes.ts";

/** What an event did. Frozen, and shared between all calls where no later guard had a say: never keep state in it. */
export interface Outcome {
  readonly state: string;
  /** Names of the actions, in xstate's order: exits from the inside out, the transition's own, entries. */
  readonly actions: readonly string[];
  /** `after` events to call off; do this before starting new ones. */
  readonly timersToCancel: readonly string[];
  /**
   * `after` delays that began: send `event` back to the machine when `delay` is over. Ask `delayMs` with the event that
   * gave this outcome (xstate asks with the one of the microstep; it differs only after a nested state's end).
   */
  readonly timersToStart: readonly Delay[];
}

export interface MachineEvent {
  readonly type: string;
}

/**
 * A machine as a table: for those who have thousands. It holds no state; the caller keeps the state's name and the
 * timers. `Arg` is what guards see as `context`.
 */
export interface CompiledMachine<Arg = unknown> {
  readonly id: string;
  /** Names of all states one can be in (innermost ones), in document order; nested ones are dotted. */
  readonly states: readonly string[];
  /** The outcome of starting; throws when a guarded `always` has a say in it: use `start` then. */
  readonly initial: Outcome;
  start(arg?: Arg): Outcome;
  /**
   * The outcome of an event, or undefined when the state doesn't handle it (the machine's end handles none).
   * `event` is what guards see; leave it out when none reads more than its type.
   */
  transition(state: string, eventType: string, arg?: Arg, event?: MachineEvent): Outcome | undefined;
  /** All `after` delays that run while in a state, outermost first. */
  delaysOf(state: string): readonly Delay[];
  /** A delay in virtual milliseconds; named ones are asked of the machine's own implementations. */
  delayMs(delay: number | string, arg?: Arg, event?: MachineEvent): number;
  tags(state: string): readonly string[];
  meta(state: string): unknown;
  description(state: string): string | undefined;
  /** Whether the machine is over in this state. */
  isFinal(state: string): boolean;
}

type Guard = (args: { context: unknown; event: MachineEvent }) => boolean;

interface Candidate {
  readonly guard?: Guard;
  readonly step: Step;
  /** The whole outcome, where it depends on no guard after this one. */
  outcome?: Outcome;
}

interface Leaf {
  readonly node: Node;
  readonly over: boolean;
  readonly rows: ReadonlyMap<string, readonly Candidate[]>;
  /** What "*" does with an event that no row names. */
  readonly others: readonly Candidate[];
  readonly always: readonly Candidate[];
  readonly delays: readonly Delay[];
  readonly tags: readonly string[];
}

/** Answers a guard; undefined when it can't be known yet (while compiling). */
type Ask = (guard: Guard, internalEvent: string | undefined) => boolean | undefined;

/** More microsteps than this on one event is an endless loop in the chart. */
const microstepLimit = 1_000;

/** Turns an xstate definition into a table; throws CannotCompile, naming state and cause, on what it can't carry. */
export function compileMachine<Machine extends AnyStateMachine>(
  machine: Machine,
): CompiledMachine<ContextFrom<Machine>> {
  refuseWhatTablesCannotCarry(machine);
  return new Table(machine) as CompiledMachine<ContextFrom<Machine>>;
}

class Table implements CompiledMachine {
  readonly id: string;
  readonly states: readonly string[];
  readonly #machine: AnyStateMachine;
  readonly #leaves = new Map<string, Leaf>();
  readonly #first: Step;
  readonly #initial: Outcome | undefined;

  constructor(machine: AnyStateMachine) {
    this.id = machine.id;
    this.#machine = machine;
    const nodes = walk(rootOf(machine)).filter((node) => node.type !== "compound");
    const eventTypes = eventTypesOf(machine);
    for (const node of nodes) this.#leaves.set(nodeName(node), leafOf(machine, node, eventTypes));
    this.states = Object.freeze([...this.#leaves.keys()]);
    this.#first = initialStep(machine, rootOf(machine));
    this.#initial = this.#settle(this.#first, nothingKnown);
    for (const leaf of this.#leaves.values()) {
      for (const candidates of [...leaf.rows.values(), leaf.others]) {
        for (const candidate of candidates) candidate.outcome = this.#settle(candidate.step, nothingKnown);
      }
    }
  }

  get initial(): Outcome {
    return present(this.#initial, `machine "${this.id}" starts through a guarded always: call start(arg)`);
  }

  start(arg?: unknown): Outcome {
    if (this.#initial !== undefined) return this.#initial;
    return this.#decided(this.#settle(this.#first, asking(arg, { type: "xstate.init" })));
  }

  transition(state: string, eventType: string, arg?: unknown, event?: MachineEvent): Outcome | undefined {
    const leaf = this.#leaf(state);
    if (leaf.over) return undefined;
    for (const candidate of leaf.rows.get(eventType) ?? leaf.others) {
      if (candidate.guard !== undefined && !candidate.guard({ context: arg, event: event ?? { type: eventType } }))
        continue;
      if (candidate.outcome !== undefined) return candidate.outcome;
      return this.#decided(this.#settle(candidate.step, asking(arg, event ?? { type: eventType })));
    }
    if (leaf.always.length === 0) return undefined;
    // As in xstate, guards of eventless transitions are asked again on every event, even one that nothing handles.
    const ask = asking(arg, event ?? { type: eventType });
    const eventless = pick(leaf.always, ask, undefined);
    return eventless ? this.#decided(this.#settle(eventless.step, ask, eventless)) : undefined;
  }

  delaysOf(state: string): readonly Delay[] {
    return this.#leaf(state).delays;
  }

  delayMs(delay: number | string, arg?: unknown, event: MachineEvent = { type: "xstate.init" }): number {
    if (typeof delay === "number") return delay;
    const implementation: unknown = this.#machine.implementations.delays[delay];
    const value = typeof implementation === "function" ? implementation({ context: arg, event }) : implementation;
    assert(typeof value === "number", `delay "${delay}" of machine "${this.id}" is not a number`);
    return value;
  }

  tags(state: string): readonly string[] {
    return this.#leaf(state).tags;
  }

  meta(state: string): unknown {
    return this.#leaf(state).node.meta;
  }

  description(state: string): string | undefined {
    return this.#leaf(state).node.description;
  }

  isFinal(state: string): boolean {
    return this.#leaf(state).over;
  }

  #leaf(state: string): Leaf {
    const leaf = this.#leaves.get(state);
    assert(leaf !== undefined, `machine "${this.id}" has no state "${state}"`);
    return leaf;
  }

  #decided(outcome: Outcome | undefined): Outcome {
    return present(outcome, `machine "${this.id}" left a guard unanswered`);
  }

  /**
   * Follows a step with the eventless transitions and self-sent events it leads to, until the machine rests. Undefined
   * when that depends on a guard that `ask` can't answer. `eventless` is the transition that made the step, if it was
   * one. Models xstate's macrostep.
   */
  #settle(first: Step, ask: Ask, eventless?: Candidate): Outcome | undefined {
    const steps = [first];
    const queue = [...first.raised];
    let step = first;
    let internalEvent: string | undefined;
    // An eventless transition that stays where it is must not be asked again, or it would never end.
    let askEventless = eventless === undefined || step.moved;
    while (!step.done) {
      const leaf = this.#leaf(nodeName(step.leaf));
      let next = askEventless ? pick(leaf.always, ask, internalEvent) : undefined;
      if (next === null) return undefined;
      const isEventless = next !== undefined;
      if (next === undefined) {
        internalEvent = queue.shift();
        if (internalEvent === undefined) break;
        next = pick(leaf.rows.get(internalEvent) ?? leaf.others, ask, internalEvent);
        if (next === null) return undefined;
      }
      askEventless = !isEventless || (next?.step.moved ?? true);
      if (next === undefined) continue;
      step = next.step;
      steps.push(step);
      queue.push(...step.raised);
      assert(
        steps.length <= microstepLimit,
        `state "${nodeName(step.leaf)}" of machine "${this.id}" is in an endless loop of eventless transitions`,
      );
    }
    return outcomeOf(
      nodeName(step.leaf),
      steps.flatMap((each) => each.effects),
    );
  }
}

/** The first candidate whose guard passes; undefined when none does, null when that can't be known yet. */
function pick(
  candidates: readonly Candidate[],
  ask: Ask,
  internalEvent: string | undefined,
): Candidate | undefined | null {
  for (const candidate of candidates) {
    const passes = candidate.guard === undefined || ask(candidate.guard, internalEvent);
    if (passes === undefined) return null;
    if (passes) return candidate;
  }
  return undefined;
}

const nothingKnown: Ask = () => undefined;

function asking(arg: unknown, event: MachineEvent): Ask {
  return (guard, internalEvent) =>
    guard({ context: arg, event: internalEvent === undefined ? event : { type: internalEvent } });
}

function outcomeOf(state: string, effects: readonly Effect[]): Outcome {
  const actions: string[] = [];
  const cancels = new Set<string>();
  const starts = new Map<string, Delay>();
  for (const effect of effects) {
    if (effect.kind === "action") actions.push(effect.name);
    else if (effect.kind === "start") starts.set(effect.delay.event, effect.delay);
    else {
      cancels.add(effect.event);
      starts.delete(effect.event);
    }
  }
  return Object.freeze({
    state,
    actions: Object.freeze(actions),
    timersToCancel: Object.freeze([...cancels]),
    timersToStart: Object.freeze([...starts.values()]),
  });
}

function eventTypesOf(machine: AnyStateMachine): Set<string> {
  const types = new Set<string>();
  for (const node of walk(rootOf(machine))) {
    for (const type of node.transitions.keys()) if (type !== "*") types.add(type);
    if (node.type === "compound") types.add(`xstate.done.state.${node.id}`);
  }
  return types;
}

function leafOf(machine: AnyStateMachine, node: Node, eventTypes: ReadonlySet<string>): Leaf {
  const chain = chainOf(node);
  const toCandidates = (transitions: readonly Transition[]) =>
    transitions.map((transition) => candidateOf(machine, node, transition));
  const rows = new Map<string, readonly Candidate[]>();
  for (const type of eventTypes) {
    const transitions = chain.flatMap((each) => [
      ...(each.transitions.get(type) ?? []),
      ...(each.transitions.get("*") ?? []),
    ]);
    rows.set(type, toCandidates(transitions));
  }
  return {
    node,
    over: node.type === "final" && node.parent?.parent === undefined,
    rows,
    others: toCandidates(chain.flatMap((each) => each.transitions.get("*") ?? [])),
    always: toCandidates(chain.flatMap((each) => each.always ?? [])),
    delays: Object.freeze([...chain].reverse().flatMap(delaysOfNode)),
    tags: Object.freeze([...new Set([...chain].reverse().flatMap((each) => each.tags))]),
  };
}

function candidateOf(machine: AnyStateMachine, leaf: Node, transition: Transition): Candidate {
  const guard = guardName(machine, transition.source, transition.guard);
  const step = stepOf(machine, leaf, transition);
  return guard === undefined ? { step } : { guard: machine.implementations.guards[guard] as Guard, step };
}
