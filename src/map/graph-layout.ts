import type { Box } from "./cluster-layout.ts";
import { type Graph, graphId } from "./relations.ts";

const CARD = { width: 214, height: 58 } as const;
const POD = { width: 176, height: 44 } as const;
const GAP = { column: 72, row: 12, band: 26, pod: 10 } as const;
const POD_ROWS = 4;

/** Ids and places of what was laid out before: what stays, stays put. */
export type Places = ReadonlyMap<string, Box>;

/**
 * Lays a graph of owners out in bands, one for each root, ranks from left to right; pods fill short columns. Order is
 * the order of `graph.nodes`, which is the order of creation, so a newcomer comes last in its band.
 */
export function layoutGraph(graph: Graph, order: ReadonlyMap<string, number>): Places {
  const children = new Map<string, string[]>();
  const hasParent = new Set<string>();
  const byId = new Map(graph.nodes.map((node) => [graphId(node), node]));
  for (const edge of graph.edges) {
    if (!byId.has(edge.to) || hasParent.has(edge.to)) continue;
    hasParent.add(edge.to);
    children.set(edge.from, [...(children.get(edge.from) ?? []), edge.to]);
  }
  const places = new Map<string, Box>();
  let top = 0;
  const loosePods: string[] = [];
  for (const [id, node] of byId) {
    if (hasParent.has(id)) continue;
    if (node.rank === 2) loosePods.push(id);
    else top += placeBranch(id, top, byId, children, order, places) + GAP.band;
  }
  if (loosePods.length > 0) placePods(loosePods, columnOf(2), top, order, places);
  return places;
}

function columnOf(rank: number): number {
  return rank * (CARD.width + GAP.column);
}

type Nodes = ReadonlyMap<string, Graph["nodes"][number]>;

/** Places a thing and all that hangs on it; returns the height taken. */
function placeBranch(
  id: string,
  top: number,
  nodes: Nodes,
  children: ReadonlyMap<string, readonly string[]>,
  order: ReadonlyMap<string, number>,
  places: Map<string, Box>,
): number {
  const rank = nodes.get(id)?.rank ?? 0;
  const under = children.get(id) ?? [];
  const pods = under.filter((child) => nodes.get(child)?.rank === 2);
  let below = top;
  for (const child of under) {
    if (nodes.get(child)?.rank !== 2) below += placeBranch(child, below, nodes, children, order, places) + GAP.row;
  }
  if (pods.length > 0) below += placePods(pods, columnOf(rank + 1), below, order, places) + GAP.row;
  places.set(id, { x: columnOf(rank), y: top, ...CARD });
  return Math.max(CARD.height, below - top - GAP.row);
}

/** Pods sit in columns of four by their seat, which they keep while they live. */
function placePods(
  pods: readonly string[],
  left: number,
  top: number,
  order: ReadonlyMap<string, number>,
  places: Map<string, Box>,
): number {
  let rows = 0;
  for (const [at, id] of pods.entries()) {
    const seat = order.get(id) ?? at;
    const column = Math.floor(seat / POD_ROWS);
    const row = seat % POD_ROWS;
    rows = Math.max(rows, row + 1);
    places.set(id, { x: left + column * (POD.width + GAP.pod), y: top + row * (POD.height + GAP.pod), ...POD });
  }
  return rows * (POD.height + GAP.pod) - GAP.pod;
}
