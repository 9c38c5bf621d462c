#!/usr/bin/env node
// @ts-check
// `npm run serve [-- --port N ...]`, or `tabernetes`: installs what is missing and serves a simulated cluster to kubectl
// and other clients until it is stopped. `npm run shell`, or `tabernetes shell [FILE]`: a shell beside a simulated cluster,
// in this terminal or for a script. `--help` lists the options.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installPackages, requireNode, root } from "./workshop.mjs";

requireNode();
await installPackages();
const loader = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;
const given = process.argv.slice(2);
const isShell = given[0] === "shell";
const program = join(root, isShell ? "server/shell/main.ts" : "server/main.ts");
const child = spawn(process.execPath, ["--import", loader, program, ...given.slice(isShell ? 1 : 0)], {
  stdio: "inherit",
});
// The server stops cleanly by itself; this process waits for it. A terminal's Ctrl+C reaches both.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
