import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { seriousViolations } from "./support/accessibility.ts";
import { launchBrowser, openPage, screenshot, servePage } from "./support/browser.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

it.each([
  { name: "light-wide", width: 1280, height: 720, colorScheme: "light" },
  { name: "dark-narrow", width: 390, height: 844, colorScheme: "dark" },
] as const)("opens without a complaint and is accessible: $name", async ({ name, ...view }) => {
  const { page, complaints } = await openPage(browser, server.url, view);
  await page.getByRole("main").waitFor();
  await screenshot(page, `opens-${name}`);
  expect(await page.title()).toContain("Tabernetes");
  expect(await seriousViolations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

it("runs nothing but its own files", async () => {
  const { page } = await openPage(browser, server.url);
  const tried = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ranInline = true";
    document.head.append(script);
    return "ranInline" in globalThis;
  });
  expect(tried).toBe(false);
  await page.context().close();
});
