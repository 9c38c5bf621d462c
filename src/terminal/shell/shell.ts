import { mendAwk } from "../../../simulator/shell/awk.ts";
import type { Output, OwnCommand, Run } from "./commands/command.ts";
import { INTERRUPTED, unlessStopped } from "./commands/command.ts";
import { waitForJobs } from "./commands/jobs.ts";
import { goesOn } from "./commands/kubectl.ts";
import { help } from "./commands/misc.ts";
import { ownCommands } from "./commands/registry.ts";
import { withDevices } from "./devices.ts";
import { runFlow } from "./flow.ts";
import { Jobs } from "./jobs.ts";
import type {
  Bash,
  CommandNode,
  CustomCommand,
  IFileSystem,
  Library,
  PipelineNode,
  ScriptNode,
  StatementNode,
} from "./library.ts";
import {
  BREATHE,
  FLOW,
  HELP,
  JOB,
  LIVE,
  type LiveOptions,
  liveTwin,
  makeLive,
  WAIT,
  withLastJob,
  withTyped,
} from "./live.ts";
import type { LocalPorts } from "./local-ports.ts";
import { clusterFetch } from "./network.ts";
import { quoted, textOfBytes } from "./text.ts";
import type { ClusterWorld, Screen } from "./world.ts";
import { writeScript } from "./write.ts";

type Context = Parameters<Exclude<CustomCommand, { load: unknown }>["execute"]>[1];

export interface ShellOptions {
  readonly cluster: ClusterWorld;
  readonly screen: Screen;
  readonly files: IFileSystem;
  /** Ports of the shells' own machine; the same for all of its terminals. */
  readonly ports: LocalPorts;
  readonly library: Library;
  readonly folder: string;
  readonly home: string;
  /** Scripts end where a person's shell goes on: at unset variables, at a failure under `set -e`. */
  readonly isScript?: boolean;
  /** Runs beside another shell: what it has of its own, nobody is told of. */
  readonly isJob?: boolean;
}

const MANY = 100_000_000;
const LIMITS = {
  maxCommandCount: MANY,
  maxLoopIterations: MANY,
  maxWorkUnits: MANY,
  maxExecutionTimeMs: 24 * 3_600_000,
  maxOutputSize: 128 * 1024 * 1024,
};
/** Between two turns of others while a loop goes round. */
const BREATH_MS = 30;
/** Variables that belong to the interpreter, not to the person. */
const OWN = /^([?#@*!$0-]|\d+|PWD|OLDPWD|OPTIND|OSTYPE|MACHTYPE|HOSTTYPE|HOSTNAME|BASHOPTS|SHELLOPTS|PIPESTATUS|_)$/;
/** Commands of ours that lead on to the interpreter's of the same name, which only it can find. */
const WRAPPERS: ReadonlySet<string> = new Set(["date", "curl"]);
/** Stands behind each line, to tell whether its end was reached, and keeps its exit code. */
const END = "__end";
const KEPT_OPTIONS = ["errexit", "nounset", "pipefail", "xtrace", "noglob", "noclobber"];

/** A shell beside a cluster: the interpreter, its variables, functions and files, and our commands. */
export class Shell {
  readonly #options: ShellOptions;
  readonly #files: IFileSystem;
  readonly #bash: Bash;
  readonly #reader: Bash;
  readonly #programs: ReadonlySet<string>;
  /** What defines each function, and its twin. */
  readonly #functions = new Map<string, string>();
  readonly #twins = new Set<string>();
  readonly #live: CustomCommand[];
  readonly #jobs = new Jobs();
  #script: ScriptNode | undefined;
  #reachedEnd = false;
  #breathedMs = 0;
  #env: Record<string, string>;
  #folder: string;
  #before: string;
  #shellOptions: readonly string[] = [];
  #stop = new AbortController();
  #history: readonly string[] = [];
  /** Exit code of the last line. */
  exitCode = 0;
  /** A script's arguments, `$1` and on, as words of a shell. */
  arguments: readonly string[] = [];
  /** Set when the person has left the shell. */
  ended = false;

  constructor(options: ShellOptions) {
    const { library, folder, home, cluster, ports } = options;
    const files = withDevices(options.files);
    this.#options = options;
    this.#files = files;
    this.#folder = folder;
    this.#before = folder;
    this.#env = {
      HOME: home,
      USER: "learner",
      PATH: "/usr/local/bin:/usr/bin:/bin",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
    };
    const end = async ({ words }: Run) => {
      this.#reachedEnd = true;
      return Number(words[0]);
    };
    this.#live = [
      this.#custom(END, end),
      this.#custom(LIVE, (run) => this.#runLive(run)),
      this.#custom(FLOW, (run) => this.#runFlow(run)),
      this.#custom(JOB, (run) => this.#runJob(run)),
      this.#custom(WAIT, waitForJobs),
      this.#custom(BREATHE, (run) => this.#breathe(run)),
      this.#custom(HELP, help),
    ];
    const customs = ownCommands.map((command) => this.#custom(command.name, command.run));
    this.#bash = new library.Bash({
      fs: files,
      customCommands: [...customs, ...this.#live],
      executionLimits: LIMITS,
      defenseInDepth: false,
      sleep: (ms) => cluster.wait(ms),
      fetch: clusterFetch(cluster, ports) as never,
    });
    mendAwk(this.#bash);
    this.#bash.registerTransformPlugin({
      name: "live",
      transform: ({ ast }) => ({ ast: this.#script ?? ast }),
    });
    this.#reader = new library.Bash({ fs: files });
    this.#reader.registerTransformPlugin({ name: "write", transform: ({ ast }) => ({ ast: this.#script ?? ast }) });
    this.#programs = new Set([...library.getCommandNames(), "curl", "echo", "printf"]);
  }

  get folder(): string {
    return this.#folder;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  /** Names that a line may begin with. */
  get commands(): readonly string[] {
    const builtins = ["cd", "export", "set", "unset", "source", "type", "exit", "for", "while", "if", "read", "test"];
    return [
      ...new Set([...this.#programs, ...ownCommands.map(({ name }) => name), ...this.#functions.keys(), ...builtins]),
    ]
      .filter((name) => !name.startsWith("__"))
      .sort();
  }

  set history(lines: readonly string[]) {
    this.#history = lines;
  }

  /** Ends what runs, as Ctrl-C does. */
  interrupt(): void {
    this.#stop.abort();
  }

  /** Ends what runs, beside it too: the terminal is gone. */
  hangUp(): void {
    this.interrupt();
    this.#jobs.stopAll();
  }

  /** Whether a text is a whole script, or its end is still to come. */
  isWhole(text: string): boolean {
    if (/(^|[^\\])(\\\\)*\\$/.test(text) || /(\||&&)\s*$/.test(text)) return false;
    // The interpreter takes the end of the text for the end of arithmetic.
    if (/\$\(\((?:(?!\)\)).)*$/s.test(text.replace(/'[^']*'/g, ""))) return false;
    try {
      const { ast } = this.#parse(text);
      return !JSON.stringify(ast).includes('"terminated":false');
    } catch (error) {
      const message = String(error);
      const [, line = "0", column = "0"] = /Parse error at (\d+):(\d+)/.exec(message) ?? [];
      const lines = text.split("\n");
      // What is complained of behind the end of the text is the end itself.
      const isEnd = Number(line) >= lines.length && Number(column) > (lines.at(-1)?.length ?? 0);
      return !isEnd && !/got EOF|end of file|unexpected EOF|unterminated|unclosed/i.test(message);
    }
  }

  /** Runs a script and gives its exit code. What it prints goes to the screen. */
  async run(text: string): Promise<number> {
    let statements: readonly StatementNode[];
    try {
      statements = withLastJob(this.#parse(text).ast.statements);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#print(`bash: ${/^Parse error/.test(message) ? `syntax error: ${message}` : message}\n`);
      this.exitCode = 2;
      return 2;
    }
    for (const statement of statements) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      this.exitCode = await this.#runStatement(statement, signal);
      if (signal.aborted || this.ended) break;
    }
    const news = this.#jobs.news();
    if (this.#isInteractive) this.#print(news);
    return this.exitCode;
  }

  get #isInteractive(): boolean {
    return this.#options.isScript !== true && this.#options.isJob !== true;
  }

  #parse(text: string): { readonly ast: ScriptNode } {
    this.#script = undefined;
    return this.#reader.transform(text);
  }

  #write(statements: readonly StatementNode[]): string {
    return writeScript({ type: "Script", statements: [...statements] }, (script) => {
      this.#script = script;
      try {
        return this.#reader.transform("").script;
      } finally {
        this.#script = undefined;
      }
    });
  }

  async #runStatement(statement: StatementNode, signal: AbortSignal): Promise<number> {
    this.#noteFunctions(statement);
    const text = this.#write(makeLive([withTyped(statement)], this.#liveOptions));
    this.#reachedEnd = false;
    const done = await unlessStopped(signal, this.#exec(`${this.#prelude()}${text}\n${END} $?`, signal));
    if (done === undefined) return INTERRUPTED;
    this.#print(done.stdout);
    this.#print(withoutHelpers(done.stderr));
    if (!this.#reachedEnd && !signal.aborted) this.ended = this.#options.isScript === true || this.#mayExit(text);
    return done.exitCode;
  }

  /** Whether a line that did not come to its end may have asked for that. */
  #mayExit(text: string): boolean {
    const all = [text, ...this.#functions.values()].join("\n");
    return /\b(exit|logout)\b/.test(all) || this.#shellOptions.includes("errexit");
  }

  async #exec(script: string, signal: AbortSignal): Promise<Output> {
    const done = await this.#bash.exec(script, {
      env: this.#env,
      cwd: this.#folder,
      signal,
      rawScript: true,
      replaceEnv: true,
    });
    if (signal.aborted) return done;
    this.#folder = done.env.PWD ?? this.#folder;
    this.#before = done.env.OLDPWD ?? this.#before;
    this.#shellOptions = (done.env.SHELLOPTS ?? "").split(":").filter((option) => KEPT_OPTIONS.includes(option));
    this.#env = Object.fromEntries(Object.entries(done.env).filter(([name]) => !OWN.test(name)));
    return done;
  }

  /** What a line finds as the line before left it. */
  #prelude(): string {
    const options = this.#shellOptions.map((option) => `set -o ${option}\n`).join("");
    const places = `cd ${quoted(this.#before)} && cd ${quoted(this.#folder)}`;
    const before = this.#before === this.#folder ? "" : `${places} 2>/dev/null\n`;
    const functions = [...this.#functions.values()].map((text) => `${text}\n`).join("");
    // Last of all the exit code of the line before, which this one may ask for.
    const status = this.exitCode === 0 || /errexit|xtrace/.test(options) ? "" : `(exit ${this.exitCode})\n`;
    const words = this.arguments.length === 0 ? "" : `set -- ${this.arguments.join(" ")}\n`;
    return `shopt -s expand_aliases\n${words}${before}${functions}${options}${status}`;
  }

  readonly #liveOptions: LiveOptions = {
    isOwn: (name) => ownCommands.some((command) => command.name === name) && !this.#functions.has(name),
    isProgram: (name) => this.#programs.has(name) && !this.#functions.has(name),
    isFunction: (name) => this.#twins.has(name),
    streams: goesOn,
    write: ({ statements }) => this.#write(statements),
    read: (text) => this.#parse(text).ast.statements,
  };

  #noteFunctions(statement: StatementNode): void {
    for (const { commands } of statement.pipelines) {
      for (const command of commands) {
        if (command.type !== "FunctionDef") continue;
        const { name } = command;
        // It may call itself.
        this.#twins.add(name);
        this.#functions.set(name, "");
        const twin = liveTwin(command, this.#liveOptions);
        if (twin === undefined) this.#twins.delete(name);
        const both = twin === undefined ? [command] : [command, twin];
        this.#functions.set(name, both.map((each) => this.#write([alone(each)])).join("\n"));
      }
    }
  }

  #print(text: string): void {
    if (text !== "") this.#options.screen.out(text);
  }

  #custom(name: string, run: (run: Run) => Promise<number>): CustomCommand {
    return {
      name,
      execute: async (words: string[], context: Context) => {
        const isLive = name === LIVE || name === FLOW;
        let stdout = "";
        let stderr = "";
        const made = this.#runOf(words, context, isLive);
        const kept: Run = isLive
          ? made
          : {
              ...made,
              out: (text) => {
                stdout += text;
              },
              err: (text) => {
                stderr += text;
              },
            };
        const exitCode = await run(kept);
        return { stdout, stderr, exitCode };
      },
    };
  }

  #runOf(words: readonly string[], context: Context, onScreen: boolean): Run {
    const { cluster, screen, ports } = this.#options;
    const bytes = String(context.stdin ?? "");
    const { signal } = this.#stop;
    const print = (text: string) => {
      if (!signal.aborted) this.#print(text);
    };
    const exec = async (line: string, input?: string): Promise<Output> => {
      if (context.exec === undefined) return { stdout: "", stderr: "", exitCode: 1 };
      return context.exec(line, { cwd: context.cwd, signal, ...(input !== undefined && { stdin: input }) });
    };
    return {
      words,
      folder: context.cwd,
      env: Object.fromEntries(context.env),
      files: this.#files,
      cluster,
      screen,
      ports,
      jobs: this.#jobs,
      onScreen,
      input: bytes === "" ? undefined : textOfBytes(bytes),
      signal,
      out: print,
      err: print,
      exec,
      original: async (given) => (await context.origCommand?.([...given])) ?? { stdout: "", stderr: "", exitCode: 127 },
      spawn: (as, given, until) => this.#spawn(as, given, until),
      history: this.#history,
    };
  }

  /** A command whose output is seen at once. */
  #runLive(run: Run): Promise<number> {
    return this.#spawn(run, run.words, run.signal);
  }

  async #spawn(run: Run, [name = "", ...words]: readonly string[], signal: AbortSignal): Promise<number> {
    const own: OwnCommand | undefined = ownCommands.find((command) => command.name === name);
    if (own !== undefined && !WRAPPERS.has(name)) return own.run({ ...run, words, signal });
    const done = await run.exec([name, ...words].map(quoted).join(" "), run.input);
    if (signal.aborted) return INTERRUPTED;
    run.out(done.stdout);
    run.err(done.stderr);
    return done.exitCode;
  }

  /** A script that calculates leaves no room for the message that Ctrl-C was pressed. Keeps the exit code that it is given. */
  async #breathe({ words, screen }: Run): Promise<number> {
    if (performance.now() - this.#breathedMs > BREATH_MS) {
      await screen.drawn();
      await new Promise((resolve) => setTimeout(resolve));
      this.#breathedMs = performance.now();
    }
    return Number(words[0] ?? 0);
  }

  /** Runs a line beside this shell, in one that begins as this one is now. Prints the number of its process. */
  async #runJob(run: Run): Promise<number> {
    const [text = ""] = run.words;
    const job = this.#jobs.begin(inOneLine(text), async (signal) => {
      const shell = new Shell({
        ...this.#options,
        screen: besides(this.#options.screen),
        isScript: false,
        isJob: true,
      });
      signal.addEventListener("abort", () => shell.hangUp(), { once: true });
      shell.#env = Object.fromEntries(Object.entries(run.env).filter(([name]) => !OWN.test(name)));
      shell.#folder = run.folder;
      shell.#before = this.#before;
      shell.#shellOptions = this.#shellOptions;
      shell.arguments = this.arguments;
      for (const [name, function_] of this.#functions) shell.#functions.set(name, function_);
      for (const name of this.#twins) shell.#twins.add(name);
      // The line that began it goes on first.
      await Promise.resolve();
      return shell.run(text);
    });
    if (this.#isInteractive) this.#print(`[${job.number}] ${job.pid}\n`);
    run.out(`${job.pid}\n`);
    return 0;
  }

  #runFlow(run: Run): Promise<number> {
    const [tail = "", name = "", ...words] = run.words;
    const own = ownCommands.find((command) => command.name === name);
    if (own === undefined) return Promise.resolve(127);
    return runFlow({ ...run, words }, own, tail);
  }
}

/** A script as `jobs` shows it. */
function inOneLine(text: string): string {
  if (text.includes("<<")) return text.slice(0, text.indexOf("\n"));
  return text.replace(/(\bdo|\bthen|\belse|\{|\()\n\s*/g, "$1 ").replace(/\n\s*/g, "; ");
}

/** A terminal as those have it who run in the background: nobody types for them. */
function besides(screen: Screen): Screen {
  return {
    out: (text) => screen.out(text),
    drawn: () => screen.drawn(),
    get columns() {
      return screen.columns;
    },
    get rows() {
      return screen.rows;
    },
    raw: () => () => {},
    onResize: () => () => {},
    line: async () => undefined,
    edit: async () => undefined,
    download: (name, bytes) => screen.download(name, bytes),
  };
}

/** A command as a statement of its own. */
function alone(command: CommandNode): StatementNode {
  const pipelines: PipelineNode[] = [{ type: "Pipeline", commands: [command], negated: false }];
  return { type: "Statement", pipelines, operators: [], background: false };
}

/** What `set -x` and errors say, without the names of our own helpers. */
function withoutHelpers(stderr: string): string {
  return stderr.replace(/^\++ __(end|breathe|wait|job)\b.*\n/gm, "").replaceAll(/__(live|flow) |__live_/g, "");
}
