import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, servePage } from "../tests/e2e/support/browser.ts";
import { Typist } from "../tests/e2e/support/typist.ts";

/*
 * From a key pressed to its echo in the terminal, in Chromium without a GPU: on a page with nothing but xterm, in a quiet
 * cluster, and while a thousand pods are made and rolled out anew. Prints figures, asserts none. The page must be built:
 * `npx tsx bench/keystroke.ts [KEYS]`.
 */

const [keys = 300] = process.argv.slice(2).map(Number);
const LETTERS = "kubectlgetpods-owide";
/** A quick typist: some 120 words a minute, never in step with the frames. */
const PAUSE_MS = 60;
const UNEVEN_MS = [0, 7, 13, 26, 31, 44, 52, 65];
const LINE = 60;
const ROLLED_MS = 300_000;
const GROUP = `cat > group.yaml <<'X'
apiVersion: simulation.tabernetes.dev/v1alpha1
kind: NodeGroup
metadata: {name: many}
spec:
  desiredSize: 12
  shape: {cpu: "8", memory: 16Gi}
X
kubectl apply -f group.yaml`;

/**
 * Notes in the page, of each key: when it was heard, when the terminal's rows showed it, when a frame with it was presented
 * (as the Event Timing API has it: in steps of 8 ms, and only from 16 ms on); and tasks of more than 50 ms.
 */
const WATCH = `{
  globalThis.noted = { heardMs: [], echoMs: [], presentedMs: [], longTasks: 0 };
  let pressed;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey) return;
    pressed = event.timeStamp;
    noted.heardMs.push(performance.now() - pressed);
  }, true);
  const observer = new MutationObserver(() => {
    if (pressed !== undefined) noted.echoMs.push(performance.now() - pressed);
    pressed = undefined;
  });
  observer.observe(document.querySelector(".xterm-rows"), { subtree: true, childList: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") noted.presentedMs.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
  new PerformanceObserver((list) => { noted.longTasks += list.getEntries().length; }).observe({ type: "longtask" });
}`;

const RESET = "Object.assign(noted, { heardMs: [], echoMs: [], presentedMs: [], longTasks: 0 })";

interface Noted {
  readonly heardMs: readonly number[];
  readonly echoMs: readonly number[];
  readonly presentedMs: readonly number[];
  readonly longTasks: number;
}

/** Types at a person's speed, a line at a time, and tells how long the echoes took. */
async function typeKeys(page: Page, what: string) {
  await page.evaluate(RESET);
  for (let at = 0; at < keys; at++) {
    await page.keyboard.press(LETTERS.charAt(at % LETTERS.length));
    await page.waitForTimeout(PAUSE_MS + (UNEVEN_MS[at % UNEVEN_MS.length] ?? 0));
    if (at % LINE === LINE - 1) await page.keyboard.press("Control+u");
  }
  await page.waitForTimeout(PAUSE_MS);
  const { heardMs, echoMs, presentedMs, longTasks } = (await page.evaluate("noted")) as Noted;
  await page.keyboard.press("Control+u");
  // Keys of which nothing was told took less than 16 ms.
  const quick = new Array<number>(Math.max(0, heardMs.length - presentedMs.length)).fill(8);
  return {
    what,
    keys: echoMs.length,
    ...shares("heard", heardMs),
    ...shares("echo", echoMs),
    ...shares("presented", [...quick, ...presentedMs]),
    "over 50 ms": longTasks,
  };
}

/** Milliseconds that half of the keys, 95 of 100, and all of them took. */
function shares(name: string, figures: readonly number[]): Record<string, string> {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
  return { [name]: `${at(0.5)} ${at(0.95)} ${at(1)}` };
}

/** Nothing but xterm on an empty page, that writes what is typed: no page that it is a part of takes less. */
async function alone(browser: Browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const script = createRequire(import.meta.url).resolve("@xterm/xterm");
  const style = readFileSync(join(dirname(script), "../css/xterm.css"), "utf8");
  await page.setContent(`<style>${style}</style><div id="place"></div>`);
  await page.addScriptTag({ path: script });
  await page.evaluate(`{
    const terminal = new Terminal({ fontSize: 13 });
    terminal.open(document.getElementById("place"));
    terminal.onData((data) => terminal.write(data === "\\x15" ? "\\r\\x1b[K" : data));
    terminal.focus();
  }`);
  await page.evaluate(WATCH);
  const row = await typeKeys(page, "xterm alone");
  await page.context().close();
  return row;
}

/** Waits for a line that takes its time to end. */
async function patiently(typist: Typist, line: string): Promise<void> {
  await typist.press("Control+l");
  await typist.type(`${line}; echo it is $((6 * 7))`);
  await typist.press("Enter");
  await typist.page.locator(".xterm-rows", { hasText: "it is 42" }).waitFor({ timeout: ROLLED_MS });
  await typist.prompted();
}

const [browser, server] = await Promise.all([launchBrowser(), servePage()]);
const rows = [await alone(browser)];
const { page, complaints } = await openPage(browser, server.url);
const typist = await Typist.sitDown(page);
await page.evaluate(WATCH);
rows.push(await typeKeys(page, "a quiet cluster"));
await typist.run(GROUP);
await patiently(typist, "while [ $(kubectl get no | grep -wc Ready) -lt 16 ]; do sleep 1; done");
await typist.run("kubectl create deployment big --image=nginx --replicas=1000");
rows.push(await typeKeys(page, "1,000 pods start"));
for (const tag of ["1.28", "1.29"]) {
  await patiently(typist, "kubectl rollout status deploy/big | tail -1");
  await typist.run(`kubectl set image deploy/big nginx=nginx:${tag}`);
  rows.push(await typeKeys(page, "1,000 pods roll"));
  // How far it came meanwhile.
  const screen = await typist.run("kubectl get deploy big");
  console.log(screen.match(/^big.*$/m)?.[0]);
}
console.table(rows);
for (const complaint of complaints) console.log(complaint);
await browser.close();
await server.close();
