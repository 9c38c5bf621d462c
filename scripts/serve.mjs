#!/usr/bin/env node
// @ts-check
// `npm run serve [-- --port N ...]`, or `tabernetes`: installs what is missing and serves a simulated cluster to kubectl
// and other clients until it is stopped. `--help` lists the options.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installPackages, requireNode, root } from "./workshop.mjs";

requireNode();
await installPackages();
const loader = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;
const child = spawn(process.execPath, ["--import", loader, join(root, "server/main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The server stops cleanly by itself; this process waits for it. A terminal's Ctrl+C reaches both.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
