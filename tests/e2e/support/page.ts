import type { Page } from "playwright-core";

// The page as a person uses it, for the browser tests.

/** Waits until the cluster is up and the page shows it. */
export async function clusterIsUp(page: Page): Promise<void> {
  await page.locator('[data-map-item="Node:control-plane"]').waitFor({ timeout: 30_000 });
  await page.getByText("Nothing of yours is in it yet").waitFor();
}

export async function applyStarter(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Apply this Deployment" }).click();
}

/** Puts a text into the editor in place of what is there, as a paste. */
export async function pasteManifest(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Manifest in YAML" });
  await field.click();
  await page.keyboard.press("ControlOrMeta+a");
  await field.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

export async function pressApply(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Apply", exact: true }).click();
}

export async function setSpeed(page: Page, speed: 1 | 10 | 100 | 1000): Promise<void> {
  await page.getByRole("button", { name: `${speed}x`, exact: true }).click();
}

/** Waits until a Deployment has so many pods ready, as the summary of the cluster tells. */
export async function deploymentIs(page: Page, name: string, line: string): Promise<void> {
  await page
    .getByRole("region", { name: "Inspector" })
    .getByRole("button", { name: `${name} ${line}` })
    .waitFor();
}

/** Virtual seconds that the clock shows. */
export async function clockSeconds(page: Page): Promise<number> {
  const text = (await page.locator("time").first().textContent()) ?? "";
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Does one of the deeds of a thing's menu on the map. */
export async function act(page: Page, item: string, deed: string): Promise<void> {
  await page.locator(`[data-map-item="${item}"]`).click({ button: "right" });
  await page.getByRole("menuitem", { name: deed }).click();
}
