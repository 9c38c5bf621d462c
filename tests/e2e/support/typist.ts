import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { type OpenedPage, openPage } from "./browser.ts";
import { clusterIsUp } from "./page.ts";

/** A terminal as a person has it before them: keys, and what the screen shows. */
export class Typist {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  static async sitDown(page: Page): Promise<Typist> {
    await clusterIsUp(page);
    await page.keyboard.press("Control+`");
    const typist = new Typist(page);
    await typist.prompted();
    return typist;
  }

  screen(): Promise<string> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".xterm-rows > div")].map((row) => (row.textContent ?? "").trimEnd()).join("\n"),
    );
  }

  async sees(what: string | RegExp): Promise<void> {
    const { source, flags } = typeof what === "string" ? new RegExp(what.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : what;
    const seen = this.page.waitForFunction(
      ([pattern = "", marks = ""]) => {
        const rows = [...document.querySelectorAll(".xterm-rows > div")];
        return new RegExp(pattern, marks).test(rows.map((row) => (row.textContent ?? "").trimEnd()).join("\n"));
      },
      [source, flags],
      { timeout: 20_000 },
    );
    await seen.catch(async () => {
      throw new Error(`The screen never showed ${what}:\n${await this.screen()}`);
    });
  }

  /** The last line is a prompt that waits. */
  prompted(): Promise<void> {
    return this.sees(/tabernetes:\S+ (\d+ )?\S+ \$\s*$/);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Types a line on a clear screen, and gives what it showed once the prompt is back. */
  async run(line: string, shows?: string | RegExp): Promise<string> {
    await this.press("Control+l");
    await this.type(line);
    await this.press("Enter");
    if (shows !== undefined) await this.sees(shows);
    await this.prompted();
    return this.screen();
  }
}

/** Opens the page and its terminal, and lets somebody type. */
export async function atTerminal(
  browser: Browser,
  url: string,
  test: (typist: Typist, opened: OpenedPage) => Promise<void>,
): Promise<void> {
  const opened = await openPage(browser, url);
  await test(await Typist.sitDown(opened.page), opened);
  expect(opened.complaints).toEqual([]);
  await opened.page.context().close();
}
