import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Browser, Page, Worker } from "playwright-core";
import { launchBrowser, openPage, servePage } from "../tests/e2e/support/browser.ts";

/*
 * The page at the size of Kubernetes' own documented maximum, in Chromium without a GPU: how long the worker takes, and for
 * how long at a time; how smooth the map is; how soon a click and a search are answered. Prints figures, asserts none. The
 * page must be built: `npx tsx bench/page.ts [NODES] [PODS]`; NODES is one of those that the dialog offers.
 */

const [nodes = 5_000, pods = 30_000] = process.argv.slice(2).map(Number);
const DEPLOYMENTS = 10;
const LIMIT_MS = 30 * 60_000;
const LOOK_EVERY_MS = 500;
const MOVE_MS = 10_000;
const PROBE_MS = 10_000;
/** Longer than this, somebody notices. */
const LONG_MS = 50;
const CLICKS = 20;
/** One of many nodes of its shape. */
const SOUGHT = "compute-37";
/** As the kernel counts CPU time. */
const TICKS_A_SECOND = 100;

function manifest(): string {
  const items = Array.from({ length: DEPLOYMENTS }, (_, index) => {
    const labels = { app: `web-${index}` };
    const requests = { cpu: "10m", memory: "16Mi" };
    const containers = [{ name: "app", image: "registry.k8s.io/pause:3.10", resources: { requests } }];
    const template = { metadata: { labels }, spec: { containers } };
    const spec = { replicas: pods / DEPLOYMENTS, selector: { matchLabels: labels }, template };
    return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `web-${index}` }, spec };
  });
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

interface Standing {
  readonly ready: number;
  readonly running: number;
}

/** Nodes ready and pods running, as the summary of the cluster says. */
async function standing(page: Page): Promise<Standing> {
  const text = (await page.getByRole("region", { name: "Inspector" }).textContent()) ?? "";
  const figure = (caption: string) => Number(new RegExp(`(\\d+)/\\d+\\s*${caption}`).exec(text)?.[1] ?? 0);
  return { ready: figure("nodes ready"), running: figure("pods running") };
}

/** Wall seconds until the summary says so. */
async function until(page: Page, isThere: (now: Standing) => boolean): Promise<number> {
  const began = performance.now();
  for (;;) {
    const now = await standing(page);
    const seconds = (performance.now() - began) / 1000;
    if (isThere(now)) return seconds;
    if (seconds * 1000 > LIMIT_MS) throw new Error(`after ${seconds} s: ${JSON.stringify(now)}`);
    if (process.env.VERBOSE) process.stderr.write(`${seconds.toFixed(0)} s: ${JSON.stringify(now)}\n`);
    await page.waitForTimeout(LOOK_EVERY_MS);
  }
}

async function makeCluster(page: Page): Promise<number> {
  await page.getByRole("button", { name: "New cluster", exact: true }).click();
  await page.getByText(`${nodes.toLocaleString("en")} nodes`, { exact: true }).click();
  await page.getByRole("button", { name: "Begin", exact: true }).click();
  // So fast that the machine sets the pace, not the clock.
  await page.getByRole("button", { name: "10x", exact: true }).click();
  // The control plane is a node too.
  return until(page, ({ ready, running }) => ready > nodes && running > nodes);
}

async function applyPods(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Manifest in YAML" }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(manifest());
  await page.getByRole("button", { name: "Apply", exact: true }).click();
}

/** Moves and zooms the map by mouse for ten seconds, and tells what the frames took. */
async function moveMap(page: Page) {
  const box = await page.getByLabel("Map of the cluster").boundingBox();
  if (!box) throw new Error("the map is not shown");
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.evaluate(`{
    globalThis.frames = [];
    let last = performance.now();
    const next = (now) => { frames.push(now - last); last = now; globalThis.recording = requestAnimationFrame(next); };
    requestAnimationFrame(next);
  }`);
  const began = performance.now();
  for (let step = 0; performance.now() - began < MOVE_MS; step++) {
    await page.mouse.move(middle.x, middle.y);
    for (let notch = 0; notch < 12; notch++) await page.mouse.wheel(0, step % 2 === 0 ? -160 : 160);
    await page.mouse.down();
    for (let part = 1; part <= 12; part++) await page.mouse.move(middle.x + part * 8, middle.y + part * 4);
    for (let part = 12; part >= 0; part--) await page.mouse.move(middle.x + part * 8, middle.y + part * 4);
    // Let go elsewhere than where it began: else it is a click.
    await page.mouse.move(middle.x + 40, middle.y + 20);
    await page.mouse.up();
  }
  const frames = (await page.evaluate("cancelAnimationFrame(recording), frames")) as number[];
  const { median, p95, long } = spread(frames);
  return { frames: frames.length, "median ms": median, "p95 ms": p95, "over 50 ms": long };
}

function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  const long = sorted.filter((ms) => ms > LONG_MS).length;
  return { median: at(0.5), p95: at(0.95), worst: Math.round(sorted.at(-1) ?? 0), long };
}

/**
 * For how long at a time the worker hears nobody: a message that it sends itself over and over comes as late as any
 * message of the page would. Only stretches of at least a millisecond count; the rest is rest.
 */
async function probeWorker(worker: Worker) {
  await worker.evaluate(`{
    const { port1, port2 } = new MessageChannel();
    globalThis.stretches = [];
    globalThis.probing = true;
    let last = performance.now();
    port1.onmessage = () => {
      const now = performance.now();
      if (now - last >= 1) stretches.push(now - last);
      last = now;
      if (probing) port2.postMessage(null);
    };
    port2.postMessage(null);
  }`);
  await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  const stretches = (await worker.evaluate("probing = false, stretches")) as number[];
  const { median, p95, worst, long } = spread(stretches);
  return {
    "worker's stretches": stretches.length,
    "stretch median ms": median,
    "stretch p95 ms": p95,
    "stretch worst ms": worst,
    "stretches over 50 ms": long,
  };
}

/** Clicks nodes on the map from far, and tells how long until the inspector shows each in full. */
async function clickNodes(page: Page) {
  await page.getByRole("button", { name: "Show all" }).click();
  await page.waitForTimeout(600);
  const times = (await page.evaluate(`(async () => {
    const times = [];
    const inspector = document.querySelector('section[aria-label="Inspector"]');
    const map = document.querySelector('section[aria-label="Map of the cluster"]').getBoundingClientRect();
    const canvas = document.querySelector('canvas[role="img"]').getBoundingClientRect();
    const pane = document.querySelector(".react-flow__pane");
    for (let at = 0; at < ${CLICKS}; at++) {
      const before = inspector.querySelector("h2").textContent;
      const x = canvas.left + canvas.width * (0.1 + 0.8 * ((at * 7) % 20) / 20);
      const y = canvas.top + canvas.height * (0.15 + 0.7 * at / 20);
      const began = performance.now();
      pane.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: x, clientY: y }));
      await new Promise((resolve) => {
        const look = () => {
          const name = inspector.querySelector("h2").textContent;
          const shown = name !== before && inspector.textContent.includes("Last heartbeat");
          if (shown || performance.now() - began > 20000) resolve();
          else setTimeout(look, 1);
        };
        look();
      });
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return times;
  })()`)) as number[];
  await page.getByRole("region", { name: "Inspector" }).getByRole("button", { name: "Close" }).click();
  const { median, worst } = spread(times);
  return { "click median ms": median, "click worst ms": worst };
}

/** Searches a node by its name and goes there: from the last letter to the offer, and from the choice to its card. */
async function searchNode(page: Page) {
  await page.getByRole("button", { name: "Show all" }).click();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search" }).fill("zz");
  await page.waitForTimeout(1000);
  const times = (await page.evaluate(`(async () => {
    const until = async (isThere) => {
      const began = performance.now();
      while (!isThere() && performance.now() - began < 20000) await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - began;
    };
    const input = document.querySelector('[role="combobox"]');
    const offer = () => [...document.querySelectorAll('[role="option"]')].find((item) => /${SOUGHT}(?!\\d)/.test(item.textContent));
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, "${SOUGHT}");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    const found = await until(offer);
    offer()?.click();
    return [found, await until(() => document.querySelector('[data-map-item="Node:${SOUGHT}"]'))];
  })()`)) as [number, number];
  await page.getByRole("region", { name: "Inspector" }).getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Show all" }).click();
  return { "search ms": Math.round(times[0]), "fly ms": Math.round(times[1]) };
}

/** The process that the page and its workers share: the largest of Chromium's. */
async function renderer(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const resident = (id: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
  const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  return ids.toSorted((a, b) => resident(b) - resident(a))[0] ?? 0;
}

/** MB of the page's own heap, and of the process that the page and its workers share. */
async function memory(page: Page, process: number) {
  const heap = (await page.evaluate("performance.memory.usedJSHeapSize")) as number;
  const status = readFileSync(`/proc/${process}/status`, "utf8");
  const resident = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  return { "page heap MB": Math.round(heap / 1e6), "process MB": Math.round(resident / 1000) };
}

/** CPU seconds of the workers' threads so far: what others do on the machine counts little there. */
function workerSeconds(process: number): number {
  let ticks = 0;
  for (const thread of readdirSync(`/proc/${process}/task`)) {
    const stat = readFileSync(`/proc/${process}/task/${thread}/stat`, "utf8");
    if (!stat.includes("(DedicatedWorker")) continue;
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS_A_SECOND;
}

const [browser, server] = await Promise.all([launchBrowser(), servePage()]);
const { page, complaints } = await openPage(browser, server.url);
page.setDefaultTimeout(60_000);
await page.getByText("Nothing of yours is in it yet").waitFor();
const [worker] = page.workers();
if (!worker) throw new Error("the page has no worker");
const shared = await renderer(browser);
const rows: object[] = [];
const look = async (what: string, seconds: number, cpu: number) => {
  const [clicks, stretches] = await Promise.all([clickNodes(page), probeWorker(worker)]);
  const search = await searchNode(page);
  const frames = await moveMap(page);
  await page.getByRole("button", { name: "Show all" }).click();
  const time = { "wall s": Number(seconds.toFixed(1)), "worker CPU s": Number(cpu.toFixed(1)) };
  const row = { what, ...time, ...frames, ...clicks, ...search, ...stretches, ...(await memory(page, shared)) };
  if (process.env.VERBOSE) process.stderr.write(`${JSON.stringify(row)}\n`);
  rows.push(row);
};
await look(`${nodes} nodes`, await makeCluster(page), workerSeconds(shared));
await applyPods(page);
const began = performance.now();
const cpuBefore = workerSeconds(shared);
const since = () => [(performance.now() - began) / 1000, workerSeconds(shared) - cpuBefore] as const;
await until(page, ({ running }) => running > nodes + pods / 20);
await look("while pods start", ...since());
await until(page, ({ running }) => running > nodes + pods);
await look(`${pods} pods`, ...since());
for (const row of rows) console.log(row);
for (const complaint of complaints) console.log(complaint);
await browser.close();
await server.close();
