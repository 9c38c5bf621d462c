import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { seriousViolations } from "./support/accessibility.ts";
import { launchBrowser, openPage, screenshot, servePage } from "./support/browser.ts";
import { clusterIsUp } from "./support/page.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const level = (page: Page) => page.locator("[data-level]").getAttribute("data-level");

async function zoomUntil(page: Page, wanted: string): Promise<void> {
  const box = await page.getByLabel("Map of the cluster").boundingBox();
  if (!box) throw new Error("the map is not shown");
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
  for (let turn = 0; turn < 60 && (await level(page)) !== wanted; turn++) {
    await page.mouse.wheel(0, -120);
    await page.waitForTimeout(150);
  }
  expect(await level(page)).toBe(wanted);
}

/** The clock's seconds since the cluster began. */
async function clockSeconds(page: Page): Promise<number> {
  const text = (await page.getByRole("banner").textContent()) ?? "";
  const [, hours, minutes, seconds] = /(\d\d):(\d\d):(\d\d)/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Points at painted cards until a pod's name is shown, and clicks there: the inspector shows that pod. */
async function pickPaintedPod(page: Page): Promise<void> {
  const box = await page.getByLabel("Map of the cluster").boundingBox();
  if (!box) throw new Error("the map is not shown");
  const name = page.locator('[data-painted="pod"] > :first-child');
  for (let at = 0; at < 400; at++) {
    await page.mouse.move(box.x + 60 + (at % 20) * 7, box.y + 80 + Math.floor(at / 20) * 7);
    if ((await name.count()) > 0) break;
  }
  const pod = (await name.textContent()) ?? "";
  await page.mouse.down();
  await page.mouse.up();
  await page.getByRole("heading", { name: pod }).waitFor();
  await page.keyboard.press("Escape");
}

it("makes a cluster of 100 nodes, and shows it from far, nearer and near", async () => {
  const { page, complaints } = await openPage(browser, server.url);
  page.setDefaultTimeout(60_000);
  await clusterIsUp(page);
  await page.getByRole("button", { name: "New cluster", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New cluster" });
  await dialog.getByText("100 nodes", { exact: true }).click();

  await dialog.getByText("Scheduler configuration").click();
  await dialog.getByRole("textbox").fill("apiVersion: kubescheduler.config.k8s.io/v1\nkind: Nonsense");
  await dialog.getByRole("button", { name: "Begin", exact: true }).click();
  expect(await dialog.getByRole("alert").textContent()).toContain("Nonsense");
  expect(await seriousViolations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Use the example: pack nodes full" }).click();
  await dialog.getByRole("button", { name: "Begin", exact: true }).click();

  await page.getByRole("region", { name: "Inspector" }).getByText("101/101").waitFor();
  expect(await level(page)).toBe("far");
  const zones = page.getByRole("img", { name: /^Heat map of zone-[abc]: \d+\/\d+ nodes ready/ });
  expect(await zones.count()).toBe(3);
  await page.getByText("Memory", { exact: true }).click();
  await screenshot(page, "large-far");
  expect(await seriousViolations(page)).toEqual([]);

  await zoomUntil(page, "middle");
  await screenshot(page, "large-middle");
  expect(await page.locator('[data-map-item^="Node:"]').count()).toBe(0);
  await pickPaintedPod(page);
  await zoomUntil(page, "near");
  await page.locator('[data-map-item^="Node:"]').first().waitFor();
  await screenshot(page, "large-near");

  // Search flies there, the inspector shows it, and pods that nobody looked at come with it.
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search" }).fill("gpu-2");
  await page.getByRole("option", { name: /^gpu-2 Node$/ }).click();
  await page.getByRole("heading", { name: "gpu-2" }).waitFor();
  await page.locator('[data-map-item="Node:gpu-2"]').waitFor();
  await page.locator('[data-map-item^="Pod:kube-system/kube-proxy"]').first().waitFor();

  // The same in words, for whoever sees no map.
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "List of nodes" }).click();
  await page.getByRole("textbox", { name: "Filter nodes" }).fill("compute-3");
  await page.getByRole("button", { name: /^compute-3.*Ready.*pods/ }).click();
  await page.getByRole("heading", { name: "compute-3" }).waitFor();
  await page.keyboard.press("Escape");

  // A cluster of this size is kept as what was done to it: a reload plays that again, up to where it was left.
  const before = await clockSeconds(page);
  await page.reload();
  await page.getByRole("region", { name: "Inspector" }).getByText("101/101").waitFor();
  await page.getByRole("progressbar", { name: "Played back" }).waitFor({ state: "detached" });
  // It is noted every few seconds how far the run has come.
  expect(await clockSeconds(page)).toBeGreaterThan(before - 6);
  expect(complaints).toEqual([]);
  await page.context().close();
});
