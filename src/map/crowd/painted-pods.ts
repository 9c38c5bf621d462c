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

/** The names of the node asked for last, as its cell was then. */
let latest: { readonly cell: NodeCell; readonly keys: Promise<readonly string[]> } | undefined;

/** The key of a painted pod; undefined: it is gone. The session is asked once for each state of a node. */
export async function paintedPod(cell: NodeCell, pod: number): Promise<string | undefined> {
  if (latest?.cell !== cell) latest = { cell, keys: session().podsOf(cell.key) };
  return (await latest.keys)[pod];
}
