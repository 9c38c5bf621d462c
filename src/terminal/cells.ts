const ESC = "\u001b";
const COLOUR = new RegExp(`${ESC}\\[[\\d;]*m`, "g");
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NONE = /\p{Mn}|\p{Me}|\u200b|\u200d|\ufe0f/u;

function cellsOfOne(char: string): number {
  return NONE.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
}

/** How many cells of a terminal a text takes; colours take none. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text.replace(COLOUR, "")) cells += cellsOfOne(char);
  return cells;
}

/** Where the cursor stands after a text that began in the first column. */
export function placeAfter(text: string, columns: number): { readonly row: number; readonly column: number } {
  let row = 0;
  let column = 0;
  for (const char of text.replace(COLOUR, "")) {
    if (char === "\r") column = 0;
    else if (char === "\n") row++;
    else {
      const cells = cellsOfOne(char);
      if (column + cells > columns) {
        row++;
        column = 0;
      }
      column += cells;
    }
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}
