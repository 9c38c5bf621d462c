import type { AnyStateMachine } from "xstate";

/** What we read of xstate's own StateNode, which types most of it as `any`. */
export interface Node {
  readonly id: string;
  readonly key: string;
  readonly type: "atomic" | "compound" | "parallel" | "final" | "history";
  readonly path: readonly string[];
  readonly order: number;
  readonly parent?: Node;
  readonly states: Readonly<Record<string, Node>>;
  readonly initial: { readonly target: readonly Node[]; readonly actions: readonly unknown[] };
  readonly transitions: ReadonlyMap<string, readonly Transition[]>;
  readonly always?: readonly Transition[];
  readonly config: NodeConfig;
  readonly description?: string;
  readonly meta?: unknown;
  readonly tags: readonly string[];
}

/** The raw configuration: without the `raise` and `cancel` actions that xstate adds to entry and exit for `after`. */
export interface NodeConfig {
  readonly entry?: unknown;
  readonly exit?: unknown;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly invoke?: unknown;
  readonly output?: unknown;
  readonly route?: unknown;
}

export interface Transition {
  readonly source: Node;
  readonly target?: readonly Node[];
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly reenter: boolean;
  readonly eventType: string;
}

/** An `after` of a state: the delay (virtual ms, or the name of one) and the event that its end is announced by. */
export interface Delay {
  readonly delay: number | string;
  readonly event: string;
}

export function rootOf(machine: AnyStateMachine): Node {
  return machine.root as unknown as Node;
}

/** A state's dotted name inside its machine, "running.ready"; the root's is "". */
export function nodeName(node: Node): string {
  return node.path.join(".");
}

/** The node and all below it, in document order. */
export function walk(node: Node): Node[] {
  return [node, ...Object.values(node.states).flatMap(walk)];
}

/** The node and its ancestors, innermost first. */
export function chainOf(node: Node): Node[] {
  return node.parent === undefined ? [node] : [node, ...chainOf(node.parent)];
}

export function isBelow(node: Node, ancestor: Node | undefined): boolean {
  let mark = node;
  while (mark.parent !== undefined && mark.parent !== ancestor) mark = mark.parent;
  return mark.parent === ancestor;
}

/** The `after` delays a node declares, in the order in which xstate starts them. */
export function delaysOfNode(node: Node): Delay[] {
  return Object.keys(node.config.after ?? {}).map((key) => {
    const delay = Number.isNaN(+key) ? key : +key;
    return Object.freeze({ delay, event: `xstate.after.${delay}.${node.id}` });
  });
}

/** xstate's state value (`"idle"`, `{running: "ready"}`) as a dotted name. */
export function stateName(value: unknown): string {
  if (typeof value === "string") return value;
  const [key, inner] = Object.entries(value as Record<string, unknown>)[0] ?? ["", ""];
  return inner === "" ? key : `${key}.${stateName(inner)}`;
}

export function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
