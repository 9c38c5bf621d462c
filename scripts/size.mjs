// @ts-check
// `npm run size`: what a first visit has to load, in kB after gzip, from the build in dist/. Fails when the scripts that
// the page needs before it shows anything (the entry chunk and what it imports statically) are over the budget.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { distFolder } from "./page.mjs";
import { say } from "./workshop.mjs";

const budgetKb = 350;

/** @param {string} file relative to dist/ @returns {number} kB (1000 bytes) after gzip */
const gzipKb = (file) => gzipSync(readFileSync(join(distFolder, file))).length / 1000;

/**
 * The entry's files, following static imports only.
 * @param {Record<string, {file: string, isEntry?: boolean, imports?: string[], css?: string[]}>} manifest vite's
 */
function entryFiles(manifest) {
  const seen = new Set();
  const files = new Set();
  const visit = (/** @type {string} */ key) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);
  return [...files];
}

const manifestFile = join(distFolder, ".vite/manifest.json");
if (!existsSync(manifestFile)) {
  process.stderr.write("dist/ holds no build: run `npm run build` first.\n");
  process.exit(1);
}
const entry = entryFiles(JSON.parse(readFileSync(manifestFile, "utf8")));
const later = readdirSync(join(distFolder, "assets"))
  .map((name) => `assets/${name}`)
  .filter((file) => /\.(js|css)$/.test(file) && !entry.includes(file));

/** @param {string} title @param {string[]} files @returns {number} their sum in kB */
function print(title, files) {
  const rows = files.map((file) => ({ file, kb: gzipKb(file) })).sort((a, b) => b.kb - a.kb);
  const sum = rows.reduce((total, row) => total + row.kb, 0);
  say(`${title}: ${sum.toFixed(1)} kB gzip`);
  for (const { file, kb } of rows) say(`  ${kb.toFixed(1).padStart(7)}  ${file}`);
  return sum;
}

const scriptsKb = print(
  "Entry scripts",
  entry.filter((file) => file.endsWith(".js")),
);
print(
  "Entry styles",
  entry.filter((file) => file.endsWith(".css")),
);
print("Loaded later (the worker with the simulator, the editor, ...)", later);
const within = scriptsKb <= budgetKb;
say(`The entry's scripts are ${within ? "within" : "OVER"} the budget of ${budgetKb} kB.`);
process.exitCode = within ? 0 : 1;
