import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaticServer } from "../../scripts/static-server.mjs";
import { launchBrowser, servePage } from "./support/browser.ts";
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

/** Bytes of the page's own heap, when what is no longer needed has gone. */
async function heap({ page }: Typist): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/** Begins a line that prints very much, and ends it by Ctrl-C while it prints. */
async function interrupted(typist: Typist, line: string, prints: RegExp): Promise<void> {
  await typist.press("Control+l");
  await typist.type(line);
  await typist.press("Enter");
  await typist.sees(prints);
  // The page is alive meanwhile: it is told to pause, and obeys.
  await typist.page.getByRole("button", { name: "Pause" }).click();
  await typist.page.getByRole("button", { name: "Run", exact: true }).click();
  await typist.page.locator(".xterm-helper-textarea").focus();
  await typist.press("Control+c");
  await typist.prompted();
  await typist.run("echo $?", "\n130");
}

async function endless(typist: Typist): Promise<void> {
  const before = await heap(typist);
  await interrupted(typist, "yes", /^y\ny\ny$/m);
  await interrupted(typist, "yes | head -c 100000000", /^y\ny\ny$/m);
  await interrupted(typist, "seq 1 10000000", /^\d+\n\d+\n\d+$/m);
  await interrupted(typist, "while true; do echo again; done", /^again\nagain$/m);
  expect((await heap(typist)) - before).toBeLessThan(30e6);
}

async function silentLoop(typist: Typist): Promise<void> {
  await typist.press("Control+l");
  await typist.type("while true; do :; done");
  await typist.press("Enter");
  await typist.page.waitForTimeout(200);
  await typist.press("Control+c");
  await typist.prompted();
}

async function background(typist: Typist): Promise<void> {
  await typist.run("sleep 30 & kubectl get ns", /^\[1\] \d+\n(.*\n)*default +Active/m);
  await typist.run("jobs", "[1]+  Running                 sleep 30 &");
  await typist.run("kill %1", "[1]+  Terminated              sleep 30");
  // What prints while a line is typed leaves the line whole.
  await typist.press("Control+l");
  await typist.type("(sleep 2; echo from behind) &");
  await typist.press("Enter");
  await typist.prompted();
  await typist.type("echo half a li");
  await typist.sees(/^from behind\n.*\$ echo half a li$/m);
  await typist.type("ne");
  await typist.press("Enter");
  await typist.sees("\nhalf a line\n");
  await typist.prompted();
  await typist.run("kubectl get pods -w & sleep 1; kill $!", "Terminated");
  await typist.press("Control+l");
  await typist.type("sleep 40 & fg");
  await typist.press("Enter");
  await typist.sees(/\nsleep 40\s*$/);
  await typist.press("Control+c");
  await typist.prompted();
}

async function unclosed(typist: Typist): Promise<void> {
  // Bytes that are no text, and what nobody closed: Ctrl-C leads back to the prompt.
  await typist.run("head -c 2000 /dev/urandom", undefined);
  await typist.run("printf '\\033[31m\\377\\376\\000\\033(0\\033[?25l'", undefined);
  await typist.run("echo plain again", "\nplain again");
  for (const line of ['echo "never closed', "cat <<END", "for n in 1 2; do", "echo $(("]) {
    await typist.press("Control+l");
    await typist.type(line);
    await typist.press("Enter");
    await typist.sees(/^> ?$/m);
    await typist.press("Control+c");
    await typist.prompted();
  }
}

describe("what never ends", () => {
  it("is ended by Ctrl-C, in a page that lives", { timeout: 120_000 }, async () => {
    await atTerminal(browser, server.url, async (typist) => {
      for (const part of [endless, silentLoop, background, unclosed]) await part(typist);
    });
  });
});
