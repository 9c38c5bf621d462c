import { hasKubectl } from "../server/kubectl.ts";
import { serve } from "../server/support.ts";
import { applyScript } from "./commands/apply.ts";
import { changeScript } from "./commands/change.ts";
import { createScript } from "./commands/create.ts";
import { describeScript } from "./commands/describe.ts";
import { getScript } from "./commands/get.ts";
import { kustomizeScript } from "./commands/kustomize.ts";
import { readScript } from "./commands/read.ts";
import { rolloutScript } from "./commands/rollout.ts";
import { serverScript } from "./commands/server.ts";
import { settingsScript } from "./commands/settings.ts";
import { isEqual, masked } from "./compare.ts";
import { type ParityScript, type ParityStep, Workplace } from "./session.ts";

/** The themes, one line each. */
const SCRIPTS: readonly ParityScript[] = [
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
];

interface Tally {
  equal: number;
  total: number;
}

async function runScript(script: ParityScript, url: string, tallies: Map<string, Tally>): Promise<void> {
  const place = new Workplace(url, script.files);
  try {
    for (const given of script.steps) {
      const step: ParityStep = typeof given === "string" ? { command: given } : given;
      // What is only there to bring about a state is the real one's, so that ours can't spoil it.
      if (step.setup) {
        const outcome = await place.run("real", step);
        if (outcome.exit !== 0) process.stdout.write(`setup failed: ${step.command}\n${outcome.stderr}`);
        continue;
      }
      await compareStep(place, step, tallies);
    }
  } finally {
    place.close();
  }
}

async function compareStep(place: Workplace, step: ParityStep, tallies: Map<string, Tally>): Promise<void> {
  const real = await place.run("real", step);
  const ours = await place.run("ours", step);
  const verb = step.command.split(" ")[0] ?? "";
  const tally = tallies.get(verb) ?? { equal: 0, total: 0 };
  tallies.set(verb, tally);
  tally.total++;
  if (isEqual(ours, real)) tally.equal++;
  else if (process.argv.includes("--show")) {
    process.stdout.write(`\n$ kubectl ${step.command}\n`);
    for (const part of ["stdout", "stderr"] as const) {
      if (masked(real[part]) === masked(ours[part])) continue;
      process.stdout.write(
        `--- real ${part}\n${real[part].slice(0, 1500)}\n--- ours ${part}\n${ours[part].slice(0, 1500)}\n`,
      );
    }
    if (real.exit !== ours.exit) process.stdout.write(`--- exit ${real.exit} and ours ${ours.exit}\n`);
  } else process.stdout.write(`differs: kubectl ${step.command}\n`);
}

/** Compares the built-in kubectl with a real one, command by command; `--show` prints what differs, words name themes. */
async function main(): Promise<void> {
  if (!hasKubectl()) {
    process.stdout.write("There is no kubectl on this machine: nothing to compare with.\n");
    return;
  }
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));
  const served = await serve(1, 3);
  const tallies = new Map<string, Tally>();
  try {
    for (const script of SCRIPTS) {
      if (wanted.length === 0 || wanted.includes(script.name)) await runScript(script, served.url, tallies);
    }
  } finally {
    await served.close();
  }
  const sum = { equal: 0, total: 0 };
  for (const [verb, { equal, total }] of [...tallies].sort()) {
    process.stdout.write(`${verb.padEnd(16)} ${equal} of ${total}\n`);
    sum.equal += equal;
    sum.total += total;
  }
  process.stdout.write(`${"all".padEnd(16)} ${sum.equal} of ${sum.total}\n`);
}

await main();
