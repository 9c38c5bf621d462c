// @ts-check
// Finds a Chromium that runs, or installs Debian's.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, say } from "./workshop.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const places = [
  "/usr/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** What is installed on Debian: Chromium alone comes without a single font. */
const packages = ["chromium", "fonts-liberation"];

/** True when the program is there and starts: some distributions put a stub in its place. @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  // Chrome on Windows opens a window for --version.
  if (process.platform === "win32") return true;
  return spawnSync(path, ["--version"], { timeout: 30_000 }).status === 0;
}

/**
 * The path of a Chromium or Chrome that runs: CHROMIUM_PATH, else one on PATH, else in a usual place.
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return starts(named) ? named : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...places].find(starts);
}

/** True when a program can be run and exits well. @param {string} command @param {string[]} args */
const works = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/**
 * The path of a Chromium, installing Debian's `chromium` where none is found and this user may.
 * @returns {Promise<string | undefined>} undefined when there is none; why was said
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.env.CHROMIUM_PATH) {
    say(`CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}, which does not run.`);
    return undefined;
  }
  const isRoot = process.getuid?.() === 0;
  if (!works("apt-get", ["--version"]) || !(isRoot || works("sudo", ["-n", "true"]))) {
    say(
      "No Chromium was found and it can't be installed from here. Install Chromium or Chrome, or name one in CHROMIUM_PATH.",
    );
    return undefined;
  }
  say("Installing Chromium (apt-get install chromium) ...");
  const apt = (/** @type {string[]} */ ...args) => {
    const command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...args];
    return isRoot ? run("env", command.slice(1)) : run("sudo", ["-n", ...command]);
  };
  const done =
    (await apt("update")) === 0 && (await apt("install", "-y", "--no-install-recommends", ...packages)) === 0;
  if (!done) say("Chromium could not be installed: see the message above.");
  return done ? findChromium() : undefined;
}
