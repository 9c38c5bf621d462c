import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writeKubeconfig } from "../../server/kubeconfig.ts";
import { nodeHost } from "../../server/kubectl/node-host.ts";
import { KUBECTL, runKubectl } from "../../simulator/index.ts";
import type { Outcome } from "./compare.ts";

/**
 * One line of a script. `both`: run by both kubectls and compared. `setup`: run by ours alone, to bring a state about. A
 * command that changes something is written with `{n}` in its namespace or name: each kubectl gets its own.
 */
export interface ParityStep {
  readonly command: string;
  readonly stdin?: string;
  readonly setup?: true;
}

/** Commands of one theme, with the files that they read. */
export interface ParityScript {
  readonly name: string;
  readonly files?: { readonly [path: string]: string };
  readonly steps: readonly (string | ParityStep)[];
}

const SIDES = { ours: "a", real: "b" } as const;
export type Side = keyof typeof SIDES;

/** A folder with a kubeconfig and files, in which both kubectls run. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "tabernetes-parity-"));
  readonly #env: { readonly [name: string]: string };

  constructor(url: string, files: { readonly [path: string]: string } = {}) {
    const config = join(this.folder, ".kubeconfig");
    writeKubeconfig(config, { server: url });
    this.#env = { HOME: this.folder, KUBECONFIG: config, KUBE_EDITOR: "true", PATH: process.env.PATH ?? "" };
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
    const words = splitWords(step.command.replaceAll("{n}", letter));
    const stdin = step.stdin?.replaceAll("{n}", letter) ?? "";
    const outcome = side === "ours" ? await this.#ours(words, stdin, letter) : await this.#real(words, stdin, letter);
    // Names that were made with the letter are the same for both.
    const isNamed =
      step.command.includes("{n}") || step.stdin?.includes("{n}") || /\s-[fk]\s|^kustomize/.test(step.command);
    if (!isNamed) return outcome;
    const even = (text: string) => text.replaceAll(new RegExp(`\\b((?:\\w+-)+)${letter}\\b`, "g"), "$1n");
    return { ...outcome, stdout: even(outcome.stdout), stderr: even(outcome.stderr) };
  }

  async #ours(words: readonly string[], stdin: string, letter: string): Promise<Outcome> {
    let [stdout, stderr] = ["", ""];
    const host = nodeHost({
      folder: this.#folderOf(letter),
      env: this.#env,
      stdin,
      out: (text) => {
        stdout += text;
      },
      err: (text) => {
        stderr += text;
      },
    });
    const exit = await runKubectl(KUBECTL, words, host);
    return { stdout, stderr, exit };
  }

  #real(words: readonly string[], stdin: string, letter: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { env: this.#env, cwd: this.#folderOf(letter), timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile("kubectl", [...words], options, (error, stdout, stderr) => {
        const exit = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ stdout, stderr, exit });
      });
      child.stdin?.end(stdin);
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Splits a line as a shell does, with single and double quotes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_whole, single, double) => single ?? double ?? ""),
  );
}
