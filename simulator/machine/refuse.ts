import type { AnyStateMachine } from "xstate";
import { asList, type Node, nodeName, rootOf, type Transition, walk } from "./nodes.ts";

/** A definition uses something that a transition table can't carry. */
export class CannotCompile extends Error {
  override readonly name = "CannotCompile";
}

/** Goes through the whole definition and throws CannotCompile at the first thing that a table can't carry. */
export function refuseWhatTablesCannotCarry(machine: AnyStateMachine): void {
  const root = rootOf(machine);
  if (Object.keys(root.states).length === 0) refuse(root, "has no states");
  for (const node of walk(root)) {
    refuseNode(node);
    const own = [...asList(node.config.entry), ...asList(node.config.exit), ...node.initial.actions];
    for (const action of own) actionName(machine, node, action);
    for (const key of Object.keys(node.config.after ?? {})) refuseDelay(machine, node, key);
    for (const transition of [...[...node.transitions.values()].flat(), ...(node.always ?? [])]) {
      refuseTransition(machine, node, transition);
    }
  }
}

/** The name of an action in the chart. */
export function actionName(machine: AnyStateMachine, node: Node, action: unknown): string {
  const name = nameOf(action);
  if (name === undefined) {
    const builtIn = typeof action === "function" && "type" in action ? ` (${String(action.type)})` : "";
    return refuse(node, `has an inline action${builtIn}; name it in setup`);
  }
  if (hasParams(action)) refuse(node, `gives the action "${name}" params`);
  const implementation: unknown = machine.implementations.actions[name];
  if (typeof implementation === "function" && "resolve" in implementation) {
    const type = "type" in implementation ? String(implementation.type) : "built in";
    refuse(node, `uses the action "${name}", which is xstate's own ${type}: a table holds no context and no actors`);
  }
  return name;
}

/** The name of a transition's guard, or undefined when it has none. */
export function guardName(machine: AnyStateMachine, node: Node, guard: unknown): string | undefined {
  if (guard === undefined) return undefined;
  const name = nameOf(guard);
  if (name === undefined) return refuse(node, "has an inline guard; name it in setup");
  if (hasParams(guard)) refuse(node, `gives the guard "${name}" params`);
  const implementation: unknown = machine.implementations.guards[name];
  if (typeof implementation !== "function") return refuse(node, `uses the guard "${name}", which setup doesn't define`);
  if ("check" in implementation) {
    refuse(node, `uses the guard "${name}", which is made by and, or, not or stateIn; write it as one function`);
  }
  return name;
}

function refuseNode(node: Node): void {
  if (node.type === "parallel") refuse(node, "is parallel");
  if (node.type === "history") refuse(node, "is a history state");
  if (node.config.invoke !== undefined) refuse(node, "invokes an actor");
  if (node.config.output !== undefined) refuse(node, "has an output");
  if (node.config.route !== undefined) refuse(node, "has a route");
  if (node.key.includes(".") && node.parent !== undefined) refuse(node, "has a dot in its name");
}

function refuseTransition(machine: AnyStateMachine, node: Node, transition: Transition): void {
  if (transition.eventType !== "*" && transition.eventType.includes("*")) {
    refuse(node, `has the wildcard "${transition.eventType}"; only "*" is carried`);
  }
  if ((transition.target?.length ?? 0) > 1) refuse(node, `has several targets on "${transition.eventType}"`);
  for (const action of transition.actions) actionName(machine, node, action);
  guardName(machine, node, transition.guard);
}

function refuseDelay(machine: AnyStateMachine, node: Node, key: string): void {
  if (!Number.isNaN(+key)) return;
  const delay: unknown = machine.implementations.delays[key];
  if (typeof delay !== "number" && typeof delay !== "function") {
    refuse(node, `uses the delay "${key}", which setup doesn't define`);
  }
}

function nameOf(reference: unknown): string | undefined {
  if (typeof reference === "string") return reference;
  if (typeof reference === "object" && reference !== null && "type" in reference) return String(reference.type);
  return undefined;
}

function hasParams(reference: unknown): boolean {
  return typeof reference === "object" && reference !== null && "params" in reference;
}

function refuse(node: Node, what: string): never {
  const where =
    node.parent === undefined ? `machine "${node.id}"` : `state "${nodeName(node)}" of machine "${rootId(node)}"`;
  throw new CannotCompile(`${where} ${what}`);
}

function rootId(node: Node): string {
  return node.parent === undefined ? node.id : rootId(node.parent);
}
