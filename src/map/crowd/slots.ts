import type { NodeCell } from "../../session/crowd.ts";
import type { Box, Room } from "../cluster-layout.ts";

/** A node's place on the map, in map pixels: a card of fixed size, whatever runs there. */
export const SLOT = { width: 304, height: 290, gap: 10 } as const;
const STEP = { x: SLOT.width + SLOT.gap, y: SLOT.height + SLOT.gap } as const;
/** Between zones, of a zone's width. */
const GAP_SHARE = 0.06;
/** Room for the zone's name, relative to its width: it is read from far. */
const HEADER_SHARE = 0.1;

export interface CrowdZone extends Box {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** Where the first card stands. */
  readonly top: number;
  readonly members: readonly string[];
}

export interface CrowdLayout {
  readonly zones: readonly CrowdZone[];
  readonly places: ReadonlyMap<string, { readonly zone: CrowdZone; readonly at: number }>;
  readonly width: number;
  readonly height: number;
}

/** Every node gets the slot that its name's order gives it; zones stand in rows so that all is drawn as large as may be. */
export function layoutCrowd(cells: Iterable<NodeCell>, room: Room): CrowdLayout {
  const collator = new Intl.Collator("en", { numeric: true });
  const groups = new Map<string, NodeCell[]>();
  for (const cell of cells) {
    const group = groups.get(cell.zone);
    if (group) group.push(cell);
    else groups.set(cell.zone, [cell]);
  }
  const ordered = [...groups].toSorted(([a], [b]) => collator.compare(a, b));
  for (const [, members] of ordered) {
    members.sort((a, b) => Number(b.controlPlane) - Number(a.controlPlane) || collator.compare(a.key, b.key));
  }
  let best: CrowdLayout | undefined;
  let bestScale = 0;
  for (let across = 1; across <= ordered.length; across++) {
    const layout = arrange(ordered, across, room);
    const scale = Math.min(room.width / layout.width, room.height / layout.height);
    if (best && scale <= bestScale) continue;
    best = layout;
    bestScale = scale;
  }
  return best ?? { zones: [], places: new Map(), width: 1, height: 1 };
}

function arrange(groups: readonly (readonly [string, readonly NodeCell[]])[], across: number, room: Room): CrowdLayout {
  const rows = Math.ceil(groups.length / across);
  const aspect = room.width / across / (room.height / rows);
  const largest = Math.max(1, ...groups.map(([, members]) => members.length));
  const columns = Math.max(1, Math.ceil(Math.sqrt((largest * aspect * STEP.y) / STEP.x)));
  const zones: CrowdZone[] = [];
  const places = new Map<string, { zone: CrowdZone; at: number }>();
  const deepest = Math.ceil(largest / columns);
  const width = columns * STEP.x + SLOT.gap;
  const top = Math.max(60, width * HEADER_SHARE);
  const gap = width * GAP_SHARE;
  for (const [index, [name, members]] of groups.entries()) {
    const box = {
      x: (index % across) * (width + gap),
      y: Math.floor(index / across) * (top + deepest * STEP.y + gap),
      width,
      height: top + deepest * STEP.y,
    };
    const keys = members.map(({ key }) => key);
    const zone = { ...box, name, columns, rows: deepest, top, members: keys };
    zones.push(zone);
    for (const [at, key] of keys.entries()) places.set(key, { zone, at });
  }
  return {
    zones,
    places,
    width: Math.max(...zones.map((zone) => zone.x + zone.width)),
    height: Math.max(...zones.map((zone) => zone.y + zone.height)),
  };
}

/** Where a node's card stands, in map pixels. */
export function boxOf({ places }: CrowdLayout, key: string): Box | undefined {
  const place = places.get(key);
  return place && slotBox(place.zone, place.at);
}

function slotBox(zone: CrowdZone, at: number): Box {
  const x = zone.x + SLOT.gap + (at % zone.columns) * STEP.x;
  const y = zone.y + zone.top + Math.floor(at / zone.columns) * STEP.y;
  return { x, y, width: SLOT.width, height: SLOT.height };
}

/** The node whose slot a point lies in; undefined between zones. */
export function nodeAt({ zones }: CrowdLayout, x: number, y: number): string | undefined {
  for (const zone of zones) {
    const column = Math.floor((x - zone.x - SLOT.gap / 2) / STEP.x);
    const row = Math.floor((y - zone.y - zone.top + SLOT.gap / 2) / STEP.y);
    if (column < 0 || column >= zone.columns || row < 0 || row >= zone.rows) continue;
    return zone.members[row * zone.columns + column];
  }
  return undefined;
}

/** Nodes whose cards lie at least in part within a box. */
export function nodesWithin({ zones }: CrowdLayout, box: Box): readonly string[] {
  const found: string[] = [];
  for (const zone of zones) {
    const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
    const left = clamp(Math.floor((box.x - zone.x - SLOT.gap) / STEP.x), zone.columns);
    const right = clamp(Math.ceil((box.x + box.width - zone.x - SLOT.gap) / STEP.x), zone.columns);
    const first = clamp(Math.floor((box.y - zone.y - zone.top) / STEP.y), zone.rows);
    const last = clamp(Math.ceil((box.y + box.height - zone.y - zone.top) / STEP.y), zone.rows);
    for (let row = first; row < last; row++) {
      for (let column = left; column < right; column++) {
        const key = zone.members[row * zone.columns + column];
        if (key !== undefined) found.push(key);
      }
    }
  }
  return found;
}

/** The node that an arrow key leads to from another: its neighbour in the zone's grid; undefined at the edge. */
export function neighbour({ places }: CrowdLayout, key: string, dx: number, dy: number): string | undefined {
  const place = places.get(key);
  if (!place) return undefined;
  const { zone, at } = place;
  const column = (at % zone.columns) + dx;
  if (column < 0 || column >= zone.columns) return undefined;
  return zone.members[at + dx + dy * zone.columns];
}
