import type { Box } from "../cluster-layout.ts";

// Where a painted card has its parts. All of it follows from the card's box, so it holds on the map and on the screen.

/** The edge, and the height of the line with the name, of a card. */
export function cardParts({ x, y, width, height }: Box) {
  const pad = width * 0.03;
  const head = height * 0.14;
  const body: Box = { x: x + pad, y: y + head * 1.75, width: width - 2 * pad, height: height - head * 1.75 - pad };
  return { pad, head, body };
}

/** How a card's pods stand in its body: in rows of so many squares, as large as the body allows, up to a tenth of it across. */
export function podGrid(pods: number, { width, height }: Box): { readonly columns: number; readonly step: number } {
  let columns = 10;
  while (Math.ceil(pods / columns) * (width / columns) > height) columns += 1;
  return { columns, step: width / columns };
}

/** Where a pod is painted on its card. */
export function podBox(pods: number, card: Box, at: number): Box {
  const { body } = cardParts(card);
  const { columns, step } = podGrid(pods, body);
  return { x: body.x + (at % columns) * step, y: body.y + Math.floor(at / columns) * step, width: step, height: step };
}

/** Which of a card's pods is painted at a point; undefined: none. */
export function podAt(pods: number, card: Box, x: number, y: number): number | undefined {
  const { body } = cardParts(card);
  const { columns, step } = podGrid(pods, body);
  const column = Math.floor((x - body.x) / step);
  const row = Math.floor((y - body.y) / step);
  if (column < 0 || column >= columns || row < 0) return undefined;
  const at = row * columns + column;
  return at < pods ? at : undefined;
}
