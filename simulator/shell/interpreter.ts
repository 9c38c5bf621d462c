import type { ShellCommand, ShellParse, ShellParseResult, ShellPort, ShellRunResult, ShellWorld } from "../index.ts";
import { ARRAYS, arraysAfter, arraysIn, declared, told } from "./arrays.ts";
import { mendAwk } from "./awk.ts";
import { withChance } from "./chance.ts";
import type { Answering, Command } from "./commands/command.ts";
import { commands } from "./commands/registry.ts";
import { ContainerFiles, type Streams, utf8Bytes } from "./files.ts";
import type { Bash, CustomCommand, ScriptNode, WordNode } from "./library.ts";
import { readScript } from "./parse.ts";
import { cannotCreate, inFlavour, type Unopened } from "./words.ts";

/** A command's output beyond this is cut. */
const MAX_OUTPUT = 4 * 1024 * 1024;
const LIMITS = {
  maxCommandCount: 20_000,
  maxLoopIterations: 20_000,
  maxWorkUnits: 400_000,
  maxOutputSize: MAX_OUTPUT,
  maxStringLength: 8 * 1024 * 1024,
  maxCallDepth: 100,
  maxExecutionTimeMs: 20_000,
};
/** Variables that are the interpreter's own, or that the core keeps. */
const OWN = /^(__\w+|[?#@*!$0-]|\d+|BASHOPTS|SHELLOPTS|PIPESTATUS|BASH\w*|_)$/;
const SPECIAL: { readonly [parameter: string]: string } = { "!": "__job", $: "__pid", "0": "__zero" };

/** just-bash as the port's other side. It answers one request at a time. */
export class Interpreter implements ShellPort {
  readonly #files = new ContainerFiles();
  readonly #bash: Bash;
  readonly #reader: Bash;
  /** Programs that stand in the containers' folders of programs without being files of their images. */
  readonly #names: ReadonlySet<string>;
  #script: ScriptNode | undefined;
  #answering: Answering | undefined;

  private constructor(library: { readonly Bash: typeof Bash; readonly getCommandNames: () => string[] }) {
    const own = ["__words", "__pick", "__end"];
    this.#names = new Set([...own, ...commands.map(({ name }) => name), ...library.getCommandNames()]);
    const options = { fs: this.#files, executionLimits: LIMITS, defenseInDepth: false };
    this.#bash = new library.Bash({ ...options, customCommands: [...this.#customs()] });
    mendAwk(this.#bash);
    this.#reader = new library.Bash({ fs: this.#files });
    this.#reader.registerTransformPlugin({
      name: "write",
      transform: ({ ast }) => ({ ast: this.#script ?? ast }),
    });
  }

  /** Loads the library, which is big: only who meets a script needs it. */
  static async load(): Promise<Interpreter> {
    return new Interpreter(await import("just-bash"));
  }

  async answer(
    request: ShellParse | (ShellCommand & { readonly world: ShellWorld }),
  ): Promise<ShellParseResult | ShellRunResult> {
    return request.kind === "parse" ? this.#parse(request) : this.#run(request, request.world);
  }

  #parse({ source, flavour }: ShellParse): ShellParseResult {
    const read = this.#bash;
    const reading = {
      transform: (text: string) => ({ ...read.transform(text), ast: renamed(read.transform(text).ast) }),
    };
    return readScript(reading as Bash, (script) => this.#write(script), source, flavour);
  }

  #write(script: ScriptNode): string {
    this.#script = script;
    const text = this.#reader.transform(":").script;
    this.#script = undefined;
    return text.replace(/\n$/, "");
  }

  async #run(request: ShellCommand, world: ShellWorld): Promise<ShellRunResult> {
    const streams: Streams = { stdout: "", stderr: "", stdin: request.stdin };
    const answering: Answering = { request, world, tookMs: 0, signals: [], end: undefined };
    this.#answering = answering;
    this.#files.show(world.files, streams, { has: (name) => this.#names.has(name) && !world.lacks(name) });
    const { __job: _job, [ARRAYS]: _arrays, ...variables } = request.variables;
    const env = { ...variables, __job: String(world.lastJob || ""), __pid: String(world.pid), __zero: request.arg0 };
    const { cwd, stdin } = request;
    const options = { env, replaceEnv: true, cwd, stdin, stdinKind: "bytes", rawScript: true } as const;
    try {
      const done = await withChance(world.seed, () => this.#bash.exec(scriptOf(request), options));
      return this.#result(request, world, answering, streams, done);
    } catch (error) {
      const refused = unopened(error);
      if (refused !== undefined) {
        const stderr = utf8Bytes(cannotCreate(refused, request, world.flavour));
        return {
          ...unchanged(request),
          stdout: streams.stdout,
          stderr: streams.stderr + stderr,
          exitCode: world.flavour === "dash" ? 2 : 1,
          tookMs: answering.tookMs,
        };
      }
      const stderr = `${request.arg0}: ${error instanceof Error ? error.message : error}\n`;
      return { ...unchanged(request), stdout: streams.stdout, stderr, exitCode: 137, tookMs: answering.tookMs };
    }
  }

  #result(
    request: ShellCommand,
    world: ShellWorld,
    { tookMs, signals, end }: Answering,
    streams: Streams,
    done: Awaited<ReturnType<Bash["exec"]>>,
  ): ShellRunResult {
    const stdout = bytesOf(done.stdout, done.stdoutKind ?? (done.stdoutEncoding === "binary" ? "bytes" : "text"));
    const stderr = done.stderr.replace(/^\++ (__end|__words|declare -p|\(?exit|export|set) ?.*\n/gm, "");
    const from = end?.variables ?? done.env;
    const arrays = end === undefined ? request.variables[ARRAYS] : end.variables[ARRAYS];
    const variables = {
      ...Object.fromEntries(Object.entries(from).filter(([name]) => !OWN.test(name))),
      ...(arrays !== undefined && { [ARRAYS]: arrays }),
    };
    return {
      kind: "run",
      stdout: (streams.stdout + stdout).slice(0, MAX_OUTPUT),
      stderr: streams.stderr + inFlavour(utf8Bytes(stderr), request, world.flavour),
      exitCode: done.exitCode,
      variables,
      exported: end?.exported.filter((name) => !OWN.test(name)) ?? request.exported,
      cwd: end?.cwd ?? request.cwd,
      tookMs,
      fatal: end === undefined,
      signals,
    };
  }

  #customs(): readonly CustomCommand[] {
    const inner: Command[] = [
      { name: "__words", run: (args) => ({ stdout: JSON.stringify(args) }) },
      { name: "__pick", run: ([index = ""]) => ({ stdout: index }) },
      {
        name: "__end",
        run: ([code, ...words], { answering, context }) => {
          const variables = Object.fromEntries(context.env);
          const arrays = arraysAfter(arraysIn(answering.request.variables), words);
          if (arrays !== undefined) variables[ARRAYS] = arrays;
          answering.end = {
            variables,
            exported: Object.keys(context.exportedEnv ?? {}),
            cwd: context.cwd,
          };
          return { exitCode: Number(code) };
        },
      },
    ];
    return [...inner, ...commands].map(({ name, run }) => ({
      name,
      trusted: true,
      execute: async (args, context) => {
        const answering = this.#answering;
        if (answering === undefined) throw new Error(`${name} without a request`);
        const { stdout = "", stderr = "", exitCode = 0 } = await run(args, { answering, context });
        return { stdout, stderr, exitCode };
      },
    }));
  }
}

/** Parameters that the core keeps under names of their own. */
function renamed<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(renamed) as T;
  if (typeof tree !== "object" || tree === null) return tree;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) copy[key] = renamed(value);
  const name =
    copy.type === "ParameterExpansion" && typeof copy.parameter === "string" ? SPECIAL[copy.parameter] : undefined;
  if (name !== undefined) copy.parameter = name;
  if (copy.type === "CondBinary" && copy.operator === "=~") copy.right = asPattern(copy.right as WordNode);
  return copy as T;
}

/** A regular expression as it stands: the library would write its parentheses as if they were to be found as they are. */
function asPattern(word: WordNode): WordNode {
  const parts = word.parts.map((part) =>
    part.type === "Literal" ? { type: "Glob" as const, pattern: part.value } : part,
  );
  return { ...word, parts };
}

/** The file that a redirection could not open: the library throws what its files threw. */
function unopened(error: unknown): Unopened | undefined {
  const match = /^E[A-Z]+: (.*), (?:open|write|append) '(.*)'$/.exec(error instanceof Error ? error.message : "");
  return match === null ? undefined : { why: match[1] ?? "", path: match[2] ?? "" };
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The command with all that its shell has around it. */
function scriptOf(request: ShellCommand): string {
  const { exported, positional, functions, options, lastExitCode, wants, source } = request;
  const lines: string[] = [];
  const names = exported.filter((name) => /^[A-Za-z_]\w*$/.test(name) && name in request.variables);
  if (names.length > 0) lines.push(`export ${names.join(" ")}`);
  if (positional.length > 0) lines.push(`set -- ${positional.map(quoted).join(" ")}`);
  if (functions !== "") lines.push(functions);
  const arrays = arraysIn(request.variables);
  lines.push(...declared(arrays, `${functions}\n${source}`));
  const flags = options.filter((option) => option.length === 1 && option !== "e");
  if (flags.length > 0) lines.push(`set -${flags.join("")}`);
  if (options.includes("pipefail")) lines.push("set -o pipefail");
  if (lastExitCode !== 0) lines.push(`(exit ${lastExitCode})`);
  lines.push(wants === "words" ? `__words ${source}` : source);
  lines.push(`__end $?${told(arrays, source)}`);
  return lines.join("\n");
}

function bytesOf(text: string, kind: string): string {
  return kind === "bytes" ? text : utf8Bytes(text);
}

const unchanged = ({ variables, exported, cwd }: ShellCommand) => ({
  kind: "run" as const,
  variables,
  exported,
  cwd,
  fatal: false,
  signals: [],
});
