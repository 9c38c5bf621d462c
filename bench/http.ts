import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type ClientRequest, get, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";

// What the server answers over HTTP on this machine: creates, lists of 10,000 pods, one change told to 1,000 watchers.
// Prints figures; nothing here asserts. `--watches N` opens that many idle watches more at the end.

const ROOT = join(import.meta.dirname, "..");
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const PODS = "/api/v1/namespaces/default/pods";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
const CLIENTS = 16;
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

interface Row {
  readonly what: string;
  readonly requests: number;
  readonly "per second": string;
  readonly "p50 ms": string;
  readonly "p99 ms": string;
  /** Of all of the server's threads: what other work on the machine does not change. */
  readonly "CPU ms each": string;
  readonly "server MiB": string;
}

const { child, url } = await start();
const rows: Row[] = [];
try {
  rows.push(await measured("create a config map", 5000, (n) => post(CONFIG_MAPS, configMap(`c-${n}`))));
  rows.push(await measured("get a config map", 5000, (n) => read(`${CONFIG_MAPS}/c-${n}`)));
  rows.push(await measured("create a pod that is not scheduled", 10_000, (n) => post(PODS, pod(`p-${n}`))));
  rows.push(await measured("list 10,000 pods", 20, () => read(PODS), 2));
  rows.push(await measured("list 500 of 10,000 pods", 200, () => read(`${PODS}?limit=500`)));
  rows.push(await measured("list 10,000 pods as a Table", 20, () => read(PODS, TABLE), 2));
  rows.push(await fanOut(1000, 200));
  const more = Number(process.argv[process.argv.indexOf("--watches") + 1] ?? "");
  if (process.argv.includes("--watches")) rows.push(await fanOut(more, 5));
  console.table(rows);
} finally {
  child.kill("SIGKILL");
  agent.destroy();
}

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const loader = join(ROOT, "node_modules/tsx/dist/loader.mjs");
  const options = ["--port", "0", "--nodes", "3"];
  const server = spawn(process.execPath, ["--import", loader, join(ROOT, "server/main.ts"), ...options]);
  server.stderr.pipe(process.stderr);
  const [line] = await once(createInterface(server.stdout), "line");
  return { child: server, url: /http:\/\/\S+/.exec(String(line))?.[0] ?? "" };
}

function configMap(name: string) {
  return { metadata: { name, labels: { app: "bench" } }, data: { value: name } };
}

function pod(name: string) {
  const containers = [{ name: "main", image: "nginx:1.27", resources: { requests: { cpu: "10m", memory: "16Mi" } } }];
  return { metadata: { name, labels: { app: "bench" } }, spec: { schedulerName: "nobody", containers } };
}

/** Some clients at once, each with its next request as soon as the last one was answered. */
async function measured(
  what: string,
  count: number,
  send: (n: number) => Promise<void>,
  clients = CLIENTS,
): Promise<Row> {
  const latencies: number[] = [];
  const cpuBefore = (await used()).cpuMs;
  const begun = performance.now();
  let next = 0;
  const client = async () => {
    while (next < count) {
      const sent = performance.now();
      await send(next++);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return row(what, latencies, performance.now() - begun, cpuBefore);
}

async function row(what: string, latencies: readonly number[], ms: number, cpuMsBefore: number): Promise<Row> {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  const { cpuMs, bytes } = await used();
  return {
    what,
    requests: latencies.length,
    "per second": ((latencies.length / ms) * 1000).toFixed(0),
    "p50 ms": at(0.5),
    "p99 ms": at(0.99),
    "CPU ms each": ((cpuMs - cpuMsBefore) / latencies.length).toFixed(3),
    "server MiB": (bytes / 2 ** 20).toFixed(0),
  };
}

/** What the server has taken so far. */
async function used(): Promise<{ readonly cpuMs: number; readonly bytes: number }> {
  const metrics = await text("/metrics");
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1] ?? "0");
  return { cpuMs: figure("process_cpu_seconds_total") * 1000, bytes: figure("process_resident_memory_bytes") };
}

function post(path: string, body: object): Promise<void> {
  return answered((hear) => {
    const headers = { "Content-Type": "application/json" };
    request(url + path, { method: "POST", agent, headers }, hear).end(JSON.stringify(body));
  });
}

function read(path: string, accept = "application/json"): Promise<void> {
  return answered((hear) => void get(url + path, { agent, headers: { accept, "accept-encoding": "gzip" } }, hear));
}

async function text(path: string): Promise<string> {
  return await (await fetch(url + path)).text();
}

type Hear = (response: IncomingMessage) => void;

/** Settles when the whole answer is there; rejects when it is no success. */
function answered(send: (hear: Hear) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    send((response) => {
      response.on("data", () => {});
      response.on("error", reject);
      response.on("end", () => {
        if ((response.statusCode ?? 500) < 300) resolve();
        else reject(new Error(`answered ${response.statusCode}`));
      });
    });
  });
}

/** So many watchers of one collection: how long a change takes until each of them knows. */
async function fanOut(watchers: number, changes: number): Promise<Row> {
  let heard = 0;
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  const open: ClientRequest[] = [];
  const path = `${url}${CONFIG_MAPS}?watch=1&labelSelector=fan%3Dout&resourceVersion=`;
  const { metadata } = JSON.parse(await text(`${CONFIG_MAPS}?limit=1`)) as { metadata: { resourceVersion: string } };
  const watch = () =>
    new Promise<void>((resolve, reject) => {
      const asked = get(path + metadata.resourceVersion, { agent: false }, (response) => {
        response.on("error", () => {});
        response.on("data", (chunk: Buffer) => {
          for (const [, name = ""] of chunk.toString().matchAll(/"metadata":\{"name":"([^"]+)"/g)) {
            heard++;
            latencies.push(performance.now() - (sentAt.get(name) ?? 0));
          }
        });
        resolve();
      });
      asked.on("error", reject);
      open.push(asked);
    });
  // A few at a time: a listening socket's queue is short.
  for (let count = 0; count < watchers; count += 100) {
    await Promise.all(Array.from({ length: Math.min(100, watchers - count) }, watch));
  }
  const cpuBefore = (await used()).cpuMs;
  const begun = performance.now();
  for (let change = 0; change < changes; change++) {
    const name = `fan-${watchers}-${change}`;
    sentAt.set(name, performance.now());
    await post(CONFIG_MAPS, { metadata: { name, labels: { fan: "out" } } });
    while (heard < (change + 1) * watchers) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const done = await row(
    `${changes} changes to ${watchers} watchers (events)`,
    latencies,
    performance.now() - begun,
    cpuBefore,
  );
  for (const asked of open) asked.on("error", () => {}).destroy();
  return done;
}
