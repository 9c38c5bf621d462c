import type { AnyStateMachine } from "xstate";
import { asList, chainOf, type Delay, delaysOfNode, isBelow, type Node, type Transition } from "./nodes.ts";
import { actionName } from "./refuse.ts";

/** What one microstep of a machine does: fixed by the state it starts from and the transition it takes. */
export interface Step {
  /** The innermost state after the step. */
  readonly leaf: Node;
  readonly moved: boolean;
  readonly effects: readonly Effect[];
  /** Events the machine sends to itself: a compound state inside it reached its end. */
  readonly raised: readonly string[];
  /** The machine reached its end. */
  readonly done: boolean;
}

export type Effect =
  | { readonly kind: "action"; readonly name: string }
  | { readonly kind: "start"; readonly delay: Delay }
  | { readonly kind: "cancel"; readonly event: string };

/** The step that enters the machine's initial state, its root and all on the way. */
export function initialStep(machine: AnyStateMachine, root: Node): Step {
  const path = initialPath(root);
  const active = new Set<Node>();
  const effects: Effect[] = [];
  const end = enter(machine, path, new Set(path), active, effects);
  return { leaf: leafOf(active), moved: true, effects, ...end };
}

/** The step that `transition` makes when `leaf` is the active innermost state. Models xstate's microstep (SCXML). */
export function stepOf(machine: AnyStateMachine, leaf: Node, transition: Transition): Step {
  const active = new Set(chainOf(leaf));
  const effects: Effect[] = [];
  const target = transition.target?.[0];
  const domain = target === undefined ? undefined : domainOf(transition, target);
  if (target !== undefined) {
    const exits = [...active].filter((node) => isBelow(node, domain)).sort((a, b) => b.order - a.order);
    for (const node of exits) {
      leave(machine, node, effects);
      active.delete(node);
    }
  }
  for (const action of transition.actions) {
    effects.push({ kind: "action", name: actionName(machine, transition.source, action) });
  }
  if (target === undefined) return { leaf, moved: false, effects, raised: [], done: false };
  const { entries, byDefault } = entrySet(transition, target, domain);
  const end = enter(machine, entries, byDefault, active, effects);
  const reached = leafOf(active);
  return { leaf: reached, moved: reached !== leaf, effects, ...end };
}

/** The state that stays active during the transition and inside which all happens; undefined: the root goes too. */
function domainOf(transition: Transition, target: Node): Node | undefined {
  const { source, reenter } = transition;
  if (!reenter && (target === source || isBelow(target, source))) return source;
  const common = chainOf(target)
    .slice(1)
    .find((ancestor) => isBelow(source, ancestor));
  if (common !== undefined || reenter) return common;
  return chainOf(source).at(-1);
}

function entrySet(transition: Transition, target: Node, domain: Node | undefined) {
  const entries = new Set<Node>();
  const byDefault = new Set<Node>();
  const isOwnDomain = target === transition.source && target === domain && !transition.reenter;
  for (const node of initialPath(target)) {
    if (node === target && isOwnDomain) continue;
    entries.add(node);
    byDefault.add(node);
  }
  for (const ancestor of chainOf(target).slice(1)) {
    if (ancestor === domain) break;
    if (domain === undefined || isBelow(ancestor, domain)) entries.add(ancestor);
  }
  return { entries: [...entries], byDefault };
}

function enter(
  machine: AnyStateMachine,
  entries: readonly Node[],
  byDefault: ReadonlySet<Node>,
  active: Set<Node>,
  effects: Effect[],
): { raised: string[]; done: boolean } {
  const raised: string[] = [];
  let done = false;
  for (const node of [...entries].sort((a, b) => a.order - b.order)) {
    // xstate enters the root anew without leaving it when a state inside targets it: its timers begin again.
    if (active.has(node)) cancelDelays(node, effects);
    active.add(node);
    for (const action of asList(node.config.entry)) {
      effects.push({ kind: "action", name: actionName(machine, node, action) });
    }
    for (const delay of delaysOfNode(node)) effects.push({ kind: "start", delay });
    if (byDefault.has(node)) {
      for (const action of node.initial.actions) {
        effects.push({ kind: "action", name: actionName(machine, node, action) });
      }
    }
    if (node.type !== "final" || node.parent === undefined) continue;
    if (node.parent.parent === undefined) done = true;
    else raised.push(`xstate.done.state.${node.parent.id}`);
  }
  if (done) for (const node of [...active].sort((a, b) => b.order - a.order)) leave(machine, node, effects);
  return { raised, done };
}

function leave(machine: AnyStateMachine, node: Node, effects: Effect[]): void {
  for (const action of asList(node.config.exit)) {
    effects.push({ kind: "action", name: actionName(machine, node, action) });
  }
  cancelDelays(node, effects);
}

function cancelDelays(node: Node, effects: Effect[]): void {
  for (const delay of delaysOfNode(node)) effects.push({ kind: "cancel", event: delay.event });
}

/** A node and the initial states below it, outermost first. */
function initialPath(node: Node): Node[] {
  const child = node.type === "compound" ? node.initial.target[0] : undefined;
  return child === undefined ? [node] : [node, ...initialPath(child)];
}

function leafOf(active: ReadonlySet<Node>): Node {
  return [...active].reduce((deepest, node) => (node.path.length > deepest.path.length ? node : deepest));
}
