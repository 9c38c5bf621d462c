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

/** What a map is drawn into, in its own pixels at zoom 1. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** Up to so many nodes the map keeps to the width it has, so that they are drawn at their full size. */
const FEW = 8;

/**
 * Places zones and their nodes, in map pixels. The order is by name, so a node that comes later does not shuffle the
 * others; which arrangement is taken depends on the nodes and the room only, never on the pods.
 */
export function layoutCluster(nodes: readonly PlacedNode[], room: Room): ClusterLayout {
  const zones = groupByZone(nodes);
  const { padding, gap } = sizes.zone;
  const fitting = Math.max(1, Math.floor((room.width + gap) / (sizes.card.width + 2 * padding + gap)));
  if (nodes.length <= FEW) return arrange(zones, { columns: fitting, inner: fitting });
  return arrange(zones, bestPlan(zones, room));
}

interface Plan {
  /** Cards side by side in all, and in one zone. */
  readonly columns: number;
  readonly inner: number;
}

type Zones = readonly (readonly [name: string, members: readonly PlacedNode[]])[];

/** The plan that can be drawn largest, judged by cards of one height: growing ones must not change it. */
function bestPlan(zones: Zones, room: Room): Plan {
  const even: Zones = zones.map(([name, members]) => [name, members.map((node) => ({ ...node, height: 220 }))]);
  const most = Math.ceil(Math.sqrt(zones.reduce((sum, [, members]) => sum + members.length, 0)) * 2);
  let best: Plan = { columns: 1, inner: 1 };
  let bestScale = 0;
  for (let columns = 1; columns <= most; columns++) {
    for (let inner = 1; inner <= columns; inner++) {
      const { tray, zones: boxes } = arrange(even, { columns, inner });
      const height = Math.max(...boxes.map((box) => box.y + box.height));
      const scale = Math.min(room.width / tray.width, room.height / height);
      if (scale <= bestScale) continue;
      bestScale = scale;
      best = { columns, inner };
    }
  }
  return best;
}

/** Lays zones on shelves, as many cards side by side as the plan says. */
function arrange(zones: Zones, { columns, inner: most }: Plan): ClusterLayout {
  const { gap } = sizes.zone;
  const placed = new Map<string, Box & { zone: string }>();
  const boxes: (Box & { name: string; nodes: number })[] = [];
  const shelf = { x: 0, y: sizes.tray.height + sizes.tray.gap, height: 0, columns: 0 };
  for (const [name, members] of zones) {
    const inner = Math.min(members.length, most, columns);
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
  const width = right(boxes);
  return { zones: level(boxes, width), nodes: placed, tray: { x: 0, y: 0, width, height: sizes.tray.height } };
}

function right(boxes: readonly Box[]): number {
  return Math.max(sizes.card.width + 2 * sizes.zone.padding, ...boxes.map((box) => box.x + box.width));
}

/** Zones of one shelf get one height, and the last of a full shelf ends where the others end: a quiet outline. */
function level<T extends Box>(boxes: readonly T[], width: number): readonly T[] {
  const tallest = new Map<number, number>();
  for (const box of boxes) tallest.set(box.y, Math.max(tallest.get(box.y) ?? 0, box.height));
  return boxes.map((box, at) => {
    const isLast = boxes[at + 1]?.y !== box.y;
    const gap = width - box.x - box.width;
    const stretched = isLast && gap < sizes.card.width ? box.width + gap : box.width;
    return { ...box, width: stretched, height: tallest.get(box.y) ?? box.height };
  });
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
