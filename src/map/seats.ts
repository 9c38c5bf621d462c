import { isSystemNamespace, splitKey } from "../store/objects.ts";
import type { Bucket } from "../store/projection.ts";
import { blockHeight, type Detail, detailFor, sizes } from "./detail.ts";
import { type Slots, seat } from "./slots.ts";

/** A block of pods of one node: who sits where, how large they are drawn, and who is on the way out. */
export interface Block {
  readonly places: Slots;
  readonly detail: Detail;
  readonly leaving: ReadonlySet<string>;
}

/** How a node's pods are seated: those of people first, the system's own below. */
export interface Seats {
  readonly user: Block;
  readonly system: Block;
  readonly count: number;
  /** Of the user's block. Like the card's height it never shrinks, so that what is below stays where it is. */
  readonly userHeight: number;
  /** What its card needs. */
  readonly height: number;
}

const NOBODY: ReadonlySet<string> = new Set();
/** A worker's card has room for a row of tiles from the start, so that the first pods move nothing. */
const MIN_USER_ROWS = 1;

export const noSeats: Seats = {
  user: { places: [], detail: "tile", leaving: NOBODY },
  system: { places: [], detail: "chip", leaving: NOBODY },
  count: 0,
  userHeight: 0,
  height: 0,
};

/** Seats the pods of a node anew, keeping everyone's place. Pods outside `namespace` (`""`: all) are not drawn. */
export function reseat(before: Seats, bucket: Bucket | undefined, namespace: string, hosting: boolean): Seats {
  const user = new Set<string>();
  const system = new Set<string>();
  for (const key of bucket?.keys ?? []) {
    const [own] = splitKey(key);
    if (namespace !== "" && own !== namespace) continue;
    (isSystemNamespace(own) ? system : user).add(key);
  }
  const userBlock = block(before.user, user, detailFor);
  const systemBlock = block(before.system, system, (seats) => (detailFor(seats) === "dot" ? "dot" : "chip"));
  const rows = hosting && userBlock.detail === "tile" ? MIN_USER_ROWS * sizes.tile.columns : 0;
  const filled = blockHeight(Math.max(userBlock.places.length, rows), userBlock.detail);
  const userHeight = Math.max(before.userHeight, filled);
  const systemHeight = blockHeight(systemBlock.places.length, systemBlock.detail);
  const divider = systemBlock.places.length > 0 && userHeight > 0 ? sizes.divider : 0;
  const needed = sizes.card.header + userHeight + divider + systemHeight + sizes.card.padding + 2;
  return {
    user: userBlock,
    system: systemBlock,
    count: user.size + system.size,
    userHeight,
    height: Math.max(before.height, needed),
  };
}

function block(before: Block, keys: ReadonlySet<string>, detailOf: (seats: number) => Detail): Block {
  const gone = before.places.filter((key) => key !== undefined && !keys.has(key) && !before.leaving.has(key));
  const places = seat(before.places, gone.length > 0 ? new Set([...keys, ...(gone as string[])]) : keys);
  return { places, detail: detailOf(places.length), leaving: gone.length > 0 ? new Set(gone as string[]) : NOBODY };
}

export function hasLeavers(seats: Seats): boolean {
  return seats.user.leaving.size > 0 || seats.system.leaving.size > 0;
}
