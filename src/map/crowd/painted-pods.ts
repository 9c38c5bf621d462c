import type { NodeCell } from "../../session/crowd.ts";
import { session } from "../../store/connect.ts";
import { podAt } from "./pod-block.ts";
import { boxOf, type CrowdLayout, nodeAt } from "./slots.ts";

/** What is painted at a point of the map: a node, and which of its pods if one is. */
interface Spot {
  readonly node: string;
  readonly pod: number | undefined;
}

/** What is painted at a point, in map pixels; undefined: between the cards. `cards`: whether pods are painted. */
export function spotAt(
  layout: CrowdLayout,
  cells: ReadonlyMap<string, NodeCell>,
  point: { readonly x: number; readonly y: number },
  cards: boolean,
): Spot | undefined {
  const node = nodeAt(layout, point.x, point.y);
  const box = node === undefined ? undefined : boxOf(layout, node);
  if (node === undefined || box === undefined) return undefined;
  const pods = cells.get(node)?.pods.length ?? 0;
  return { node, pod: cards ? podAt(pods, box, point.x, point.y) : undefined };
}

/** The pods of nodes, as their cells were when they were asked for: once for each state of a node. */
const asked = new WeakMap<NodeCell, Promise<readonly string[]>>();

function podsOf(cell: NodeCell): Promise<readonly string[]> {
  const known = asked.get(cell) ?? session().podsOf(cell.key);
  asked.set(cell, known);
  return known;
}

/** The key of a painted pod; undefined: it is gone. */
export async function paintedPod(cell: NodeCell, pod: number): Promise<string | undefined> {
  return (await podsOf(cell))[pod];
}

/** Which of a node's painted pods has a key; -1: none. */
export async function placeOfPod(cell: NodeCell, key: string): Promise<number> {
  return (await podsOf(cell)).indexOf(key);
}
