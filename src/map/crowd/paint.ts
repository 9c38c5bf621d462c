import { type NodeCell, TONE_LETTERS, type Tone } from "../../session/crowd.ts";
import type { Box } from "../cluster-layout.ts";
import { healthOf, type Measure, shareOf } from "./measure.ts";
import { cardParts, podGrid } from "./pod-block.ts";

/** The colours that canvases draw with: those of the page's tokens at the moment. */
export interface Palette {
  readonly tones: Readonly<Record<Tone, string>>;
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly empty: string;
  readonly accent: string;
  readonly font: string;
  readonly mark: string;
  /** 0 to 1 in steps: from nothing taken to all taken. */
  readonly ramp: readonly string[];
}

const RAMP_STEPS = 10;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones = Object.fromEntries(Object.keys(TONE_LETTERS).map((tone) => [tone, token(tone)]));
  return {
    tones: tones as Record<Tone, string>,
    surface: token("surface"),
    line: token("line-strong"),
    text: token("text"),
    empty: token("surface-3"),
    accent: token("accent"),
    font: token("font-mono"),
    mark: token("map-bg"),
    ramp: Array.from({ length: RAMP_STEPS + 1 }, (_, at) => token(`ramp-${at}`)),
  };
}

export function rampColour({ ramp }: Palette, share: number): string {
  return ramp[Math.min(RAMP_STEPS, Math.ceil(share * RAMP_STEPS))] ?? "";
}

const TONE_OF = new Map(Object.entries(TONE_LETTERS).map(([tone, letter]) => [letter, tone as Tone]));

/** Pixels of a heat map's bitmap for each node; the last of them is the gap. */
export const PIXELS = 12;

/** One node in a zone's heat map. What is wrong is marked by shape too, not by colour alone. */
export function paintHeat(
  context: CanvasRenderingContext2D,
  cell: NodeCell | undefined,
  at: { readonly x: number; readonly y: number },
  measure: Measure,
  palette: Palette,
): void {
  const { x, y } = at;
  const size = PIXELS - 1;
  context.clearRect(x, y, PIXELS, PIXELS);
  if (!cell) return;
  const health = healthOf(cell);
  const isEmpty = measure === "health" && health === "running" && cell.pods.length === 0;
  context.fillStyle = measure === "health" ? palette.tones[health] : rampColour(palette, shareOf(cell, measure));
  context.globalAlpha = isEmpty ? 0.45 : 1;
  context.fillRect(x, y, size, size);
  context.globalAlpha = 1;
  context.fillStyle = palette.mark;
  if (cell.tone !== "running") paintCross(context, x, y, size);
  else if (measure === "health" && health === "failing") context.fillRect(x + 4, y + 4, 3, 3);
  else if (measure === "health" && health === "not-ready") context.fillRect(x + 5, y + 2, 1.5, 7);
  else if (measure === "health" && health === "pending") context.fillRect(x + 2, y + 5, 7, 1);
  if (cell.cordoned) context.fillRect(x, y + size - 3, size, 1.5);
}

function paintCross(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.lineWidth = 2;
  context.strokeStyle = context.fillStyle;
  context.beginPath();
  context.moveTo(x + 2, y + 2);
  context.lineTo(x + size - 2, y + size - 2);
  context.moveTo(x + size - 2, y + 2);
  context.lineTo(x + 2, y + size - 2);
  context.stroke();
}

/** Widths of a card on the screen from which its name, and its bars, can be read. */
const NAMED = 64;
const BARRED = 34;

/** A node's card from the middle distance: its name, how much is taken, and its pods as dots of colour. */
export function paintCard(context: CanvasRenderingContext2D, cell: NodeCell, box: Box, palette: Palette): void {
  const { x, y, width, height } = box;
  const { pad, head, body } = cardParts(box);
  context.fillStyle = palette.surface;
  context.fillRect(x, y, width, height);
  context.lineWidth = cell.tone === "running" ? 1 : 2;
  context.strokeStyle = cell.tone === "running" ? palette.line : palette.tones[cell.tone];
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  paintTone(context, cell.tone, x + pad + head * 0.35, y + head * 0.6, head * 0.3, palette);
  if (width >= NAMED) {
    context.fillStyle = palette.text;
    context.font = `600 ${Math.max(7, head * 0.52)}px ${palette.font}`;
    context.textBaseline = "middle";
    context.fillText(cell.key, x + pad + head * 0.9, y + head * 0.62, width - 2 * pad - head);
  }
  if (width >= BARRED) {
    paintBar(
      context,
      x + pad,
      y + head * 1.25,
      width / 2 - 1.5 * pad,
      head * 0.16,
      cell.cpu / (cell.cpuOf || 1),
      palette,
    );
    const right = x + width / 2 + 0.5 * pad;
    paintBar(
      context,
      right,
      y + head * 1.25,
      width / 2 - 1.5 * pad,
      head * 0.16,
      cell.memory / (cell.memoryOf || 1),
      palette,
    );
  }
  paintPods(context, cell.pods, body, palette);
}

function paintBar(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  share: number,
  palette: Palette,
): void {
  context.fillStyle = palette.empty;
  context.fillRect(x, y, width, Math.max(1, height));
  context.fillStyle = palette.accent;
  context.fillRect(x, y, width * Math.min(1, share), Math.max(1, height));
}

/** Dots; neighbours of one colour are filled together. */
function paintPods(context: CanvasRenderingContext2D, pods: string, box: Box, palette: Palette): void {
  if (pods.length === 0) return;
  const { columns, step } = podGrid(pods.length, box);
  const radius = step * 0.38;
  const isTiny = radius < 2.4;
  let last = "";
  for (let at = 0; at < pods.length; at++) {
    const letter = pods[at] ?? "";
    const x = box.x + (at % columns) * step;
    const y = box.y + Math.floor(at / columns) * step;
    const tone = TONE_OF.get(letter) ?? "unknown";
    if (!isTiny && tone !== "running") {
      paintTone(context, tone, x + step / 2, y + step / 2, radius, palette);
      last = "";
      continue;
    }
    if (letter !== last) context.fillStyle = palette.tones[tone];
    last = letter;
    if (isTiny) context.fillRect(x, y, step * 0.8, step * 0.8);
    else {
      context.beginPath();
      context.arc(x + step / 2, y + step / 2, radius, 0, 7);
      context.fill();
    }
  }
}

/** The legend's shapes: a disc, a half disc, a ring, a triangle, a dashed ring, a hollow square. */
function paintTone(
  context: CanvasRenderingContext2D,
  tone: Tone,
  x: number,
  y: number,
  radius: number,
  palette: Palette,
): void {
  const colour = palette.tones[tone];
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, radius * 0.4);
  context.beginPath();
  if (tone === "failing") {
    context.moveTo(x, y - radius);
    context.lineTo(x + radius, y + radius * 0.8);
    context.lineTo(x - radius, y + radius * 0.8);
    context.fill();
  } else if (tone === "unknown" || tone === "completed") {
    context.strokeRect(x - radius * 0.75, y - radius * 0.75, radius * 1.5, radius * 1.5);
  } else if (tone === "not-ready") {
    context.arc(x, y, radius, -Math.PI / 2, Math.PI / 2);
    context.fill();
    context.beginPath();
    context.arc(x, y, radius * 0.85, 0, 7);
    context.stroke();
  } else if (tone === "running") {
    context.arc(x, y, radius, 0, 7);
    context.fill();
  } else {
    if (tone === "terminating") context.setLineDash([radius * 0.6, radius * 0.5]);
    context.arc(x, y, radius * 0.8, 0, 7);
    context.stroke();
    context.setLineDash([]);
  }
}
