import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOptions } from "../../server/options.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tabernetes-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Runs the server as `npm run serve` does; `url` is what its one line says. */
async function run(...args: string[]) {
  const loader = join(root, "node_modules/tsx/dist/loader.mjs");
  const child = spawn(process.execPath, ["--import", loader, join(root, "server/main.ts"), "--port", "0", ...args]);
  children.push(child);
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk) => errors.push(chunk));
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([text]) => String(text)),
    once(child, "exit").then(([code]) => `exit ${code}: ${Buffer.concat(errors)}`),
  ]);
  return { child, line, url: /https?:\/\/\S+/.exec(line)?.[0] ?? "" };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals) {
  const gone = once(child, "exit");
  child.kill(signal);
  return (await gone)[0] as number | null;
}

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

function create(url: string, name: string) {
  const body = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
  return fetch(url + CONFIG_MAPS, { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

describe("npm run serve", () => {
  it("reads its options, and says what is wrong with them", () => {
    expect(readOptions(["--port", "0", "--speed", "max", "--nodes", "5000"])).toMatchObject({
      port: 0,
      speed: 100_000,
    });
    expect(readOptions([])).toMatchObject({ port: 6443, tls: false, nodes: undefined });
    expect(readOptions(["--help"])).toBe("help");
    for (const wrong of [
      ["--port", "x"],
      ["--nodes", "5001"],
      ["--speed", "0"],
      ["--seed", "1.5"],
      ["--what"],
      ["x"],
    ]) {
      expect(() => readOptions(wrong)).toThrow();
    }
  });

  it("says where it listens, writes a kubeconfig, and stops cleanly", async () => {
    const file = join(folder, "kube/config");
    const { child, line, url } = await run("--write-kubeconfig", file, "--nodes", "1");
    expect(line).toMatch(/^Tabernetes serves Kubernetes v1\.36 at http:\/\/127\.0\.0\.1:\d+$/);
    expect(readFileSync(file, "utf8")).toContain(`server: ${url}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const watch = await fetch(`${url}/api/v1/nodes?watch=1`);
    expect(await stop(child, "SIGTERM")).toBe(0);
    expect(await watch.text()).toContain('"name":"node-1"');
  });

  it("loses no acknowledged write to kill -9, and goes on where it stood", async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const { child, url } = await run("--data-dir", folder, "--nodes", "1");
      const { items } = (await (await fetch(url + CONFIG_MAPS)).json()) as { items: { metadata: { name: string } }[] };
      const names = items.map(({ metadata }) => metadata.name);
      expect(names).toEqual(expect.arrayContaining(acknowledged));
      let killed: Promise<unknown> | undefined;
      const write = async (name: string) => {
        const { status } = await create(url, name);
        if (status === 201) acknowledged.push(name);
        if (acknowledged.length >= 20 * (round + 1)) killed ??= stop(child, "SIGKILL");
      };
      const fresh = Array.from({ length: 60 }, (_, index) => `round-${round}-${index}`);
      await Promise.allSettled(fresh.map(write));
      await killed;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    const { child, url } = await run("--data-dir", folder);
    const nodes = (await (await fetch(`${url}/api/v1/nodes`)).json()) as { items: unknown[] };
    expect(nodes.items).toHaveLength(2);
    expect((await create(url, acknowledged[0] ?? "")).status).toBe(409);
    expect(await stop(child, "SIGINT")).toBe(0);
  });

  it("lets one server alone use a data folder, and only for the cluster in it", async () => {
    const { child } = await run("--data-dir", folder, "--nodes", "1");
    expect((await run("--data-dir", folder)).line).toMatch(/^exit 1: .* is in use by another server/);
    await stop(child, "SIGKILL");
    expect((await run("--data-dir", folder, "--nodes", "2")).line).toMatch(/^exit 1: .*--nodes 1/);
  });
});
