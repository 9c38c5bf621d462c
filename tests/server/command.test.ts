import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crashRounds } from "../../bench/crash-rounds.ts";
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

describe("npm run serve", () => {
  it("reads its options, and says what is wrong with them", () => {
    expect(readOptions(["--port", "0", "--speed", "max", "--nodes", "5000"])).toMatchObject({
      port: 0,
      speed: 100_000,
    });
    expect(readOptions([])).toMatchObject({ port: 6443, tls: false, nodes: undefined });
    expect(readOptions(["--event-ttl", "1h30m"])).toMatchObject({ eventTtlMs: 5_400_000 });
    expect(readOptions(["--help"])).toBe("help");
    for (const wrong of [
      ["--port", "x"],
      ["--nodes", "5001"],
      ["--speed", "0"],
      ["--seed", "1.5"],
      ["--event-ttl", "5"],
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
    // `npm run crash` does it 20 times with 1,000 writes.
    const rounds = await crashRounds(2, 200);
    expect(rounds.map(({ lost }) => lost)).toEqual([[], []]);
    for (const { acknowledged } of rounds) expect(acknowledged).toBeGreaterThan(10);
  });

  it("lets one server alone use a data folder, and only for the cluster in it", async () => {
    const { child } = await run("--data-dir", folder, "--nodes", "1");
    expect((await run("--data-dir", folder)).line).toMatch(/^exit 1: .* is in use by another server/);
    await stop(child, "SIGKILL");
    expect((await run("--data-dir", folder, "--nodes", "2")).line).toMatch(/^exit 1: .*--nodes 1/);
  });
});
