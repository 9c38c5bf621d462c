import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { writeKubeconfig } from "../../server/kubeconfig.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Whether there is a real kubectl on this machine. */
export function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What a step is to give: exactly this text on stdout, or something like it; `[expected, exit code]` for refusals (stderr). */
export type Expected = string | RegExp | readonly [string | RegExp, number];
export type Step = readonly [command: string, expected: Expected, input?: string];

/** A real kubectl with a home of its own, that talks to one server. */
export class Kubectl {
  readonly home = mkdtempSync(join(tmpdir(), "tabernetes-kubectl-"));
  /** Commands run so far. */
  count = 0;
  readonly #config = join(this.home, "config");

  constructor(url: string) {
    writeKubeconfig(this.#config, { server: url });
  }

  /** What a kubectl must find around it. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, HOME: this.home, KUBECONFIG: this.#config, KUBE_EDITOR: "true" };
  }

  run(command: string, input = ""): Promise<Outcome> {
    this.count++;
    return new Promise((resolve) => {
      const options = { env: this.env, cwd: this.home, timeout: 50_000 };
      const child = execFile("kubectl", words(command), options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ stdout, stderr, code });
      });
      child.stdin?.end(input);
    });
  }

  /** Runs commands one after the other and compares each with what it is to give. */
  async session(steps: readonly Step[]): Promise<void> {
    for (const [command, expected, input] of steps) {
      const outcome = await this.run(command, input);
      const [words, code] = typeof expected === "string" || expected instanceof RegExp ? [expected, 0] : expected;
      const text = code === 0 ? outcome.stdout : outcome.stdout + outcome.stderr;
      const shown = { command, code: outcome.code, text: typeof words === "string" ? text : text.match(words)?.[0] };
      const wanted = { command, code, text: typeof words === "string" ? words : expect.any(String) };
      expect(shown, `kubectl ${command}\n${outcome.stdout}${outcome.stderr}`).toEqual(wanted);
    }
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Splits a command line as a shell does; only single quotes are known. */
function words(command: string): string[] {
  return [...command.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ""));
}
