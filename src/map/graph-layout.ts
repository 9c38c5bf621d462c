import type { Box } from "./cluster-layout.ts";
import { type Graph, graphId } from "./relations.ts";

const CARD = { width: 214, height: 58 } as const;
const POD = { width: 176, height: 44 } as const;
const GAP = { column: 72, row: 12, band: 26, pod: 10, indent: 26 } as const;
const POD_ROWS = 4;

/** Where each thing of a graph is drawn, by its id. */
export type Places = ReadonlyMap<string, Box>;

/** What a layout knows while it works. */
interface Work {
  readonly nodes: ReadonlyMap<string, Graph["nodes"][number]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** The seat of a pod under its parent, kept while it lives. */
  readonly order: ReadonlyMap<string, number>;
  /** Ranks go down the page, indented, instead of from left to right. */
  readonly narrow: boolean;
  readonly places: Map<string, Box>;
}

/**
 * Lays a graph of owners out in bands, one for each root; pods fill short columns by their seat. Roots keep the order
 * of `graph.nodes`, which is that of creation, so a newcomer comes last.
 */
export function layoutGraph(graph: Graph, order: ReadonlyMap<string, number>, narrow = false): Places {
  const children = new Map<string, string[]>();
  const hasParent = new Set<string>();
  const nodes = new Map(graph.nodes.map((node) => [graphId(node), node]));
  for (const edge of graph.edges) {
    if (!nodes.has(edge.to) || hasParent.has(edge.to)) continue;
    hasParent.add(edge.to);
    const siblings = children.get(edge.from);
    if (siblings) siblings.push(edge.to);
    else children.set(edge.from, [edge.to]);
  }
  const work: Work = { nodes, children, order, narrow, places: new Map() };
  let top = 0;
  const loosePods: string[] = [];
  for (const [id, node] of nodes) {
    if (hasParent.has(id)) continue;
    if (node.rank === 2) loosePods.push(id);
    else top += placeBranch(work, id, top) + GAP.band;
  }
  if (loosePods.length > 0) placePods(work, loosePods, narrow ? 0 : leftOf(work, 2), top);
  return work.places;
}

function leftOf({ narrow }: Work, rank: number): number {
  return rank * (narrow ? GAP.indent : CARD.width + GAP.column);
}

/** Places a thing and all that hangs on it; returns the height taken. */
function placeBranch(work: Work, id: string, top: number): number {
  const { nodes, children, narrow, places } = work;
  const rank = nodes.get(id)?.rank ?? 0;
  const under = children.get(id) ?? [];
  const pods = under.filter((child) => nodes.get(child)?.rank === 2);
  places.set(id, { x: leftOf(work, rank), y: top, ...CARD });
  let below = narrow ? top + CARD.height + GAP.row : top;
  for (const child of under) {
    if (nodes.get(child)?.rank !== 2) below += placeBranch(work, child, below) + GAP.row;
  }
  if (pods.length > 0) below += placePods(work, pods, leftOf(work, rank + 1), below) + GAP.row;
  return Math.max(CARD.height, below - top - GAP.row);
}

/** Pods sit in columns of four, or under one another on a narrow screen. Returns the height taken. */
function placePods(work: Work, pods: readonly string[], left: number, top: number): number {
  let rows = 0;
  for (const [at, id] of pods.entries()) {
    const seat = work.order.get(id) ?? at;
    const column = work.narrow ? 0 : Math.floor(seat / POD_ROWS);
    const row = work.narrow ? seat : seat % POD_ROWS;
    rows = Math.max(rows, row + 1);
    work.places.set(id, {
      x: left + column * (POD.width + GAP.pod),
      y: top + row * (POD.height + GAP.pod),
      ...POD,
    });
  }
  return rows * (POD.height + GAP.pod) - GAP.pod;
}
