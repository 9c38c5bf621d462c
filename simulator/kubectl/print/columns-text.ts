const MIN_WIDTH = 6;
const PADDING = 3;

/** How wide a text is on a terminal whose characters all take one cell, as Go's tabwriter counts. */
const widthOf = (text: string): number => [...text].length;

/** Columns of text that stand below each other. Widths grow and are kept, so that rows of a watch stay in line. */
export class ColumnsText {
  readonly #widths: number[] = [];

  // Models text/tabwriter as kubectl sets it up (pkg/printers/tabwriter.go): 6, 4, 3, ' ', RememberWidths
  /** The rows as lines; the last cell of a row is not filled up. */
  lines(rows: readonly (readonly string[])[]): string[] {
    for (const row of rows) {
      row.slice(0, -1).forEach((cell, index) => {
        const width = widthOf(cell) + PADDING;
        this.#widths[index] = Math.max(this.#widths[index] ?? MIN_WIDTH, width);
      });
    }
    return rows.map((row) =>
      row
        .map((cell, index) =>
          index === row.length - 1 ? cell : cell + " ".repeat((this.#widths[index] ?? 0) - widthOf(cell)),
        )
        .join(""),
    );
  }
}

/** A cell's text: one line, and nothing in it that would drive a terminal. Models cli-runtime printers tableprinter.go. */
export function cellText(value: unknown): string {
  const text = value === null || value === undefined ? "<none>" : typeof value === "string" ? value : String(value);
  const cut = text.search(/[\f\n\r]/);
  return withoutEscapes(cut < 0 ? text : `${text.slice(0, cut)}...`);
}

/** Escape sequences are shown, not obeyed. */
export function withoutEscapes(text: string): string {
  return text.replaceAll("\u001b", "^[").replaceAll("\r", "\\r");
}
