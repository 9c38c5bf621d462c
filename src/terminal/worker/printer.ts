/** More than this waits for the terminal only in parts: nobody reads it, and it would fill the memory. */
const MOST = 4_000_000;
const CHUNK = 64 * 1024;

/** What a shell prints, in order and no faster than the terminal draws it. */
export class Printer {
  readonly #draw: (text: string) => Promise<void>;
  #waiting = "";
  #dropped = 0;
  #drawing: Promise<void> | undefined;

  constructor(draw: (text: string) => Promise<void>) {
    this.#draw = draw;
  }

  out(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length > MOST) {
      const keep = this.#waiting.slice(-MOST / 2);
      this.#dropped += this.#waiting.length - keep.length;
      this.#waiting = keep;
    }
    this.#drawing ??= this.#drain().finally(() => {
      this.#drawing = undefined;
    });
  }

  /** Forgets what was not drawn yet. */
  clear(): void {
    this.#waiting = "";
    this.#dropped = 0;
  }

  /** Settles when all is drawn. */
  async flush(): Promise<void> {
    while (this.#drawing !== undefined) await this.#drawing;
  }

  async #drain(): Promise<void> {
    // What is printed in one go is drawn in one go.
    await Promise.resolve();
    while (this.#waiting !== "") {
      const note = this.#dropped > 0 ? `\r\n[${this.#dropped} characters were left out]\r\n` : "";
      this.#dropped = 0;
      const text = this.#waiting.slice(0, CHUNK);
      this.#waiting = this.#waiting.slice(CHUNK);
      await this.#draw(note + text);
    }
  }
}
