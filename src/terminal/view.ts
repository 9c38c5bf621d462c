import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { shells, type TerminalEnds } from "./client.ts";
import { themeOf } from "./colours.ts";
import { guard, tidy } from "./guard.ts";
import { history, loadHistory, remember } from "./history.ts";
import { LineEditor } from "./line-editor.ts";
import { objectLinks } from "./links.ts";
import type { Status } from "./protocol.ts";

const WELCOME = "\u001b[90mA shell beside the cluster. help tells what it can do; Tab completes.\u001b[0m\r\n";
const SCROLLBACK = 5000;

/** Asks the page for an editor: what the text was left as, or undefined. */
export type AskEditor = (text: string, name: string) => Promise<string | undefined>;

/** One terminal: its screen, its line editor and its shell. It outlives the panel that shows it. */
export class TerminalView {
  readonly id: number;
  readonly element = document.createElement("div");
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  readonly #fit = new FitAddon();
  readonly #editor: LineEditor;
  readonly #onEnd: (id: number) => void;
  #raw = false;
  #running = false;
  #closed = false;
  #status: Status | undefined;
  #watcher: ResizeObserver | undefined;
  #themes: MutationObserver | undefined;

  constructor(id: number, ask: AskEditor, onEnd: (id: number) => void) {
    this.id = id;
    this.#onEnd = onEnd;
    this.element.style.height = "100%";
    this.terminal = new Terminal({
      fontFamily: "ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
      fontSize: 13,
      lineHeight: 1.15,
      scrollback: SCROLLBACK,
      convertEol: true,
      cursorBlink: false,
      screenReaderMode: false,
      allowProposedApi: true,
      // Bytes that are no text are no mistake of the page.
      logLevel: "off",
    });
    const { terminal } = this;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.search);
    terminal.loadAddon(new WebLinksAddon((_event, uri) => void window.open(uri, "_blank", "noopener,noreferrer")));
    guard(terminal);
    terminal.registerLinkProvider(objectLinks(terminal));
    this.#editor = new LineEditor({
      write: (text) => terminal.write(text),
      get columns() {
        return terminal.cols;
      },
      isWhole: (text) => shells.remote.isWhole(id, text),
      complete: (text) => shells.remote.complete(id, text),
      history,
    });
    terminal.onData((data) => this.#input(data));
    terminal.onBinary((data) => this.#input(data));
    terminal.onResize(({ cols, rows }) => {
      // Where the mouse was pressed last counts as marked text once it lies beyond the new width.
      terminal.clearSelection();
      void shells.remote.resize(id, cols, rows);
      this.#editor.redraw();
    });
    terminal.attachCustomKeyEventHandler((event) => !this.#isPages(event));
    void this.#live(ask);
  }

  /** Puts the screen into a place of the page. */
  attach(place: HTMLElement): void {
    place.append(this.element);
    if (this.terminal.element === undefined) {
      this.terminal.open(this.element);
      this.element.addEventListener("paste", (event) => this.#paste(event), { capture: true });
    }
    this.terminal.options.theme = themeOf(place);
    this.#themes = new MutationObserver(() => {
      this.terminal.options.theme = themeOf(place);
    });
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    this.#watcher = new ResizeObserver(() => this.#fit.fit());
    this.#watcher.observe(place);
    this.#fit.fit();
  }

  detach(): void {
    this.#watcher?.disconnect();
    this.#themes?.disconnect();
    this.element.remove();
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.#closed = true;
    this.detach();
    shells.close(this.id);
    this.terminal.dispose();
  }

  /** Puts files into the shell's folder. */
  async put(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      const path = await shells.remote.put(this.id, file.name, new Uint8Array(await file.arrayBuffer()));
      if (this.#editor.isReading) this.#editor.input(`${path} `);
    }
  }

  /** Keys that are not the terminal's: copying with a selection, pasting, and the one that hides it. */
  #isPages(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return false;
    const withControl = event.ctrlKey || event.metaKey;
    if (withControl && event.key === "`") return true;
    if (withControl && event.shiftKey && event.key.toLowerCase() === "c") {
      void navigator.clipboard.writeText(this.terminal.getSelection());
      event.preventDefault();
      return true;
    }
    if (withControl && event.key.toLowerCase() === "c" && this.terminal.hasSelection()) {
      void navigator.clipboard.writeText(this.terminal.getSelection());
      this.terminal.clearSelection();
      event.preventDefault();
      return true;
    }
    // The browser pastes by itself.
    return withControl && event.key.toLowerCase() === "v";
  }

  /** At the prompt what is pasted is put in whole; programs get it as keys, as xterm sends it. */
  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (this.#raw || !this.#editor.isAtPrompt || text === "") return;
    event.preventDefault();
    event.stopPropagation();
    this.#editor.paste(text);
  }

  #input(data: string): void {
    if (this.#raw) void shells.remote.key(this.id, data);
    else if (this.#editor.isReading) this.#editor.input(data);
    else if (this.#running && data === "\u0003") {
      this.terminal.write("^C\r\n");
      shells.interrupt(this.id);
    } else this.#editor.input(data);
  }

  #prompt({ folder, context, namespace, exitCode }: Status): string {
    const place = folder.replace(/^\/home\/learner(?=\/|$)/, "~");
    const failed = exitCode === 0 ? "" : `\u001b[31m${exitCode}\u001b[0m `;
    return `\u001b[90m${context}:${namespace}\u001b[0m ${failed}\u001b[34m${place}\u001b[0m $ `;
  }

  async #live(ask: AskEditor): Promise<void> {
    const { terminal, id } = this;
    await loadHistory();
    const ends: TerminalEnds = {
      out: (text) =>
        new Promise((resolve) => {
          // Only what runs in the background prints while a line is typed.
          if (this.#editor.isReading) this.#editor.interject(text);
          terminal.write(this.#editor.isReading ? "" : text, resolve);
        }),
      raw: (on) => {
        this.#raw = on;
      },
      line: async () => {
        const entered = await this.#read("", true);
        return entered.kind === "line" ? entered.text : undefined;
      },
      edit: ask,
      restarted: (status) => {
        this.#raw = false;
        this.#status = status;
        terminal.write("\r\nThe shell was stuck and has been started anew; its files are still there.\r\n");
      },
    };
    this.#status = await shells.open(id, ends, terminal.cols, terminal.rows);
    terminal.write(WELCOME);
    while (!this.#closed && this.#status.ended === false) {
      const entered = await this.#read(this.#prompt(this.#status), false);
      if (entered.kind === "end") break;
      if (entered.kind !== "line" || entered.text.trim() === "") continue;
      remember(entered.text);
      this.#running = true;
      const status: Status | undefined = await shells.run(id, entered.text, history);
      this.#running = false;
      this.#raw = false;
      if (status !== undefined) this.#status = status;
      await this.#tidy();
    }
    if (!this.#closed) this.#onEnd(id);
  }

  #read(prompt: string, plain: boolean) {
    const reading = this.#editor.read(prompt, plain);
    const ahead = this.#editor.takeUnread();
    if (ahead !== "") this.#editor.input(ahead);
    return reading;
  }

  /** Begins the prompt on a line of its own, on a screen that nothing was left on. */
  async #tidy(): Promise<void> {
    const { terminal } = this;
    await tidy(terminal);
    if (terminal.buffer.active.cursorX > 0) terminal.write("\u001b[7m%\u001b[0m\r\n");
  }
}
