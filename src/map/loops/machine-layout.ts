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
  readonly transitions: readonly PlacedTransition[];
}

const LETTER = 7.2;
const LABEL_LETTER = 6.2;
const LINE = 14;
const HEIGHT = 32;
/** The machine itself as a source: what is open in every state. Not its id "", which the layout can't have. */
const ANY = "*";

/** A state's own name, without those of the states around it. */
function shortName(id: string): string {
  return id === ANY ? "any state" : id.slice(id.lastIndexOf(".") + 1);
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
  const used = new Set([...lines.values()].flatMap(({ from, to }) => [from, to]));
  const leaves = machine.states.filter(({ type }) => type !== "compound" && type !== "parallel" && type !== "history");
  const shown = [...leaves.map(({ id, type, initial }) => ({ id, final: type === "final", initial }))];
  if (used.has(ANY)) shown.push({ id: ANY, final: false, initial: false });

  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 44, edgesep: 22, ranksep: 38, marginx: 8, marginy: 8 });
  for (const { id } of shown) {
    graph.setNode(id, { width: Math.max(84, shortName(id).length * LETTER + 28), height: HEIGHT });
  }
  for (const { from, to, label } of lines.values()) {
    const texts = label.split("\n");
    const width = Math.max(...texts.map((text) => text.length)) * LABEL_LETTER + 8;
    graph.setEdge(from, to, { width, height: texts.length * LINE, labelpos: "c" });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    states: shown.map((state) => {
      const box = graph.node(state.id);
      const { initial, final, id } = state;
      const at = { x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height };
      return { id, label: shortName(id), initial, final, ...at };
    }),
    transitions: [...lines.values()].map((line) => {
      const edge = graph.edge(line.from, line.to) as { points: readonly Point[]; x: number; y: number };
      return { ...line, path: smooth(edge.points), labelAt: { x: edge.x, y: edge.y } };
    }),
  };
}

/** Transitions between the same two states share one line and one label. */
function linesOf(machine: MachineDescription) {
  const known = new Set(machine.states.filter(({ type }) => type === "atomic" || type === "final").map(({ id }) => id));
  const lines = new Map<string, { id: string; from: string; to: string; label: string }>();
  for (const transition of machine.transitions) {
    const from = leafOf(machine, transition.from || ANY, known);
    const to = leafOf(machine, transition.to || ANY, known);
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
  if (id === ANY || leaves.has(id)) return id;
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
