/** How much of a pod is drawn: a tile with name and word, a chip with its name, or a dot of colour and shape. */
export type Detail = "tile" | "chip" | "dot";

/** Sizes of the map in its own pixels; the style sheets of the map use the same. */
export const sizes = {
  card: { width: 304, padding: 8, header: 62 },
  tile: { columns: 2, height: 44 },
  chip: { columns: 2, height: 25 },
  dot: { columns: 18, height: 16.4 },
  /** Between a node's own pods and the system's. */
  divider: 10,
  zone: { padding: 9, header: 21, gap: 10 },
  tray: { height: 38, gap: 10 },
} as const;

/**
 * More pods, less about each: a node of 8 can tell all about them, one of 110 can only count them. The limits are such
 * that no block is higher than that of 8 tiles, so that a card does not swell on its way from few to many.
 */
export function detailFor(pods: number): Detail {
  if (pods <= 8) return "tile";
  return pods <= 14 ? "chip" : "dot";
}

/** Height of a block of pods in map pixels. */
export function blockHeight(pods: number, detail: Detail): number {
  const { columns, height } = sizes[detail];
  return Math.ceil(pods / columns) * height;
}
