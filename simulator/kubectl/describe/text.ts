import { withoutEscapes } from "../print/columns-text.ts";

/** Where the parts of a description stand below each other. */
export const LEVEL_BLANKS = "  ";

/** A description as it is written: lines whose cells are parted by tabs, set in columns at the end. */
export class DescribeText {
  #done = "";
  #open = "";

  /** Adds text at a depth; text that continues a line has depth 0. What would drive a terminal is shown instead. */
  write(level: number, text: string): void {
    this.#open += withoutEscapes(LEVEL_BLANKS.repeat(level) + text);
  }

  /** Columns of what follows have nothing to do with those before. */
  flush(): void {
    this.#done += inColumns(this.#open);
    this.#open = "";
  }

  toString(): string {
    return this.#done + inColumns(this.#open);
  }
}

/** Writes a part of a description deeper than its own depths say. */
export class NestedText {
  readonly #text: Pick<DescribeText, "write">;
  readonly #depth: number;

  constructor(text: Pick<DescribeText, "write">, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  write(level: number, text: string): void {
    this.#text.write(level + this.#depth, text);
  }
}

/** Anything that takes a description's lines. */
export type TextSink = Pick<DescribeText, "write">;

const PADDING = 2;
const widthOf = (text: string): number => [...text].length;

// Models text/tabwriter with a padding of 2 and no least width, as kubectl pkg/describe tabbedString sets it up
/** Sets cells that end with tabs in columns; a column is as wide as its widest cell in lines that follow each other. */
export function inColumns(text: string): string {
  const lines = text.split(/[\n\f]/).map((line) => line.split(/[\t\v]/));
  const filled = lines.map((cells) => [...cells]);
  const widest = Math.max(...lines.map((cells) => cells.length));
  for (let column = 0; column < widest - 1; column++) {
    for (let first = 0; first < lines.length; first++) {
      if ((lines[first]?.length ?? 0) <= column + 1) continue;
      let end = first;
      let width = 0;
      for (; end < lines.length && (lines[end]?.length ?? 0) > column + 1; end++) {
        width = Math.max(width, widthOf(lines[end]?.[column] ?? "") + PADDING);
      }
      for (let index = first; index < end; index++) {
        const cell = lines[index]?.[column] ?? "";
        const row = filled[index];
        if (row !== undefined) row[column] = cell + " ".repeat(width - widthOf(cell));
      }
      first = end;
    }
  }
  return filled.map((cells) => cells.join("")).join("\n");
}
