// @ts-check
// `npm test`: installs what is missing and runs every check, one after the other, to the end. The last line counts them:
// each static check is one, each test is one. `--without-browser` (npm run check) leaves out the page and the browser.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { buildPage } from "./page.mjs";
import { installPackages, requireNode, root, run, runTool, say } from "./workshop.mjs";

/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 * @typedef {{name: string, run: () => Promise<Counts>}} Step
 */

/** @param {number} code an exit code @returns {Counts} */
const one = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

const script = async (/** @type {string} */ name) => one(await run(process.execPath, [join(root, "scripts", name)]));

/** Runs one vitest project and counts its tests; a file that doesn't load counts as a failed test. @param {string} project */
async function vitest(project) {
  const folder = mkdtempSync(join(tmpdir(), "tabernetes-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await runTool("vitest/vitest.mjs", ["run", "--project", project, ...reporters]);
  const counts = existsSync(report) ? countTests(JSON.parse(readFileSync(report, "utf8"))) : one(code);
  rmSync(folder, { recursive: true });
  // An error outside any test (an unhandled rejection, an empty run) fails the run as well.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** @param {any} report what vitest's json reporter wrote @returns {Counts} */
function countTests(report) {
  const unloaded = report.testResults.filter(
    (/** @type {any} */ file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function browserTests() {
  const chromium = await ensureChromium();
  if (!chromium) return one(1);
  say(`Browser: ${chromium}`);
  process.env.CHROMIUM_PATH = chromium;
  return vitest("e2e");
}

const hasPage = existsSync(join(root, "index.html"));
/** @param {() => Promise<Counts>} step @returns {() => Promise<Counts>} */
const ofThePage = (step) => async () => {
  if (hasPage) return step();
  say("Skipped: there is no index.html yet.");
  return { passed: 0, failed: 0, skipped: 1 };
};

/** @type {Step[]} */
const checks = [
  {
    name: "Format and lint (biome)",
    run: async () => one(await runTool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings"])),
  },
  { name: "Types, layer by layer (tsc)", run: () => script("typecheck.mjs") },
  {
    name: "Dead code and unused packages (knip)",
    // What is dead shows only once the page ties everything together.
    run: ofThePage(async () => one(await runTool("knip/bin/knip.js", []))),
  },
  { name: "Tests in Node (vitest)", run: () => vitest("node") },
];

/** @type {Step[]} */
const browserSteps = [
  { name: "Build of the page (vite)", run: ofThePage(async () => one(await buildPage())) },
  { name: "Size of the page", run: ofThePage(() => script("size.mjs")) },
  { name: "Tests in a browser (vitest, playwright)", run: ofThePage(browserTests) },
];

requireNode();
const steps = process.argv.includes("--without-browser") ? checks : [...checks, ...browserSteps];
await installPackages();
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const [index, step] of steps.entries()) {
  say(`\n== ${index + 1} of ${steps.length}: ${step.name}`);
  const counts = await step.run();
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (counts.failed > 0) failures.push(step.name);
}
say("");
for (const name of failures) say(`Failed: ${name}`);
say(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 ? 1 : 0;
