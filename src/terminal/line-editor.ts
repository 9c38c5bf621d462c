import { cellsOf, placeAfter } from "./cells.ts";
import { isControl, keysOf } from "./keys.ts";

/** What a line editor needs around it. */
export interface EditorWorld {
  write(text: string): void;
  readonly columns: number;
  /** Whether a text is a whole script; what isn't goes on in another line. */
  isWhole(text: string): Promise<boolean>;
  complete(text: string): Promise<{ readonly from: number; readonly words: readonly string[] }>;
  /** Lines of earlier, oldest first. */
  readonly history: readonly string[];
}

/** How a line came to its end. */
export type Entered =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "end" };

const MORE = "> ";
const TAB = "    ";
const LISTED = 200;
const WORD = /[\p{L}\p{N}_]/u;

interface Search {
  readonly query: string;
  readonly at: number;
}

/** A line as it is typed: readline's keys, history, reverse search, completion, and lines that go on. */
export class LineEditor {
  readonly #world: EditorWorld;
  #prompt = "";
  #text = "";
  #at = 0;
  #cut = "";
  #past: number | undefined;
  #draft = "";
  #search: Search | undefined;
  #isSearchDrawn = false;
  /** Row of the cursor below the prompt's first one, as it was drawn last. */
  #row = 0;
  #done: ((entered: Entered) => void) | undefined;
  #busy: Promise<void> = Promise.resolve();
  #tabs = 0;
  #plain = false;

  constructor(world: EditorWorld) {
    this.#world = world;
  }

  get isReading(): boolean {
    return this.#done !== undefined;
  }

  /** Reads a line for the shell, not one for a program. */
  get isAtPrompt(): boolean {
    return this.isReading && !this.#plain;
  }

  /** Reads a line behind a prompt. `plain`: without continuation, completion and history. */
  read(prompt: string, plain = false): Promise<Entered> {
    this.#prompt = prompt;
    this.#plain = plain;
    this.#text = "";
    this.#at = 0;
    this.#past = undefined;
    this.#search = undefined;
    this.#row = 0;
    this.#isSearchDrawn = false;
    this.#world.write(prompt);
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** What was typed or pasted, as the terminal gives it. Keys that wait for an answer hold up those after them. */
  input(data: string): void {
    this.#busy = this.#busy.then(() => this.#take(data)).catch((error) => console.error(error));
  }

  /** What was pasted: put in as it is, several lines too, and run when the person says so. As bash's bracketed paste. */
  paste(text: string): void {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    // No key may hide in what was copied elsewhere.
    const plain = lines.replace(/\p{Cc}/gu, (key) => (key === "\n" || key === "\t" ? key : ""));
    this.#busy = this.#busy.then(() => {
      this.#search = undefined;
      this.#insert(plain);
    });
  }

  /** Draws anew, such as after the window became wider. */
  redraw(): void {
    if (this.isReading) this.#draw();
  }

  /** Shows what comes from elsewhere while a line is typed: above the line, which goes on behind it. */
  interject(text: string): void {
    const up = this.#row > 0 ? `\u001b[${this.#row}A` : "";
    this.#world.write(`${up}\r\u001b[J${text}${text.endsWith("\n") ? "" : "\r\n"}`);
    this.#row = 0;
    this.#draw();
  }

  async #take(data: string): Promise<void> {
    for (const key of keysOf(data)) {
      if (!this.isReading) {
        this.#unread += key;
        continue;
      }
      await this.#key(key);
    }
  }

  /** Typed ahead, while a command ran. */
  #unread = "";
  takeUnread(): string {
    const text = this.#unread;
    this.#unread = "";
    return text;
  }

  async #key(key: string): Promise<void> {
    if (key !== "\t") this.#tabs = 0;
    if (this.#search !== undefined && this.#inSearch(key)) return;
    if (key === "\r" || key === "\n") return this.#enter();
    if (key === "\t") return this.#plain ? undefined : this.#complete();
    const deed = this.#deeds[key];
    if (deed !== undefined) deed();
    else if (!isControl(key)) this.#insert(key);
  }

  readonly #deeds: { readonly [key: string]: () => void } = {
    "\u0003": () => this.#finish({ kind: "cancelled" }, "^C"),
    "\u0004": () => (this.#text === "" ? this.#finish({ kind: "end" }) : this.#remove(this.#at, this.#at + 1)),
    "\u0001": () => this.#go(this.#lineStart()),
    "\u001b[H": () => this.#go(this.#lineStart()),
    "\u001bOH": () => this.#go(this.#lineStart()),
    "\u0005": () => this.#go(this.#lineEnd()),
    "\u001b[F": () => this.#go(this.#lineEnd()),
    "\u001bOF": () => this.#go(this.#lineEnd()),
    "\u0002": () => this.#go(this.#at - 1),
    "\u001b[D": () => this.#go(this.#at - 1),
    "\u001bOD": () => this.#go(this.#at - 1),
    "\u0006": () => this.#go(this.#at + 1),
    "\u001b[C": () => this.#go(this.#at + 1),
    "\u001bOC": () => this.#go(this.#at + 1),
    "\u001bb": () => this.#go(this.#wordBefore()),
    "\u001b[1;5D": () => this.#go(this.#wordBefore()),
    "\u001b[1;3D": () => this.#go(this.#wordBefore()),
    "\u001bf": () => this.#go(this.#wordAfter()),
    "\u001b[1;5C": () => this.#go(this.#wordAfter()),
    "\u001b[1;3C": () => this.#go(this.#wordAfter()),
    "\u007f": () => this.#remove(this.#at - 1, this.#at),
    "\b": () => this.#remove(this.#at - 1, this.#at),
    "\u001b[3~": () => this.#remove(this.#at, this.#at + 1),
    "\u000b": () => this.#kill(this.#at, this.#lineEnd()),
    "\u0015": () => this.#kill(this.#lineStart(), this.#at),
    "\u0017": () => this.#kill(this.#spaceBefore(), this.#at),
    "\u001b\u007f": () => this.#kill(this.#wordBefore(), this.#at),
    "\u001bd": () => this.#kill(this.#at, this.#wordAfter()),
    "\u0019": () => this.#insert(this.#cut),
    "\u000c": () => this.#clear(),
    "\u0010": () => this.#browse(-1),
    "\u001b[A": () => this.#browse(-1),
    "\u001bOA": () => this.#browse(-1),
    "\u000e": () => this.#browse(1),
    "\u001b[B": () => this.#browse(1),
    "\u001bOB": () => this.#browse(1),
    "\u0012": () => this.#find({ query: "", at: this.#world.history.length }),
    "\u0014": () => this.#swap(),
  };

  #insert(text: string): void {
    const isAtEnd = this.#at === this.#text.length;
    this.#text = this.#text.slice(0, this.#at) + text + this.#text.slice(this.#at);
    this.#at += text.length;
    const { column } = this.#place(this.#at);
    // The quick way: at the end of a line that is not full, a letter is all there is to draw.
    if (isAtEnd && !/[\n\t]/.test(text) && column > cellsOf(text)) this.#world.write(text);
    else this.#draw();
  }

  #remove(from: number, to: number): void {
    const begin = Math.max(0, from);
    if (begin >= Math.min(to, this.#text.length)) return;
    this.#text = this.#text.slice(0, begin) + this.#text.slice(to);
    this.#at = begin;
    this.#draw();
  }

  #kill(from: number, to: number): void {
    if (from < to) this.#cut = this.#text.slice(from, to);
    this.#remove(from, to);
  }

  #swap(): void {
    const at = Math.min(this.#at, this.#text.length - 1);
    if (at < 1) return;
    const { [at - 1]: before = "", [at]: after = "" } = this.#text;
    this.#text = this.#text.slice(0, at - 1) + after + before + this.#text.slice(at + 1);
    this.#go(at + 1);
  }

  #go(at: number): void {
    this.#at = Math.max(0, Math.min(this.#text.length, at));
    this.#draw();
  }

  #lineStart(): number {
    return this.#text.lastIndexOf("\n", this.#at - 1) + 1;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #wordBefore(): number {
    let at = this.#at;
    while (at > 0 && !WORD.test(this.#text.charAt(at - 1))) at--;
    while (at > 0 && WORD.test(this.#text.charAt(at - 1))) at--;
    return at;
  }

  #spaceBefore(): number {
    let at = this.#at;
    while (at > 0 && /\s/.test(this.#text.charAt(at - 1))) at--;
    while (at > 0 && !/\s/.test(this.#text.charAt(at - 1))) at--;
    return at;
  }

  #wordAfter(): number {
    let at = this.#at;
    while (at < this.#text.length && !WORD.test(this.#text.charAt(at))) at++;
    while (at < this.#text.length && WORD.test(this.#text.charAt(at))) at++;
    return at;
  }

  #browse(step: 1 | -1): void {
    const { history } = this.#world;
    if (this.#plain || history.length === 0) return;
    if (this.#past === undefined) {
      if (step > 0) return;
      this.#draft = this.#text;
    }
    const next = (this.#past ?? history.length) + step;
    if (next < 0) return;
    this.#past = next >= history.length ? undefined : next;
    this.#text = this.#past === undefined ? this.#draft : (history[this.#past] ?? "");
    this.#at = this.#text.length;
    this.#draw();
  }

  #find(search: Search): void {
    if (this.#plain) return;
    const { history } = this.#world;
    let at = search.at - 1;
    while (at >= 0 && !(history[at] ?? "").includes(search.query)) at--;
    if (at >= 0) {
      this.#text = search.query === "" && this.#search === undefined ? this.#text : (history[at] ?? "");
      this.#at = Math.max(0, this.#text.indexOf(search.query));
    }
    this.#search = { query: search.query, at: search.query === "" ? search.at : Math.max(at, 0) };
    this.#draw();
  }

  /** True when the key was for the search; others end it and are obeyed. */
  #inSearch(key: string): boolean {
    const search = this.#search;
    if (search === undefined) return false;
    if (key === "\u0012") this.#find(search);
    else if (key === "\u007f" || key === "\b") {
      this.#find({ query: search.query.slice(0, -1), at: this.#world.history.length });
    } else if (!isControl(key)) {
      this.#find({ query: search.query + key, at: search.query === "" ? this.#world.history.length : search.at + 1 });
    } else {
      this.#search = undefined;
      if (key === "\u0007") this.#text = "";
      this.#draw();
      return key === "\u0007" || key === "\u001b";
    }
    return true;
  }

  async #enter(): Promise<void> {
    this.#search = undefined;
    if (!this.#plain && this.#text.trim() !== "" && !(await this.#world.isWhole(this.#text))) {
      this.#at = this.#text.length;
      this.#insert("\n");
      return;
    }
    this.#finish({ kind: "line", text: this.#text });
  }

  #finish(entered: Entered, mark = ""): void {
    // A text that is higher than the screen can't be drawn in its place again: where the cursor is at its end, it stays.
    const stands = !this.#isSearchDrawn && this.#at === this.#text.length;
    this.#search = undefined;
    this.#at = this.#text.length;
    if (!stands) this.#draw();
    this.#world.write(`${mark}\r\n`);
    const done = this.#done;
    this.#done = undefined;
    done?.(entered);
  }

  #clear(): void {
    this.#world.write("\u001b[H\u001b[2J");
    this.#row = 0;
    this.#draw();
  }

  async #complete(): Promise<void> {
    this.#tabs++;
    const before = this.#text.slice(0, this.#at);
    const { from, words } = await this.#world.complete(before);
    if (words.length === 0) return;
    const typed = before.slice(from);
    const common = commonStart(words);
    const [only] = words;
    if (words.length === 1 && only !== undefined) {
      this.#put(from, /[/=:]$/.test(only) ? only : `${only} `);
    } else if (common.length > typed.length) this.#put(from, common);
    else if (this.#tabs > 1) this.#list(words);
  }

  #put(from: number, word: string): void {
    const rest = this.#text.slice(this.#at);
    this.#text = this.#text.slice(0, from) + word + rest;
    this.#at = from + word.length;
    this.#draw();
  }

  #list(words: readonly string[]): void {
    const shown = words.slice(0, LISTED).map((word) => word.replace(/^(.*\/)(?=[^/]+\/?$)/, ""));
    const width = Math.max(...shown.map(cellsOf)) + 2;
    const perRow = Math.max(1, Math.floor(this.#world.columns / width));
    const rows = Math.ceil(shown.length / perRow);
    const lines = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: perRow }, (__, column) => shown[column * rows + row] ?? "")
        .map((word) => word + " ".repeat(width - cellsOf(word)))
        .join("")
        .trimEnd(),
    );
    const more = words.length > LISTED ? `... and ${words.length - LISTED} more\r\n` : "";
    this.#toEnd();
    this.#world.write(`\r\n${lines.join("\r\n")}\r\n${more}`);
    this.#row = 0;
    this.#draw();
  }

  #toEnd(): void {
    const at = this.#at;
    this.#at = this.#text.length;
    this.#draw();
    this.#at = at;
  }

  /** The prompt as it is shown, and what is typed with the marks of lines that go on. */
  #shown(to: number): string {
    const search = this.#search;
    const prompt = search === undefined ? this.#prompt : `(reverse-i-search)\`${search.query}': `;
    return prompt + this.#text.slice(0, to).replaceAll("\t", TAB).replaceAll("\n", `\r\n${MORE}`);
  }

  #place(at: number) {
    return placeAfter(this.#shown(at), this.#world.columns);
  }

  #draw(): void {
    const up = this.#row > 0 ? `\u001b[${this.#row}A` : "";
    const all = this.#shown(this.#text.length);
    const end = placeAfter(all, this.#world.columns);
    const here = this.#place(this.#at);
    // A full row leaves the cursor on its last column: go on to the next one, as a terminal does with the next letter.
    const wrap = end.column === 0 && end.row > 0 && !all.endsWith("\n") ? " \b" : "";
    const back = end.row > here.row ? `\u001b[${end.row - here.row}A` : "";
    const right = here.column > 0 ? `\u001b[${here.column}C` : "";
    this.#world.write(`${up}\r\u001b[J${all}${wrap}${back}\r${right}`);
    this.#row = here.row;
    this.#isSearchDrawn = this.#search !== undefined;
  }
}

function commonStart(words: readonly string[]): string {
  let common = words[0] ?? "";
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
}
