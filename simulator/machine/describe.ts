import type { AnyStateMachine } from "xstate";
import { asList, chainOf, type Node, nodeName, rootOf, type Transition, walk } from "./nodes.ts";

export interface DescribedState {
  /** Dotted name, as executors give it. */
  readonly id: string;
  readonly parent?: string;
  readonly type: Node["type"];
  /** Whether it is what its parent (or the machine) starts in. */
  readonly initial: boolean;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
}

export interface DescribedTransition {
  /** A state's id; "" is the machine itself: the transition is open in every state. */
  readonly from: string;
  /** A state's id; the same as `from` when the transition only acts. */
  readonly to: string;
  /** What sets it off: an event, the end of a delay, nothing (as soon as its guard allows), the end of a nested state. */
  readonly kind: "event" | "after" | "always" | "done";
  /** The event's name ("*" is any); the kind's name where there is no event of the machine's own. */
  readonly event: string;
  readonly guard?: string;
  /** Virtual milliseconds, or the delay's name. */
  readonly delay?: number | string;
  readonly actions: readonly string[];
}

export interface DescribedMachine {
  readonly id: string;
  readonly description?: string;
  readonly states: readonly DescribedState[];
  readonly transitions: readonly DescribedTransition[];
}

/** A machine as plain JSON, for drawing its diagram from the definition itself. Takes any, compilable or not. */
export function describeMachine(machine: AnyStateMachine): DescribedMachine {
  const root = rootOf(machine);
  const nodes = walk(root);
  return {
    id: machine.id,
    ...(root.description === undefined ? {} : { description: root.description }),
    states: nodes.filter((node) => node !== root).map(describeState),
    transitions: nodes.flatMap((node) =>
      [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
        .filter((transition) => transition.target !== undefined || transition.actions.length > 0)
        .flatMap((transition) => describeTransition(node, transition)),
    ),
  };
}

function describeState(node: Node): DescribedState {
  const parent = node.parent;
  return {
    id: nodeName(node),
    ...(parent?.parent === undefined ? {} : { parent: nodeName(parent) }),
    type: node.type,
    initial: parent?.type === "compound" && parent.initial.target[0] === node,
    ...(node.description === undefined ? {} : { description: node.description }),
    tags: node.tags,
    entry: asList(node.config.entry).map(label),
    exit: asList(node.config.exit).map(label),
  };
}

function describeTransition(node: Node, transition: Transition): DescribedTransition[] {
  const from = nodeName(node);
  const targets = transition.target ?? [node];
  return targets.map((target) => ({
    from,
    to: nodeName(target),
    ...trigger(node, transition),
    ...(transition.guard === undefined ? {} : { guard: label(transition.guard) }),
    actions: transition.actions.map(label),
  }));
}

function trigger(node: Node, transition: Transition): Pick<DescribedTransition, "kind" | "event" | "delay"> {
  const { delay } = transition as { delay?: number | string };
  if (delay !== undefined) return { kind: "after", event: "after", delay };
  if (transition.eventType === "") return { kind: "always", event: "always" };
  const isEnd = chainOf(node).some((each) => transition.eventType === `xstate.done.state.${each.id}`);
  return isEnd ? { kind: "done", event: "done" } : { kind: "event", event: transition.eventType };
}

/** The name of an action or guard; xstate's own ("assign", "and") by their kind. */
function label(reference: unknown): string {
  if (typeof reference === "string") return reference;
  if (typeof reference === "function" && !("type" in reference)) return reference.name || "inline";
  return String((reference as { type: unknown }).type).replace(/^xstate\./, "");
}
