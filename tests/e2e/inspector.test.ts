import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { seriousViolations } from "./support/accessibility.ts";
import { launchBrowser, type OpenedPage, openPage, screenshot, servePage, type View } from "./support/browser.ts";
import { clusterIsUp, setSpeed } from "./support/page.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const HUGE = {
  spec: { containers: [{ name: "huge", image: "nginx:1.27", resources: { requests: { cpu: "500" } } }] },
};

/** The terminal's screen as text, a line a row. */
function screen(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".xterm-rows > div")].map((row) => (row.textContent ?? "").trimEnd()).join("\n"),
  );
}

/** Types a line into the terminal and waits for what it shows. */
async function run(page: Page, line: string, shows: RegExp): Promise<void> {
  await page.keyboard.press("Control+l");
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
  await expect.poll(() => screen(page), { timeout: 20_000 }).toMatch(shows);
}

async function sitDown(view: View = {}): Promise<OpenedPage> {
  const opened = await openPage(browser, server.url, view);
  await clusterIsUp(opened.page);
  await opened.page.keyboard.press("Control+`");
  await expect.poll(() => screen(opened.page), { timeout: 20_000 }).toMatch(/\$\s*$/);
  return opened;
}

/** Clicks a word of the terminal's screen, as a person does who sees that it is underlined. */
async function clickWord(page: Page, word: RegExp): Promise<void> {
  const lines = (await screen(page)).split("\n");
  const row = lines.findIndex((line) => word.test(line));
  const column = lines[row]?.search(word) ?? 0;
  const box = await page.locator(".xterm-screen").boundingBox();
  const cell = await page.locator(".xterm-rows > div").first().boundingBox();
  const rows = lines.length;
  if (box === null || cell === null || row < 0) throw new Error(`${word} is not on the screen`);
  const columns = await page.evaluate(() => {
    const text = document.querySelector(".xterm-rows > div span");
    return text === null ? 80 : text.getBoundingClientRect().width / Math.max(1, text.textContent?.length ?? 1);
  });
  const place = { x: box.x + (column + 2.5) * columns, y: box.y + (row + 0.5) * (box.height / rows) };
  await page.mouse.move(place.x - 3, place.y);
  await page.mouse.move(place.x, place.y);
  await page.locator(".xterm-cursor-pointer").waitFor({ timeout: 5000 });
  await page.mouse.click(place.x, place.y);
}

const inspector = (page: Page): Locator => page.getByRole("region", { name: "Inspector" });

function tab(page: Page, name: string): Promise<void> {
  return inspector(page).getByRole("tab", { name, exact: true }).click();
}

describe("the inspector", () => {
  it("tells why a pod is there, from the command that was typed, after a click on its name", async () => {
    const { page, complaints } = await sitDown();
    await setSpeed(page, 10);
    await page.locator(".xterm-helper-textarea").focus();
    await run(page, "kubectl create deployment web --image=nginx:1.27 && sleep 8", /deployment\.apps\/web created/);
    await run(page, "kubectl get pods", /web-\w+-\w+ +1\/1/);
    await clickWord(page, /web-\w+-\w+ +1\/1/);
    await inspector(page)
      .getByRole("heading", { name: /^web-\w+-\w+$/ })
      .waitFor();
    await tab(page, "Why");
    const chain = inspector(page).getByRole("list").filter({ hasText: "kubernetes-admin" }).first();
    await chain.waitFor();
    const steps = await chain.getByRole("listitem").allTextContents();
    expect(steps).toHaveLength(3);
    expect(steps[0]).toMatch(/kubernetes-admin \(kubectl create\) created deployments\/web/);
    expect(steps[1]).toMatch(/deployment-controller created replicasets\/web-/);
    expect(steps[2]).toMatch(/replicaset-controller created pods\/web-/);
    await inspector(page).getByText("Nothing: no part of the cluster waits.").waitFor();
    await inspector(page).getByText("Why on this node").waitFor();
    await screenshot(page, "inspector-why");
    expect(await seriousViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("counts down what a pod waits for, and says what would make it fit", async () => {
    const { page } = await sitDown({ colorScheme: "dark" });
    await run(page, `kubectl run huge --image=nginx:1.27 --overrides='${JSON.stringify(HUGE)}'`, /pod\/huge created/);
    await run(page, "kubectl get pod/huge -o name", /^pod\/huge$/m);
    await clickWord(page, /huge$/m);
    await tab(page, "Why");
    const timer = inspector(page).getByRole("timer");
    const left = async () => {
      const [, minutes = "0", seconds = "0"] = /(?:(\d+)m)?(?:(\d+) ?s)?/.exec((await timer.textContent()) ?? "") ?? [];
      return Number(minutes) * 60 + Number(seconds);
    };
    await timer.waitFor();
    const before = await left();
    expect(before).toBeGreaterThan(200);
    await expect.poll(left, { timeout: 10_000 }).toBeLessThan(before);
    await inspector(page).getByText("ask for at most").waitFor();
    await screenshot(page, "inspector-waits-dark");
    expect(await seriousViolations(page)).toEqual([]);
    await page.context().close();
  });

  it("lets the YAML be edited in place: refusals at their line, conflicts settled, and the map follows", async () => {
    const { page } = await sitDown();
    await run(page, "kubectl create deployment web --image=nginx:1.27", /web created/);
    await run(page, "kubectl get deployments", /web +\d\/1/);
    await clickWord(page, /web +\d\/1/);
    await tab(page, "YAML");
    await page.getByRole("button", { name: "Edit in place" }).click();
    const field = page.getByRole("textbox", { name: "YAML of the object" });
    const write = async (value: string) => {
      await field
        .locator(".cm-line", { hasText: /^ {2}replicas: / })
        .first()
        .click();
      await page.keyboard.press("End");
      await page.keyboard.press("Shift+Control+ArrowLeft");
      await page.keyboard.type(value);
    };
    const apply = () => inspector(page).getByRole("button", { name: "Apply", exact: true }).click();
    await write("many");
    await apply();
    await inspector(page)
      .getByRole("alert")
      .getByText(/replicas/)
      .waitFor();
    await screenshot(page, "inspector-yaml");
    expect(await seriousViolations(page)).toEqual([]);
    // Its status has changed since: somebody else wrote it.
    await write("3");
    await apply();
    const overwrite = inspector(page).getByRole("button", { name: "Overwrite with mine" });
    await Promise.race([overwrite.click({ timeout: 3000 }).catch(() => {}), field.waitFor({ state: "detached" })]);
    await field.waitFor({ state: "detached" });
    await expect.poll(() => page.locator('[data-map-item^="Pod:default/web-"]').count(), { timeout: 20_000 }).toBe(3);
    await page.context().close();
  });

  it("shows kubectl's description, the log as it comes and the owners, on a narrow screen too", async () => {
    const { page, complaints } = await sitDown();
    await setSpeed(page, 10);
    await page.locator(".xterm-helper-textarea").focus();
    const script = "for i in 1 2 3; do echo line $i; done; sleep 600";
    await run(page, `kubectl create deployment talk --image=busybox:1.37 -- sh -c '${script}' && sleep 6`, /created/);
    await run(page, "kubectl get pods", /talk-\w+-\w+ +1\/1/);
    await clickWord(page, /talk-\w+-\w+ +1\/1/);
    await tab(page, "Describe");
    await inspector(page)
      .getByText(/Controlled By: +ReplicaSet\/talk-/)
      .waitFor();
    await tab(page, "Logs");
    await inspector(page).getByText("line 3").waitFor();
    await tab(page, "Owners");
    const rows = inspector(page).getByRole("listitem");
    await expect.poll(() => rows.allTextContents()).toHaveLength(3);
    await rows.first().getByRole("button").click();
    await inspector(page).getByRole("heading", { name: "talk", exact: true }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await tab(page, "Why");
    await page.setViewportSize({ width: 390, height: 844 });
    await inspector(page).getByText("How it came to be").waitFor();
    await screenshot(page, "inspector-390");
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
