import type {
  CommandNode,
  FunctionNode,
  PipelineNode,
  ScriptNode,
  SimpleCommand,
  StatementNode,
  WordNode,
} from "./library.ts";
import { quoted } from "./text.ts";

/*
 * The interpreter gives back what commands print only when all of a line is done. Commands whose output goes to the
 * terminal are therefore led through one of ours, which shows it at once: a script's tree is rewritten before it runs.
 */

export const LIVE = "__live";
export const FLOW = "__flow";
/** Ours for a pipe, where the interpreter's builtin of the same name would be taken. */
export const HELP = "__help";
/** Begins what runs beside the shell, and prints its number, which `$!` is to give: the interpreter itself has no such thing. */
export const JOB = "__job";
const LAST_JOB = "__last_job";
/** Ours for the interpreter's builtin, which knows of no jobs. */
export const WAIT = "__wait";
/** Goes before each round of a loop: lets others have a turn, Ctrl-C among them, and what was printed be drawn. */
export const BREATHE = "__breathe";
/** Ours for a `cat` without files: it gives out what is typed. */
const TYPED = "__typed";
/** Ours for one whose reader is known. */
const YES = "__yes";
/** Each function has a twin that prints to the terminal at once, for calls whose output goes there. */
const TWIN = "__live_";

/** Commands that belong to the interpreter's own state: led through another one, they would change nothing. */
const STATEFUL = new Set(["alias", "unalias", "history", "true", "false", "time", "bash", "sh", "timeout"]);

export interface LiveOptions {
  /** Whether it is a program, and no function or builtin. */
  readonly isProgram: (name: string) => boolean;
  /** Whether it is one of ours, which may talk to the terminal while it runs. */
  readonly isOwn: (name: string) => boolean;
  /** Whether such a line goes on until it is stopped. */
  readonly streams: (words: readonly string[]) => boolean;
  /** Whether it is a function that was defined before. */
  readonly isFunction: (name: string) => boolean;
  /** A tree as text, and back. */
  readonly write: (script: ScriptNode) => string;
  readonly read: (text: string) => readonly StatementNode[];
}

const wordOf = (value: string): WordNode => ({ type: "Word", parts: [{ type: "SingleQuoted", value }] });

/** The text of a word in which nothing is expanded. */
export function literalOf(word: WordNode | null): string | undefined {
  let text = "";
  for (const part of word?.parts ?? []) {
    if (part.type === "Literal" || part.type === "SingleQuoted" || part.type === "Escaped") text += part.value;
    else if (part.type === "DoubleQuoted") {
      const inner = literalOf({ type: "Word", parts: part.parts });
      if (inner === undefined) return undefined;
      text += inner;
    } else return undefined;
  }
  return text;
}

/** The same script, with what prints to the terminal led through `__live`, and streams into filters through `__flow`. */
export function makeLive(statements: readonly StatementNode[], options: LiveOptions): StatementNode[] {
  return statements.flatMap((statement) => {
    if (statement.background) return job(statement, options);
    return { ...statement, pipelines: statement.pipelines.map((pipeline) => livePipeline(pipeline, options)) };
  });
}

/** A statement that runs beside the shell. */
function job(statement: StatementNode, { write, read }: LiveOptions): readonly StatementNode[] {
  const text = write({ type: "Script", statements: [{ ...statement, background: false }] });
  return read(`${LAST_JOB}=$(${JOB} ${quoted(text.trim())})`);
}

/** The same script, in which `$!` is the last of our jobs. */
export function withLastJob<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(withLastJob) as T;
  if (typeof tree !== "object" || tree === null) return tree;
  const entries = Object.entries(tree).map(([name, value]) => [
    name,
    name === "parameter" && value === "!" ? LAST_JOB : withLastJob(value),
  ]);
  return Object.fromEntries(entries) as T;
}

function livePipeline(pipeline: PipelineNode, options: LiveOptions): PipelineNode {
  const { commands } = pipeline;
  const [first] = commands;
  const last = commands.at(-1);
  if (first === undefined || last === undefined) return pipeline;
  const limited = limitedYes(first, commands[1]);
  if (limited !== undefined) return livePipeline({ ...pipeline, commands: limited.concat(commands.slice(2)) }, options);
  if (commands.length === 1) return { ...pipeline, commands: [liveCommand(first, options)] };
  const isStream = first.type === "SimpleCommand" && first.redirections.length === 0 && streams(first, options);
  if (isStream && last.type === "SimpleCommand" && last.redirections.length === 0) {
    const { pipeStderr: _, ...plain } = pipeline;
    return { ...plain, commands: [flow(first, commands.slice(1), options)] };
  }
  return { ...pipeline, commands: [...commands.slice(0, -1).map(piped), liveCommand(last, options)] };
}

/** `yes ... | head -c N`, or `-n N`, as one command that stops by itself. */
function limitedYes(first: CommandNode, second: CommandNode | undefined): CommandNode[] | undefined {
  if (first.type !== "SimpleCommand" || literalOf(first.name) !== "yes" || first.redirections.length > 0)
    return undefined;
  if (second?.type !== "SimpleCommand" || literalOf(second.name) !== "head") return undefined;
  const words = second.args.map((word) => literalOf(word) ?? "?").join(" ");
  const [, unit = "n", count = ""] = /^-(?:([cn]) ?)?(\d+)$/.exec(words) ?? [];
  if (count === "" && words !== "") return undefined;
  return [{ ...second, name: wordOf(YES), args: [wordOf(`${count === "" ? 10 : count}${unit}`), ...first.args] }];
}

function piped(command: CommandNode): CommandNode {
  if (command.type !== "SimpleCommand" || literalOf(command.name) !== "help") return command;
  return { ...command, name: wordOf(HELP) };
}

/** The twin of a function: it prints at once. Undefined where its output goes elsewhere. */
export function liveTwin(command: FunctionNode, options: LiveOptions): FunctionNode | undefined {
  if (isRedirected(command)) return undefined;
  return {
    ...command,
    name: `${TWIN}${command.name}`,
    body: liveCommand(command.body, options) as FunctionNode["body"],
  };
}

/** The same statement, in which a `cat` that would read from the terminal does. */
export function withTyped(statement: StatementNode): StatementNode {
  if (statement.background) return statement;
  const pipelines = statement.pipelines.map((pipeline) => {
    const [first, ...rest] = pipeline.commands;
    if (first?.type !== "SimpleCommand" || literalOf(first.name) !== "cat") return pipeline;
    const words = first.args.map((word) => literalOf(word));
    if (words.some((word) => word !== "-") || first.redirections.some(({ operator }) => operator.startsWith("<"))) {
      return pipeline;
    }
    return { ...pipeline, commands: [{ ...first, name: wordOf(TYPED), args: [] }, ...rest] };
  });
  return { ...statement, pipelines };
}

function streams(command: SimpleCommand, options: LiveOptions): boolean {
  const words = [command.name, ...command.args].map((word) => literalOf(word) ?? "?");
  return options.streams(words);
}

function flow(first: SimpleCommand, rest: readonly CommandNode[], options: LiveOptions): SimpleCommand {
  const pipeline: PipelineNode = { type: "Pipeline", commands: [...rest], negated: false };
  const statement: StatementNode = { type: "Statement", pipelines: [pipeline], operators: [], background: false };
  const tail = options.write({ type: "Script", statements: [statement] });
  const name = first.name ?? wordOf("");
  return { ...first, name: wordOf(FLOW), args: [wordOf(tail), name, ...first.args] };
}

/** Whether its output goes elsewhere than to the terminal. */
function isRedirected({ redirections }: { readonly redirections: SimpleCommand["redirections"] }): boolean {
  return redirections.some(({ operator }) => operator.includes(">"));
}

function liveCommand(command: CommandNode, options: LiveOptions): CommandNode {
  const inner = (body: readonly StatementNode[]) => makeLive(body, options);
  // What a function prints goes where its caller's output goes: a caller on the terminal takes its twin.
  if (command.type === "FunctionDef" || isRedirected(command)) return command;
  switch (command.type) {
    case "SimpleCommand":
      return liveSimple(command, options);
    case "If":
      return {
        ...command,
        clauses: command.clauses.map(({ condition, body }) => ({ condition: inner(condition), body: inner(body) })),
        elseBody: command.elseBody === null ? null : inner(command.elseBody),
      };
    case "While":
    case "Until":
      return {
        ...command,
        condition: inner(command.condition),
        body: [...options.read(BREATHE), ...inner(command.body)],
      };
    case "For":
    case "CStyleFor":
      return { ...command, body: [...options.read(`${BREATHE} $?`), ...inner(command.body)] };
    case "Subshell":
    case "Group":
      return { ...command, body: inner(command.body) };
    case "Case":
      return { ...command, items: command.items.map((item) => ({ ...item, body: inner(item.body) })) };
    default:
      return command;
  }
}

function liveSimple(command: SimpleCommand, { isOwn, isProgram, isFunction }: LiveOptions): SimpleCommand {
  const name = literalOf(command.name);
  if (name === undefined || command.name === null) return command;
  if (name === "wait") return { ...command, name: wordOf(WAIT) };
  if (isFunction(name)) return { ...command, name: wordOf(`${TWIN}${name}`) };
  const plain = isProgram(name) && !STATEFUL.has(name) && command.assignments.length === 0 && !setsVariable(command);
  if (!isOwn(name) && !plain) return command;
  return { ...command, name: wordOf(LIVE), args: [command.name, ...command.args] };
}

/** `printf -v name`. */
function setsVariable({ args }: SimpleCommand): boolean {
  return literalOf(args[0] ?? null) === "-v";
}
