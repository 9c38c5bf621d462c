import type { Job } from "../jobs.ts";
import { absolute, quoted } from "../text.ts";
import { INTERRUPTED, type OwnCommand, type Run, unlessStopped } from "./command.ts";

async function jobs(run: Run): Promise<number> {
  const withPid = run.words.includes("-l");
  for (const job of run.jobs.all) run.out(run.words.includes("-p") ? `${job.pid}\n` : run.jobs.line(job, withPid));
  run.jobs.news();
  return 0;
}

/** The jobs that are named; what is named wrongly is told as the command of that name tells it. */
function named(run: Run, as: string, words: readonly string[]): readonly Job[] | undefined {
  const found: Job[] = [];
  for (const word of words) {
    const job = run.jobs.find(word);
    if (job === undefined) {
      run.err(`bash: ${as}: ${word}: no such job\n`);
      return undefined;
    }
    found.push(job);
  }
  return found;
}

/** `wait [JOB ...]`: until those have ended, or all. Gives the last one's exit code. */
export async function waitForJobs(run: Run): Promise<number> {
  const words = run.words.filter((word) => !word.startsWith("-"));
  let code = 0;
  if (run.words.includes("-n")) {
    const first = await unlessStopped(run.signal, Promise.race(run.jobs.all.map(({ ended }) => ended)));
    return first ?? INTERRUPTED;
  }
  for (const word of words) {
    const job = run.jobs.find(word);
    if (job === undefined) {
      const isPid = /^\d+$/.test(word);
      run.err(isPid ? `bash: wait: pid ${word} is not a child of this shell\n` : `bash: wait: ${word}: no such job\n`);
      code = 127;
      continue;
    }
    code = (await unlessStopped(run.signal, job.ended)) ?? INTERRUPTED;
  }
  if (words.length === 0) await unlessStopped(run.signal, Promise.all(run.jobs.all.map(({ ended }) => ended)));
  return run.signal.aborted ? INTERRUPTED : code;
}

const KILLED = /^(9|(SIG)?KILL)$/i;
const INTERRUPTS = /^(2|(SIG)?INT)$/i;
const ENDING = /^(1|3|15|(SIG)?(TERM|HUP|QUIT))$/i;

/** `kill`: ends jobs. There are no other processes on this machine. */
async function kill(run: Run): Promise<number> {
  const words = [...run.words];
  let signal = "TERM";
  const [first = ""] = words;
  if (first === "-s" || first === "-n") [, signal = ""] = words.splice(0, 2);
  else if (/^-[\w]+$/.test(first)) signal = (words.shift() ?? "").slice(1);
  if (signal !== "0" && !KILLED.test(signal) && !INTERRUPTS.test(signal) && !ENDING.test(signal)) {
    run.err(`bash: kill: ${signal}: invalid signal specification\n`);
    return 1;
  }
  if (words.length === 0) {
    run.err("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n");
    return 2;
  }
  let code = 0;
  for (const word of words) {
    const job = run.jobs.find(word);
    if (job === undefined || job.end !== undefined) {
      code = 1;
      run.err(`bash: kill: ${word.startsWith("%") ? `${word}: no such job` : `(${word}) - No such process`}\n`);
    } else if (signal !== "0") {
      job.stop(KILLED.test(signal) ? "Killed" : INTERRUPTS.test(signal) ? "Interrupt" : "Terminated");
      await job.ended;
    }
  }
  return code;
}

/** `fg [JOB]`: waits for a job as if it had been begun without `&`; Ctrl-C ends it. */
async function fg(run: Run): Promise<number> {
  const [word = "%%"] = run.words;
  const job = run.jobs.find(word);
  if (job === undefined) {
    run.err(`bash: fg: ${run.words[0] ?? "current"}: no such job\n`);
    return 1;
  }
  run.out(`${job.text}\n`);
  const code = await unlessStopped(run.signal, job.ended);
  if (code === undefined) job.stop("Interrupt");
  run.jobs.forget(job);
  return code ?? INTERRUPTED;
}

/** Nothing is ever halted here: what is in the background runs. */
async function bg(run: Run): Promise<number> {
  const found = named(run, "bg", run.words.length === 0 ? ["%%"] : run.words);
  for (const { number } of found ?? []) run.err(`bash: bg: job ${number} already in background\n`);
  return found === undefined ? 1 : 0;
}

async function disown(run: Run): Promise<number> {
  const found = named(run, "disown", run.words.length === 0 ? ["%%"] : run.words);
  for (const job of found ?? []) run.jobs.forget(job);
  return found === undefined ? 1 : 0;
}

/** `nohup`: what would go to the terminal goes to a file. */
async function nohup(run: Run): Promise<number> {
  if (run.words.length === 0) {
    run.err("nohup: missing operand\nTry 'nohup --help' for more information.\n");
    return 125;
  }
  if (run.onScreen) run.err("nohup: ignoring input and appending output to 'nohup.out'\n");
  const { stdout, stderr, exitCode } = await run.exec(run.words.map(quoted).join(" "));
  if (run.onScreen) await run.files.appendFile(absolute(run.folder, "nohup.out"), stdout + stderr);
  else {
    run.out(stdout);
    run.err(stderr);
  }
  return exitCode;
}

export const jobCommands: readonly OwnCommand[] = [
  { name: "jobs", run: jobs },
  { name: "kill", run: kill },
  { name: "fg", run: fg },
  { name: "bg", run: bg },
  { name: "disown", run: disown },
  { name: "nohup", run: nohup },
];
