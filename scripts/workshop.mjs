// @ts-check
// What the scripts share: where the repository is, how a step is announced, run and installed. Plain Node, nothing installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

// A log file is read as text: colours only on a terminal, unless they are asked for.
if (!process.stdout.isTTY && process.env.FORCE_COLOR === undefined) process.env.NO_COLOR ??= "1";

/** Says what is being done, on one plain line. @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Stops with one sentence when this Node is older than package.json's `engines` asks for. */
export function requireNode() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node.replace(/^>=/, "");
  if (process.versions.node.localeCompare(wanted, "en", { numeric: true }) >= 0) return;
  process.stderr.write(`Tabernetes needs Node ${wanted} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

/**
 * Runs a program in the repository with its output shown.
 * @param {string} command @param {string[]} args @param {{shell?: boolean}} [options]
 * @returns {Promise<number>} its exit code; 1 when it could not be started or was killed
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    child.on("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Runs an installed package's program. @param {string} script its path under node_modules @param {string[]} args */
export function runTool(script, args) {
  return run(process.execPath, [join(root, "node_modules", script), ...args]);
}

/** True when node_modules holds exactly what package-lock.json asks for (packages of other platforms aside). */
function isInstalled() {
  const installedLock = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedLock)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const present = installed[path];
    return present ? present.version === entry.version : entry.optional === true;
  });
}

/** Installs the packages when they are missing or are not those of package-lock.json. Ends the process on failure. */
export async function installPackages() {
  if (isInstalled()) return;
  say("Installing the packages that package-lock.json names (npm ci) ...");
  // Development packages are needed to build and test, whatever NODE_ENV says; a silent parent must not hide errors.
  const args = ["ci", "--include=dev", "--loglevel=warn"];
  const npm = process.env.npm_execpath;
  const code = npm?.endsWith(".js")
    ? await run(process.execPath, [npm, ...args])
    : await run("npm", args, { shell: process.platform === "win32" });
  if (code === 0) return;
  process.stderr.write("npm ci failed: see its message above. Is the npm registry reachable?\n");
  process.exit(code);
}
