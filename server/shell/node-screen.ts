import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { LineEditor } from "../../src/terminal/line-editor.ts";
import type { Screen } from "../../src/terminal/shell/world.ts";

const COLUMNS = 80;
const ROWS = 24;

/** The screen of a script: what it prints, and lines of its standard input. */
export function scriptScreen(): Screen {
  const lines = process.stdin.isTTY ? undefined : createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return {
    out: (text) => void process.stdout.write(text),
    drawn,
    columns: COLUMNS,
    rows: ROWS,
    raw: () => () => {},
    onResize: () => () => {},
    line: async () => {
      const next = await lines?.next();
      return next === undefined || next.done ? undefined : next.value;
    },
    edit: async (text, name) => editWith(process.env.EDITOR, text, name),
    download: (name, bytes) => writeFileSync(basename(name), bytes),
  };
}

/** An ordinary terminal: keys as they are typed, and the line editor that the page has too. */
export class NodeScreen implements Screen {
  readonly editor: LineEditor;
  readonly #onInterrupt: () => void;
  readonly #raw = new Set<(bytes: string) => void>();

  constructor(world: Omit<ConstructorParameters<typeof LineEditor>[0], "write" | "columns">, onInterrupt: () => void) {
    const columns = () => this.columns;
    this.editor = new LineEditor({
      ...world,
      write: (text) => void process.stdout.write(text),
      get columns() {
        return columns();
      },
    });
    this.#onInterrupt = onInterrupt;
    process.stdin.setRawMode(true);
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", (data) => this.#take(String(data)));
    process.stdout.on("resize", () => this.editor.redraw());
  }

  get columns(): number {
    return process.stdout.columns || COLUMNS;
  }

  get rows(): number {
    return process.stdout.rows || ROWS;
  }

  out(text: string): void {
    // Only what runs in the background prints while a line is typed.
    if (this.editor.isReading) this.editor.interject(text);
    else process.stdout.write(text);
  }

  readonly drawn = drawn;

  raw(hear: (bytes: string) => void): () => void {
    this.#raw.add(hear);
    return () => this.#raw.delete(hear);
  }

  onResize(listener: (columns: number, rows: number) => void): () => void {
    const tell = () => listener(this.columns, this.rows);
    process.stdout.on("resize", tell);
    return () => process.stdout.off("resize", tell);
  }

  async line(): Promise<string | undefined> {
    const entered = await this.editor.read("", true);
    return entered.kind === "line" ? entered.text : undefined;
  }

  async edit(text: string, name: string): Promise<string | undefined> {
    process.stdin.setRawMode(false);
    const left = editWith(process.env.EDITOR || "vi", text, name);
    process.stdin.setRawMode(true);
    return left;
  }

  download(name: string, bytes: Uint8Array): void {
    writeFileSync(basename(name), bytes);
  }

  #take(data: string): void {
    if (this.#raw.size > 0) for (const hear of [...this.#raw]) hear(data);
    else if (!this.editor.isReading && data === "\u0003") this.#onInterrupt();
    else this.editor.input(data);
  }
}

/** Settles when what was written so far is on its way; others have had a turn by then. */
function drawn(): Promise<void> {
  return new Promise((resolve) => process.stdout.write("", () => setImmediate(resolve)));
}

/** Opens a program of the machine on a text; undefined when there is none, or when it failed. */
function editWith(editor: string | undefined, text: string, name: string): string | undefined {
  if (!editor) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "tabernetes-"));
  const file = join(folder, basename(name) || "text");
  try {
    writeFileSync(file, text);
    const { status } = spawnSync(editor, [file], { stdio: "inherit", shell: true });
    return status === 0 ? readFileSync(file, "utf8") : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
