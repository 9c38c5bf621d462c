import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { seriousViolations } from "./support/accessibility.ts";
import { launchBrowser, openPage, screenshot, servePage } from "./support/browser.ts";
import { applyStarter, clusterIsUp } from "./support/page.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Moves settle before a picture is taken or contrast is measured. */
const SETTLE_MS = 400;

const scenes = [
  { name: "light-wide", width: 1280, height: 720, colorScheme: "light" },
  { name: "dark-wide", width: 1280, height: 720, colorScheme: "dark" },
  { name: "light-narrow", width: 390, height: 844, colorScheme: "light" },
  { name: "dark-narrow", width: 390, height: 844, colorScheme: "dark" },
] as const;

it.each(scenes)("is accessible in every view: $name", async ({ name, ...view }) => {
  const { page, complaints } = await openPage(browser, server.url, view);
  const narrow = view.width < 500;
  const violations: string[] = [];
  const look = async (what: string) => {
    await page.waitForTimeout(SETTLE_MS);
    await screenshot(page, `${what}-${name}`);
    violations.push(...(await seriousViolations(page)).map((text) => `${what}: ${text}`));
  };
  const turnTo = async (pageName: string, tab: string) => {
    if (narrow) await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: pageName }).click();
    else await page.getByRole("tab", { name: tab }).click();
  };

  await clusterIsUp(page);
  await applyStarter(page);
  await page.getByRole("button", { name: "100x" }).click();
  await page.getByText("3 of 3 pods ready").waitFor();
  await page.getByRole("button", { name: "1x", exact: true }).click();
  await look("cluster");
  await overlays(page, look);
  for (const tab of ["Workloads", "Traffic", "Control loops"]) {
    await page.getByRole("tab", { name: tab }).click();
    await look(tab.toLowerCase().replace(" ", "-"));
  }
  await page.getByRole("tab", { name: "Cluster" }).click();
  await page.locator('[data-map-item="Node:node-2"]').click();
  if (narrow) await turnTo("Inspect", "");
  for (const tab of ["Overview", "Events", "YAML"]) {
    await page.getByRole("region", { name: "Inspector" }).getByRole("tab", { name: tab }).click();
    await look(`inspector-${tab.toLowerCase()}`);
  }
  await turnTo("Lessons", "Lessons");
  await look("lessons");
  await page
    .getByRole("button", { name: /^Begin the lesson/ })
    .first()
    .click();
  await look("lesson");
  await turnTo("Editor", "Editor");
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("menuitem", { name: "Two documents" }).click();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText("of 2 documents refused").waitFor();
  await look("refused");
  if (narrow) {
    await turnTo("Events", "");
    await look("events");
  }

  expect(violations).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

async function overlays(page: Page, look: (what: string) => Promise<void>): Promise<void> {
  await page.getByRole("button", { name: "Actions for node node-2" }).click();
  await look("menu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await look("search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await look("help");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Legend" }).click();
  await look("legend");
  await page.keyboard.press("Escape");
}
