import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeKubeconfig } from "../../server/kubeconfig.ts";
import { nodeHost } from "../../server/kubectl/node-host.ts";
import { KUBECTL, type KubectlHost, runKubectl, StreamHub } from "../../simulator/index.ts";
import type { Served } from "../server/support.ts";
import { helpShape, type Outcome } from "./compare.ts";
import { Interrupt, listenHere, visit } from "./machine.ts";

/**
 * One line of a script, run by both kubectls and compared; with `setup` by the real one alone, to bring a state about. A
 * command that changes something is written with `{n}` in its namespace or name: each kubectl gets its own.
 */
export interface ParityStep {
  readonly command: string;
  readonly stdin?: string;
  /** More of the environment. */
  readonly env?: { readonly [name: string]: string };
  readonly setup?: true;
  /** Ctrl-C after so long: for what does not end by itself. */
  readonly interruptAfterMs?: number;
  /** Another line, run by the same kubectl while this one goes on. */
  readonly meanwhile?: string;
  /** An address that is asked for while this goes on. */
  readonly visit?: string;
  /** Only what a help text is about is compared, not its sentences. */
  readonly help?: true;
  /** Why ours may differ here; it counts as different all the same. */
  readonly reason?: string;
}

/** Commands of one theme, with the files that they read. */
export interface ParityScript {
  readonly name: string;
  readonly files?: { readonly [path: string]: string };
  readonly steps: readonly (string | ParityStep)[];
}

/** How long something goes on before the other line is run. */
const MEANWHILE_MS = 1000;
const FORWARD = /\/portforward(\?|$)/;
const PUMP_MS = 20;
const CRASHED = 255;
/** What has not ended by now does not end. */
const LIMIT_MS = 30_000;
/** A shell's code for what ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Reasons of differences that stay. */
export const HELP_PROSE = "the sentences and examples of help texts are ours";
export const MAP_ORDER = "the real one prints them in the order of a Go map: another one each time";

const SIDES = { ours: "a", real: "b" } as const;
export type Side = keyof typeof SIDES;

/** The folders of PATH that are there: of others the real one tells on the way. */
function pathHere(): string {
  return (process.env.PATH ?? "").split(":").filter(existsSync).join(":");
}

/** A folder with a kubeconfig and files, in which both kubectls run. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "tabernetes-parity-"));
  readonly #env: { readonly [name: string]: string };

  readonly #hub: StreamHub;
  readonly #pump: NodeJS.Timeout;

  constructor({ url, simulation }: Served, files: { readonly [path: string]: string } = {}) {
    this.#hub = new StreamHub(simulation);
    this.#pump = setInterval(() => this.#hub.pump(), PUMP_MS);
    const config = join(this.folder, ".kubeconfig");
    writeKubeconfig(config, { server: url });
    this.#env = { HOME: this.folder, KUBECONFIG: config, KUBE_EDITOR: "true", PATH: pathHere() };
    for (const letter of Object.values(SIDES)) mkdirSync(this.#folderOf(letter));
    for (const [path, content] of Object.entries(files)) {
      for (const letter of Object.values(SIDES)) {
        // Files that speak of {n} are there once for each side.
        const place = join(this.#folderOf(letter), path);
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(place, content.replaceAll("{n}", letter));
      }
    }
  }

  /** Each side has its own folder; what it prints of it is made even with the names. */
  #folderOf(letter: string): string {
    return join(this.folder, `side-${letter}`);
  }

  /** Runs a line (without `kubectl`) by one of the two; `{n}` is that side's letter, and is put back in what it prints. */
  async run(side: Side, step: ParityStep): Promise<Outcome> {
    const letter = SIDES[side];
    const run = side === "ours" ? this.#ours : this.#real;
    const [outcome] = await Promise.all([
      run.call(this, step, letter),
      this.#meanwhile(side, step),
      step.visit === undefined ? undefined : visit(step.visit),
    ]);
    // Names that were made with the letter are the same for both.
    if (step.help) return { ...outcome, stdout: helpShape(outcome.stdout) };
    const isNamed =
      step.command.includes("{n}") || step.stdin?.includes("{n}") || /\s-[fk]\s|^kustomize/.test(step.command);
    if (!isNamed) return outcome;
    const even = (text: string) => text.replaceAll(new RegExp(`\\b((?:\\w+-)+)${letter}\\b`, "g"), "$1n");
    return { ...outcome, stdout: even(outcome.stdout), stderr: even(outcome.stderr) };
  }

  async #meanwhile(side: Side, { meanwhile }: ParityStep): Promise<void> {
    if (meanwhile === undefined) return;
    await sleep(MEANWHILE_MS);
    await this.run(side, { command: meanwhile });
  }

  async #ours(step: ParityStep, letter: string): Promise<Outcome> {
    let [stdout, stderr] = ["", ""];
    const interrupt = new Interrupt();
    const machine = nodeHost({
      folder: this.#folderOf(letter),
      env: { ...this.#env, ...step.env },
      stdin: step.stdin?.replaceAll("{n}", letter) ?? "",
      out: (text) => {
        stdout += text;
      },
      err: (text) => {
        stderr += text;
      },
    });
    const host: KubectlHost = {
      ...machine,
      interrupt,
      listen: listenHere,
      // The edge on a machine forwards no ports: the built-in kubectl does it where it lives beside the cluster.
      stream: (place) => (request, hear) =>
        FORWARD.test(request.path)
          ? Promise.resolve(this.#hub.open(request, hear))
          : (machine.stream as NonNullable<KubectlHost["stream"]>)(place)(request, hear),
    };
    const timer = step.interruptAfterMs && setTimeout(() => interrupt.raise(), step.interruptAfterMs);
    const line = splitWords(step.command.replaceAll("{n}", letter));
    const limit = AbortSignal.timeout(LIMIT_MS);
    const run = runKubectl(KUBECTL, line, host).catch((error: unknown) => {
      // A crash is a difference like any other.
      stderr += String(error);
      return CRASHED;
    });
    const late = new Promise<number>((resolve) => limit.addEventListener("abort", () => resolve(CRASHED)));
    const exit = await Promise.race([run, late]);
    if (timer) clearTimeout(timer);
    return { stdout, stderr, exit };
  }

  #real(step: ParityStep, letter: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const env = { ...this.#env, ...step.env };
      const options = { env, cwd: this.#folderOf(letter), timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
      const words = splitWords(step.command.replaceAll("{n}", letter));
      const child = execFile("kubectl", words, options, (error, stdout, stderr) => {
        if (timer) clearTimeout(timer);
        const exit = error === null ? 0 : typeof error.code === "number" ? error.code : INTERRUPTED;
        resolve({ stdout, stderr, exit });
      });
      const timer = step.interruptAfterMs && setTimeout(() => child.kill("SIGINT"), step.interruptAfterMs);
      child.stdin?.end(step.stdin?.replaceAll("{n}", letter) ?? "");
    });
  }

  close(): void {
    clearInterval(this.#pump);
    this.#hub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Splits a line as a shell does, with single and double quotes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_whole, single, double) => single ?? double ?? ""),
  );
}
