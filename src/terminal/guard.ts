import type { Terminal } from "@xterm/xterm";

/*
 * What containers print comes to the terminal as it is, colours and all. It must not reach further than its screen: neither
 * the window's title, the clipboard and links, nor what seems to be typed.
 */

/** Operating system commands: title, colours, links, the clipboard, notifications, shell integration. */
const OSC = [
  0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 17, 19, 22, 50, 52, 99, 104, 105, 110, 111, 112, 113, 117, 119, 133, 633,
  777, 1337,
];
/** Modes in which a terminal answers, or types, by itself: mouse reports, focus reports, bracketed paste. */
const TALKING_MODES = new Set([9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004]);

const swallow = () => true;

/** Makes a terminal deaf to what would reach beyond its screen. */
export function guard(terminal: Terminal): void {
  const { parser } = terminal;
  for (const number of OSC) parser.registerOscHandler(number, swallow);
  // Questions whose answers would arrive as typed keys.
  for (const final of ["n", "c", "t", "x"]) parser.registerCsiHandler({ final }, swallow);
  for (const prefix of [">", "=", "?"]) {
    parser.registerCsiHandler({ prefix, final: "c" }, swallow);
    parser.registerCsiHandler({ prefix, final: "n" }, swallow);
    parser.registerCsiHandler({ prefix, final: "q" }, swallow);
    parser.registerCsiHandler({ prefix, final: "u" }, swallow);
  }
  parser.registerCsiHandler({ intermediates: "$", final: "p" }, swallow);
  parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, swallow);
  for (const final of ["h", "l"]) {
    parser.registerCsiHandler({ prefix: "?", final }, (params) =>
      params.some((mode) => TALKING_MODES.has(Array.isArray(mode) ? (mode[0] ?? 0) : mode)),
    );
  }
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, swallow);
  parser.registerDcsHandler({ intermediates: "+", final: "q" }, swallow);
  parser.registerEscHandler({ final: "Z" }, swallow);
}

/** Leaves nothing behind of what a program did to the screen: colours, hidden cursor, charset, margins, modes. */
const RESET = "\u001b[0m\u001b[?25h\u001b(B\u000f\u001b7\u001b[r\u001b[?6l\u001b8\u001b[?7h\u001b[4l\u001b[?1l\u001b>";
const LEAVE_OTHER_SCREEN = "\u001b[?1049l";

/** Makes the screen fit to be typed on again; settles when it is. */
export function tidy(terminal: Terminal): Promise<void> {
  const isElsewhere = terminal.buffer.active.type === "alternate";
  return new Promise((resolve) => terminal.write(`${isElsewhere ? LEAVE_OTHER_SCREEN : ""}${RESET}`, resolve));
}
