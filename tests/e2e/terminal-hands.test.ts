import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { launchBrowser, screenshot, servePage } from "./support/browser.ts";
import { atTerminal, type Typist } from "./support/typist.ts";

let browser: Browser;
let server: StaticServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), servePage()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const MANIFEST = `cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: ConfigMap
metadata:
  name: pasted
data:
  key: value
EOF
kubectl get cm pasted -o jsonpath={.data.key}; echo
`;

/** Where a text stands on the screen, in pixels: its left edge, the middle of its row, and how wide a letter is. */
async function placeOf({ page }: Typist, text: string) {
  const place = await page.evaluate((wanted) => {
    const rows = document.querySelector(".xterm-rows");
    const canvas = document.createElement("canvas").getContext("2d");
    const row = [...(rows?.children ?? [])].findLast((one) => one.textContent?.includes(wanted));
    if (!rows || !canvas || !row) return undefined;
    canvas.font = getComputedStyle(rows).font;
    const letter = canvas.measureText("W").width;
    const { left, top, height } = row.getBoundingClientRect();
    return { x: left + (row.textContent ?? "").indexOf(wanted) * letter, y: top + height / 2, letter };
  }, text);
  if (!place) throw new Error(`"${text}" is not on the screen`);
  return place;
}

async function copyAndPaste(typist: Typist): Promise<void> {
  const { page } = typist;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await typist.run("echo copied-words", "\ncopied-words");
  // What the mouse has marked goes to the clipboard by Ctrl+Shift+C, and comes back by Ctrl+V.
  const { x, y, letter } = await placeOf(typist, "copied-words");
  await page.mouse.move(x + 1, y);
  await page.mouse.down();
  await page.mouse.move(x + letter * 12 - 1, y, { steps: 4 });
  await page.mouse.up();
  await typist.press("Control+Shift+C");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("copied-words");
  await typist.press("Control+l");
  await typist.type("echo ");
  await typist.press("Control+v");
  await typist.sees(/echo copied-words$/m);
  await typist.type("-");
  await typist.press("Control+Shift+v");
  await typist.press("Enter");
  await typist.sees("\ncopied-words-copied-words");
  await typist.prompted();
}

async function pasteLines(typist: Typist): Promise<void> {
  const { page } = typist;
  await typist.press("Control+l");
  await page.evaluate((text) => navigator.clipboard.writeText(text), MANIFEST);
  await typist.press("Control+v");
  // All of it stands there, and nothing of it has run.
  await typist.sees("> kubectl get cm pasted");
  expect(await typist.screen()).not.toContain("created");
  await typist.press("Enter");
  await typist.sees("configmap/pasted created\nvalue");
  await typist.prompted();
  // A program that reads gets it line by line.
  await typist.press("Control+l");
  await typist.type("kubectl apply -f -");
  await typist.press("Enter");
  await page.evaluate(() =>
    navigator.clipboard.writeText("apiVersion: v1\nkind: Namespace\nmetadata: {name: typed}\n"),
  );
  await typist.press("Control+v");
  await typist.sees("name: typed");
  await typist.press("Control+d");
  await typist.sees("namespace/typed created");
  await typist.prompted();
  await typist.press("Control+l");
  await typist.type("cat > typed");
  await typist.press("Enter");
  await typist.type("by hand");
  await typist.press("Enter");
  await typist.press("Control+d");
  await typist.prompted();
  await typist.run("cat typed", "\nby hand");
}

async function dropFile(typist: Typist): Promise<void> {
  const { page } = typist;
  await typist.press("Control+l");
  await page.evaluate(() => {
    const data = new DataTransfer();
    const text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: dropped}\n";
    data.items.add(new File([text], "ns.yaml", { type: "text/yaml" }));
    const place = document.querySelector('section[aria-label="Terminal"]');
    for (const type of ["dragover", "drop"]) {
      place?.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  });
  // Its path stands at the prompt.
  await typist.sees("/home/learner/ns.yaml");
  await typist.press("Control+c");
  await typist.run("kubectl apply -f ns.yaml", "namespace/dropped created");
}

async function brokenName(typist: Typist): Promise<void> {
  const { page } = typist;
  const name = `long-${"name-".repeat(20)}end`;
  await typist.run(`kubectl create cm ${name}`);
  await typist.run(`kubectl get cm ${name} -o name`, "name-end");
  // The last row holds only the end of the name.
  const { x, y } = await placeOf(typist, "name-end");
  await page.mouse.move(x + 10, y);
  await page.locator(".xterm-cursor-pointer").waitFor();
  await page.mouse.click(x + 10, y);
  await page.getByRole("region", { name: "Inspector" }).getByRole("heading", { name }).waitFor();
}

async function previewOfPort(typist: Typist): Promise<void> {
  const { page } = typist;
  await typist.run(
    "kubectl run web --image=nginx --port=80; kubectl wait --for=condition=Ready pod/web",
    "condition met",
  );
  await typist.press("Control+l");
  await typist.type("kubectl port-forward pod/web 8080:80");
  await typist.press("Enter");
  await typist.sees("Forwarding from 127.0.0.1:8080 -> 80");
  await page.getByRole("button", { name: "Preview of port 8080" }).click();
  const preview = page.getByRole("region", { name: "Preview of localhost:8080" });
  await page.frameLocator("iframe").getByRole("heading", { name: "Welcome to nginx!" }).waitFor();
  await screenshot(page, "terminal-preview");
  await typist.sees("Handling connection for 8080");
  await preview.getByLabel("Path").fill("/nosuch");
  await page.keyboard.press("Enter");
  await preview.getByText("404 Not Found").first().waitFor();
  // Ctrl-C closes the port, and what was seen of it.
  await page.locator(".xterm-helper-textarea").focus();
  await typist.press("Control+c");
  await typist.prompted();
  await preview.waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "Preview of port 8080" }).count()).toBe(0);
}

describe("hands at the terminal", () => {
  it("mark, copy, paste, drop files, follow names and look at ports", { timeout: 120_000 }, async () => {
    await atTerminal(browser, server.url, async (typist) => {
      for (const part of [copyAndPaste, pasteLines, dropFile, brokenName, previewOfPort]) await part(typist);
    });
  });
});
