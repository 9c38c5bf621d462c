// @ts-check
// `npm run typecheck`: every layer under its own compiler settings, so that each sees only what it may use. What was
// checked is remembered in .cache/, which makes the next run quicker.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, say } from "./workshop.mjs";

const layers = [
  { name: "simulator", config: "simulator/tsconfig.json" },
  { name: "shell", config: "simulator/shell/tsconfig.json" },
  { name: "page", config: "src/tsconfig.json" },
  { name: "worker", config: "src/tsconfig.worker.json" },
  { name: "server", config: "server/tsconfig.json" },
  { name: "node", config: "tsconfig.node.json" },
  { name: "tests", config: "tests/tsconfig.json" },
];

const noInputs = "TS18003";

/** @param {{name: string, config: string}} layer @returns {boolean} true when the layer has no type errors */
function check({ name, config }) {
  const remembered = ["--incremental", "--tsBuildInfoFile", join(root, `.cache/typecheck/${name}.tsbuildinfo`)];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const done = spawnSync(process.execPath, [tsc, "-p", config, "--pretty", "false", ...remembered], {
    cwd: root,
    encoding: "utf8",
  });
  const empty = done.stdout.includes(noInputs);
  say(`${name}: ${empty ? "no files yet" : done.status === 0 ? "ok" : "errors"}`);
  if (!empty && done.status !== 0) process.stdout.write(done.stdout + done.stderr);
  return empty || done.status === 0;
}

const results = layers.filter(({ config }) => existsSync(join(root, config))).map(check);
process.exitCode = results.every(Boolean) ? 0 : 1;
