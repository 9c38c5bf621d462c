export type Direction = "up" | "down" | "left" | "right";

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const arrows: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/**
 * Index of the thing that an arrow key leads to: the nearest one whose middle lies that way, where distance along the
 * arrow counts once and distance across it counts twice. Undefined at the edge.
 */
export function nearest(from: Rect, others: readonly Rect[], direction: Direction): number | undefined {
  const start = middle(from);
  let best: number | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [at, rect] of others.entries()) {
    const to = middle(rect);
    const dx = to.x - start.x;
    const dy = to.y - start.y;
    const along = direction === "left" ? -dx : direction === "right" ? dx : direction === "up" ? -dy : dy;
    const across = Math.abs(direction === "left" || direction === "right" ? dy : dx);
    if (along <= 1 || across > along * 3) continue;
    const cost = along + 2 * across;
    if (cost < bestCost) {
      bestCost = cost;
      best = at;
    }
  }
  return best;
}

function middle(rect: Rect): { x: number; y: number } {
  return { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
}
