import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/chromium.mjs";
import { distFolder } from "../../../scripts/page.mjs";
import { type StaticServer, serveFolder } from "../../../scripts/static-server.mjs";
import { root } from "../../../scripts/workshop.mjs";

/** Nothing but the page: no GPU of the machine, no calls home. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless Chromium from this machine; `npm test` installs one where there is none. Close it after use. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("No Chromium that runs was found: name one in CHROMIUM_PATH.");
  return chromium.launch({ executablePath, args: flags });
}

/** Serves the built page on a free port, as `npm start` does. Close it after use. */
export async function servePage(): Promise<StaticServer> {
  // Named where two builds are under test at once.
  const folder = process.env.TABERNETES_DIST ?? distFolder;
  if (!existsSync(join(folder, "index.html"))) throw new Error("The page is not built: run `npm run build` first.");
  return serveFolder(folder);
}

export interface View {
  /** CSS pixels; 1280 x 720 when not given. */
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page complained of so far: console errors, uncaught exceptions, refused or failed requests. */
  readonly complaints: readonly string[];
}

/** Opens an address in a browser context of its own (empty storage); `page.context().close()` ends it. */
export async function openPage(browser: Browser, url: string, view: View = {}): Promise<OpenedPage> {
  const { width = 1280, height = 720, colorScheme = "light" } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(url);
  return { page, complaints };
}

/** Writes what the page shows to test-results/<name>.png and gives that path back. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const folder = join(root, "test-results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  return path;
}
