import { Graph, layout } from "@dagrejs/dagre";
import type { MachineDescription } from "../../session/session.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}
export interface PlacedState {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly initial: boolean;
  readonly final: boolean;
}
export interface PlacedTransition {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** One line for each transition between the same two states. */
  readonly label: string;
  readonly path: string;
  readonly labelAt: Point;
}
export interface MachineLayout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  /** States around others, as boxes behind them. */
  readonly groups: readonly {
    readonly id: string;
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly transitions: readonly PlacedTransition[];
  /** What is open in every state, in words: lines from everywhere would hide the rest. */
  readonly anywhere: readonly string[];
}

const LETTER = 7.2;
const LABEL_LETTER = 6.2;
const LINE = 14;
const HEIGHT = 32;

/** A state's own name, without those of the states around it. */
function shortName(id: string): string {
  return id.slice(id.lastIndexOf(".") + 1);
}

function labelOf({ kind, event, delay, guard }: MachineDescription["transitions"][number]): string {
  const name = kind === "after" ? `after ${showDelay(delay)}` : kind === "always" ? "" : event;
  return [name, guard === undefined ? "" : `[${guard}]`].filter(Boolean).join(" ");
}

function showDelay(delay: string | number | undefined): string {
  if (typeof delay !== "number") return delay ?? "";
  return delay >= 1000 ? `${delay / 1000} s` : `${delay} ms`;
}

/** A machine laid out from top to bottom, lines routed around its states. */
export function layoutMachine(machine: MachineDescription): MachineLayout {
  const lines = linesOf(machine);
  const leaves = machine.states.filter(isLeaf);
  const around = machine.states.filter(({ id }) => leaves.some(({ parent }) => parent === id));
  const graph = new Graph({ compound: true });
  graph.setGraph({ rankdir: "TB", nodesep: 26, edgesep: 16, ranksep: 24, marginx: 6, marginy: 6 });
  for (const { id } of leaves) {
    graph.setNode(id, { width: Math.max(76, shortName(id).length * LETTER + 26), height: HEIGHT });
  }
  for (const { id } of around) graph.setNode(id, {});
  for (const { id, parent } of leaves) if (parent && graph.hasNode(parent)) graph.setParent(id, parent);
  for (const { from, to, label } of lines.values()) {
    const texts = label.split("\n");
    const width = Math.max(...texts.map((text) => text.length)) * LABEL_LETTER + 8;
    graph.setEdge(from, to, { width, height: texts.length * LINE, labelpos: "c" });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const boxOf = (id: string) => {
    const box = graph.node(id);
    return { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height };
  };
  return {
    width,
    height,
    states: leaves.map(({ id, initial, type }) => {
      return { id, label: shortName(id), initial, final: type === "final", ...boxOf(id) };
    }),
    groups: around.map(({ id }) => ({ id, label: shortName(id), ...boxOf(id) })),
    transitions: [...lines.values()].map((line) => {
      const edge = graph.edge(line.from, line.to) as { points: readonly Point[]; x: number; y: number };
      return { ...line, path: smooth(edge.points), labelAt: { x: edge.x, y: edge.y } };
    }),
    anywhere: machine.transitions
      .filter(({ from, to }) => from === "" && to !== "")
      .map((transition) => `${labelOf(transition)} → ${shortName(transition.to)}`),
  };
}

function isLeaf({ type }: MachineDescription["states"][number]): boolean {
  return type === "atomic" || type === "final";
}

/** Transitions between the same two states share one line and one label. */
function linesOf(machine: MachineDescription) {
  const known = new Set(machine.states.filter(isLeaf).map(({ id }) => id));
  const lines = new Map<string, { id: string; from: string; to: string; label: string }>();
  for (const transition of machine.transitions) {
    const from = leafOf(machine, transition.from, known);
    const to = leafOf(machine, transition.to, known);
    // What only acts and leaves the state as it is would be a loop on every box: left out.
    if (from === undefined || to === undefined || from === to) continue;
    const id = `${from}->${to}`;
    const before = lines.get(id);
    const label = labelOf(transition);
    lines.set(id, { id, from, to, label: before ? `${before.label}\n${label}` : label });
  }
  return lines;
}

/** The state a line is drawn to: of a compound state, the one it begins in. */
function leafOf(machine: MachineDescription, id: string, leaves: ReadonlySet<string>): string | undefined {
  if (leaves.has(id)) return id;
  const inside = machine.states.filter((state) => state.parent === id);
  const first = inside.find((state) => state.initial) ?? inside[0];
  return first && first.id !== id ? leafOf(machine, first.id, leaves) : undefined;
}

/** A line through points, its corners rounded: straight to the middle of each leg, bent around each point. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x},${first.y}`;
  for (const [at, point] of rest.entries()) {
    const next = rest[at + 1];
    if (!next) path += ` L${point.x},${point.y}`;
    else path += ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  }
  return path;
}
