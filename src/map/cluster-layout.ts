import { sizes } from "./detail.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode {
  readonly key: string;
  readonly zone: string;
  readonly controlPlane: boolean;
  /** Height that its card needs. */
  readonly height: number;
}

export interface ClusterLayout {
  readonly zones: readonly (Box & { readonly name: string; readonly nodes: number })[];
  /** Relative to the node's zone. */
  readonly nodes: ReadonlyMap<string, Box & { readonly zone: string }>;
  readonly tray: Box;
}

/** Up to so many nodes the map keeps to the width it has. */
const FEW = 8;

/**
 * Places zones and their nodes for a map of a given width, in map pixels. The order is by name, so a node that comes
 * later does not shuffle the others; heights of a row follow its tallest card.
 */
export function layoutCluster(nodes: readonly PlacedNode[], width: number): ClusterLayout {
  const { padding, gap } = sizes.zone;
  const columnsThatFit = Math.max(1, Math.floor((width + gap) / (sizes.card.width + 2 * padding + gap)));
  const zones = groupByZone(nodes);
  // Many nodes: let the map grow in both directions rather than only downwards.
  const columns =
    nodes.length <= FEW ? columnsThatFit : Math.max(columnsThatFit, Math.ceil(Math.sqrt(nodes.length / 1.6)));
  const placed = new Map<string, Box & { zone: string }>();
  const boxes: (Box & { name: string; nodes: number })[] = [];
  const shelf = { x: 0, y: sizes.tray.height + sizes.tray.gap, height: 0, columns: 0 };
  for (const [name, members] of zones) {
    const inner = Math.min(members.length, Math.max(1, Math.min(columns, Math.ceil(Math.sqrt(members.length * 1.2)))));
    if (shelf.columns > 0 && shelf.columns + inner > columns) {
      shelf.y += shelf.height + gap;
      Object.assign(shelf, { x: 0, height: 0, columns: 0 });
    }
    const box = placeZone(name, members, inner, shelf.x, shelf.y, placed);
    boxes.push(box);
    shelf.x += box.width + gap;
    shelf.columns += inner;
    shelf.height = Math.max(shelf.height, box.height);
  }
  return { zones: level(boxes), nodes: placed, tray: { x: 0, y: 0, width: right(boxes), height: sizes.tray.height } };
}

function right(boxes: readonly Box[]): number {
  return Math.max(sizes.card.width + 2 * sizes.zone.padding, ...boxes.map((box) => box.x + box.width));
}

/** Zones of one shelf get one height: a quiet outline. */
function level<T extends Box>(boxes: readonly T[]): readonly T[] {
  const tallest = new Map<number, number>();
  for (const box of boxes) tallest.set(box.y, Math.max(tallest.get(box.y) ?? 0, box.height));
  return boxes.map((box) => ({ ...box, height: tallest.get(box.y) ?? box.height }));
}

/** The control plane's zone first, then by name. */
function groupByZone(nodes: readonly PlacedNode[]): readonly (readonly [string, readonly PlacedNode[]])[] {
  const groups = new Map<string, PlacedNode[]>();
  const collator = new Intl.Collator("en", { numeric: true });
  const ordered = nodes.toSorted(
    (a, b) => Number(b.controlPlane) - Number(a.controlPlane) || collator.compare(a.key, b.key),
  );
  for (const node of ordered) {
    const group = groups.get(node.zone);
    if (group) group.push(node);
    else groups.set(node.zone, [node]);
  }
  const first = ordered.find((node) => node.controlPlane)?.zone;
  return [...groups].toSorted(([a], [b]) => Number(b === first) - Number(a === first) || collator.compare(a, b));
}

function placeZone(
  name: string,
  members: readonly PlacedNode[],
  columns: number,
  x: number,
  y: number,
  placed: Map<string, Box & { zone: string }>,
): Box & { name: string; nodes: number } {
  const { padding, header, gap } = sizes.zone;
  let top = header;
  for (let start = 0; start < members.length; start += columns) {
    const row = members.slice(start, start + columns);
    const height = Math.max(...row.map((node) => node.height));
    for (const [column, node] of row.entries()) {
      const left = padding + column * (sizes.card.width + gap);
      placed.set(node.key, { zone: name, x: left, y: top, width: sizes.card.width, height });
    }
    top += height + gap;
  }
  const width = 2 * padding + columns * sizes.card.width + (columns - 1) * gap;
  return { name, nodes: members.length, x, y, width, height: top - gap + padding };
}
