// @ts-check
// The built page: whether dist/ is there and newer than everything it is made from, and building it.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "./workshop.mjs";

export const distFolder = join(root, "dist");

/** What the page is made from, relative to the root. */
const sources = [
  "index.html",
  "src",
  "simulator",
  "scenarios",
  "public",
  "vite.config.ts",
  "tsconfig.base.json",
  "package-lock.json",
];

/** The latest change at or below a path, in milliseconds since 1970; a folder counts, so that a removed file does. */
function newestChange(/** @type {string} */ path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  /** @type {number} */
  let newest = stat.mtimeMs;
  for (const name of readdirSync(path)) newest = Math.max(newest, newestChange(join(path, name)));
  return newest;
}

/** True when dist/ holds a page that is at least as new as its sources. */
export function isPageBuilt() {
  const built = join(distFolder, "index.html");
  if (!existsSync(built)) return false;
  const builtMs = statSync(built).mtimeMs;
  return sources.every((source) => newestChange(join(root, source)) <= builtMs);
}

/** Builds the page into dist/. @returns {Promise<number>} the exit code */
export function buildPage() {
  return runTool("vite/bin/vite.js", ["build"]);
}
