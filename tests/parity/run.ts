import { execFileSync } from "node:child_process";
import { hasKubectl } from "../server/kubectl.ts";
import { serve } from "../server/support.ts";
import { applyScript } from "./commands/apply.ts";
import { changeScript } from "./commands/change.ts";
import { createScript } from "./commands/create.ts";
import { describeScript } from "./commands/describe.ts";
import { edgesScript } from "./commands/edges.ts";
import { expressionsScript } from "./commands/expressions.ts";
import { getScript } from "./commands/get.ts";
import { helpScript } from "./commands/help.ts";
import { kindsScript } from "./commands/kinds.ts";
import { kustomizeScript } from "./commands/kustomize.ts";
import { manifestsScript } from "./commands/manifests.ts";
import { misuseScript } from "./commands/misuse.ts";
import { pagesScript } from "./commands/pages.ts";
import { readScript } from "./commands/read.ts";
import { rolloutScript } from "./commands/rollout.ts";
import { selectionScript } from "./commands/selection.ts";
import { serverScript } from "./commands/server.ts";
import { settingsScript } from "./commands/settings.ts";
import { streamsScript } from "./commands/streams.ts";
import { watchScript } from "./commands/watch.ts";
import { isEqual, masked, type Outcome } from "./compare.ts";
import { type ParityScript, type ParityStep, Workplace } from "./session.ts";

/** The themes, one line each. */
const SCRIPTS: readonly ParityScript[] = [
  expressionsScript,
  kindsScript,
  edgesScript,
  pagesScript,
  selectionScript,
  getScript,
  createScript,
  applyScript,
  changeScript,
  kustomizeScript,
  describeScript,
  rolloutScript,
  readScript,
  settingsScript,
  serverScript,
  watchScript,
  streamsScript,
  misuseScript,
  manifestsScript,
  helpScript,
];

interface Tally {
  equal: number;
  total: number;
}

/** What came out: what is printed of each theme, and the shares by verb and by theme. */
interface Report {
  readonly verbs: Map<string, Tally>;
  readonly themes: Map<string, Tally>;
  readonly minor: number;
}

/** So many themes are played at once, each against a cluster of its own: most of the time they wait. */
const AT_ONCE = 4;

function count(tallies: Map<string, Tally>, name: string, equal: boolean): void {
  const tally = tallies.get(name) ?? { equal: 0, total: 0 };
  tallies.set(name, tally);
  tally.total++;
  if (equal) tally.equal++;
}

/** Plays a theme; what differs is printed as it is found. */
async function runScript(script: ParityScript, report: Report): Promise<void> {
  const served = await serve(1, 3, { shells: true });
  const place = new Workplace(served, script.files);
  const tell = (text: string) => process.stdout.write(`[${script.name}] ${text}`);
  try {
    for (const given of script.steps) {
      const step: ParityStep = typeof given === "string" ? { command: given } : given;
      // What is only there to bring about a state is the real one's, so that ours can't spoil it.
      if (step.setup) {
        const outcome = await place.run("real", step);
        if (outcome.exit !== 0) tell(`setup failed: ${step.command}\n${outcome.stderr}`);
        continue;
      }
      const [real, ours] = await bothOf(place, step);
      const equal = isEqual(ours, real, report.minor);
      count(report.verbs, step.command.split(" ")[0] ?? "", equal);
      count(report.themes, script.name, equal);
      if (!equal) tell(differenceText(step, real, ours, report.minor));
    }
  } finally {
    place.close();
    await served.close();
  }
}

/** One after the other; what is only watched until it is interrupted, in namespaces of its own, at the same time. */
async function bothOf(place: Workplace, step: ParityStep): Promise<readonly [Outcome, Outcome]> {
  if (step.interruptAfterMs !== undefined && step.command.includes("{n}")) {
    return Promise.all([place.run("real", step), place.run("ours", step)]);
  }
  const real = await place.run("real", step);
  return [real, await place.run("ours", step)];
}

const SHOWN = 1500;
const BEFORE = 100;

/** Texts from a little before where they begin to differ. */
function excerpts(real: string, ours: string): readonly [string, string] {
  let same = 0;
  while (same < real.length && real[same] === ours[same]) same++;
  const from = Math.max(0, same - BEFORE);
  return [real.slice(from, from + SHOWN), ours.slice(from, from + SHOWN)];
}

function differenceText(step: ParityStep, real: Outcome, ours: Outcome, minor: number): string {
  const reason = step.reason === undefined ? "" : `  (${step.reason})`;
  if (!process.argv.includes("--show")) return `differs: kubectl ${step.command}${reason}\n`;
  const parts = (["stdout", "stderr"] as const)
    .map((part) => ({ part, texts: excerpts(masked(real[part], minor), masked(ours[part], minor)) }))
    .filter(({ texts: [one, other] }) => one !== other)
    .map(({ part, texts: [one, other] }) => `--- real ${part}\n${one}\n--- ours ${part}\n${other}\n`);
  const exits = real.exit === ours.exit ? "" : `--- exit ${real.exit} and ours ${ours.exit}\n`;
  return `$ kubectl ${step.command}${reason}\n${parts.join("")}${exits}`;
}

function printShares(title: string, tallies: Map<string, Tally>): void {
  process.stdout.write(`\nBy ${title}\n`);
  for (const [name, { equal, total }] of [...tallies].sort()) {
    process.stdout.write(`${name.padEnd(16)} ${equal} of ${total}\n`);
  }
}

/** The real kubectl's minor version, such as 36. */
function minorVersion(): number {
  const { clientVersion } = JSON.parse(
    execFileSync("kubectl", ["version", "--client", "-o", "json"], { encoding: "utf8" }),
  );
  return Number.parseInt(clientVersion.minor, 10);
}

/**
 * Compares the built-in kubectl with a real one, command by command: the shares that are equal by verb and by theme.
 * `--show` prints what differs and why; words name themes.
 */
async function main(): Promise<void> {
  if (!hasKubectl()) {
    process.stdout.write("There is no kubectl on this machine: nothing to compare with.\n");
    return;
  }
  const names = process.argv.slice(2).filter((word) => !word.startsWith("-"));
  const waiting = SCRIPTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const report: Report = { verbs: new Map(), themes: new Map(), minor: minorVersion() };
  const work = async () => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      await runScript(script, report);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  printShares("verb", report.verbs);
  printShares("theme", report.themes);
  const all = [...report.themes.values()];
  const sum = (of: (tally: Tally) => number) => all.reduce((total, tally) => total + of(tally), 0);
  process.stdout.write(`\nall              ${sum(({ equal }) => equal)} of ${sum(({ total }) => total)}\n`);
}

await main();
