import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "..");
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const WRITERS = 20;

export interface CrashRound {
  /** Writes that were acknowledged before the kill. */
  readonly acknowledged: number;
  /** From the start of the process to its first answer. */
  readonly restartMs: number;
  /** What was not as it had been acknowledged; empty when all is well. */
  readonly lost: readonly string[];
}

/** What a client knows of one object: its value as last acknowledged (undefined: not there), and what it asked for since. */
interface Known {
  told: string | undefined;
  asking: { readonly value: string | undefined } | undefined;
}

/**
 * Starts a server with a data folder, kills it (kill -9) somewhere in the middle of `writes` writes (creates, patches,
 * deletes, from 20 clients at once), and looks after the restart whether every acknowledged one is there; `rounds` times
 * over in the same folder.
 */
export async function crashRounds(rounds: number, writes: number, tell: (round: CrashRound) => void = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "tabernetes-"));
  const known = new Map<string, Known>();
  const seen: CrashRound[] = [];
  let server = await start(folder);
  try {
    for (let round = 0; round < rounds; round++) {
      // Somewhere between a tenth and nine tenths of the way; another place each time.
      const killAfter = Math.floor(writes * (0.1 + 0.8 * ((round * 0.618) % 1)));
      const { acknowledged, revision } = await writeUntilKilled(server, known, writes, killAfter);
      const begun = performance.now();
      server = await start(folder);
      const restartMs = performance.now() - begun;
      const one = { acknowledged, restartMs, lost: await differences(server.url, known, revision) };
      seen.push(one);
      tell(one);
    }
  } finally {
    server.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  return seen;
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(folder: string): Promise<Running> {
  const loader = join(ROOT, "node_modules/tsx/dist/loader.mjs");
  const options = ["--port", "0", "--nodes", "1", "--data-dir", folder];
  const child = spawn(process.execPath, ["--import", loader, join(ROOT, "server/main.ts"), ...options]);
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([text]) => String(text)),
    once(child, "exit").then(([code]) => `exit ${code}: ${Buffer.concat(errors)}`),
  ]);
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the server did not come up: ${line}`);
  return { child, url };
}

async function writeUntilKilled({ child, url }: Running, known: Map<string, Known>, writes: number, killAfter: number) {
  const gone = once(child, "exit");
  let acknowledged = 0;
  let revision = 0;
  const writer = async (number: number) => {
    for (let count = 0; count < writes / WRITERS; count++) {
      const name = `writer-${number}-${count % 5}`;
      const one = known.get(name) ?? { told: undefined, asking: undefined };
      known.set(name, one);
      const told = await write(url, name, one);
      if (told === undefined) return;
      revision = Math.max(revision, told);
      acknowledged++;
      if (acknowledged === killAfter) child.kill("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  child.kill("SIGKILL");
  await gone;
  return { acknowledged, revision };
}

/** Changes one object in turn: there, changed, away. The revision that was answered; undefined when nobody did. */
async function write(url: string, name: string, one: Known): Promise<number | undefined> {
  const value = `${name}-${Math.random()}`;
  const isThere = one.told !== undefined;
  const isLast = isThere && Math.random() < 0.2;
  one.asking = { value: isLast ? undefined : value };
  const object = { metadata: { name }, data: { value } };
  const path = isThere ? `${CONFIG_MAPS}/${name}` : CONFIG_MAPS;
  try {
    const response = await fetch(url + path, {
      method: isLast ? "DELETE" : isThere ? "PATCH" : "POST",
      headers: { "Content-Type": isThere && !isLast ? "application/merge-patch+json" : "application/json" },
      ...(!isLast && { body: JSON.stringify(object) }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const body = (await response.json()) as { metadata: { resourceVersion?: string } };
    one.told = one.asking.value;
    one.asking = undefined;
    return Number(body.metadata.resourceVersion ?? 0);
  } catch (error) {
    if (error instanceof Error && /^\d+ /.test(error.message)) throw error;
    return undefined;
  }
}

interface ConfigMaps {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly data?: { readonly value?: string };
  }[];
}

/** What is not as it was acknowledged; what was being asked for when the server died may be there or not. */
async function differences(url: string, known: Map<string, Known>, revision: number): Promise<string[]> {
  const list = (await (await fetch(url + CONFIG_MAPS)).json()) as ConfigMaps;
  const values = new Map(list.items.map(({ metadata, data }) => [metadata.name, data?.value]));
  const found: string[] = [];
  for (const [name, one] of known) {
    const value = values.get(name);
    if (value !== one.told && (one.asking === undefined || value !== one.asking.value)) {
      found.push(`${name}: ${value ?? "nothing"} instead of ${one.told ?? "nothing"}`);
    }
    one.told = value;
    one.asking = undefined;
  }
  if (Number(list.metadata.resourceVersion) < revision)
    found.push(`revision ${list.metadata.resourceVersion} < ${revision}`);
  const ready = await fetch(`${url}/readyz`);
  if (ready.status !== 200) found.push(`readyz: ${ready.status}`);
  const nodes = (await (await fetch(`${url}/api/v1/nodes`)).json()) as { items: readonly unknown[] };
  if (nodes.items.length !== 2) found.push(`${nodes.items.length} nodes`);
  return found;
}
