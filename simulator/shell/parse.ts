import type { ShellFlavour, ShellNode, ShellParseResult, ShellRedirection, ShellTree, ShellWords } from "../index.ts";
import type { Bash, CommandNode as Command, RedirectionNode, ScriptNode, StatementNode, WordNode } from "./library.ts";

/** Turns the interpreter's syntax tree into the one that the core walks. */
class Reader {
  readonly nodes: ShellNode[] = [];
  readonly #write: (script: ScriptNode) => string;

  constructor(write: (script: ScriptNode) => string) {
    this.#write = write;
  }

  script(statements: readonly StatementNode[], message: string | undefined): void {
    const place = this.#reserve();
    const body = statements.map((each) => this.#statement(each));
    if (message !== undefined) body.push(this.#add({ kind: "syntax-error", message }));
    this.nodes[place] = { kind: "sequence", body };
  }

  #reserve(): number {
    return this.nodes.push({ kind: "sequence", body: [] }) - 1;
  }

  #add(node: ShellNode): number {
    return this.nodes.push(node) - 1;
  }

  #sequence(statements: readonly StatementNode[]): number {
    const body = statements.map((each) => this.#statement(each));
    return body.length === 1 && body[0] !== undefined ? body[0] : this.#add({ kind: "sequence", body });
  }

  #statement(statement: StatementNode): number {
    const body = statement.pipelines.map((pipeline) => {
      const inner = this.#pipeline(pipeline);
      return pipeline.negated ? this.#add({ kind: "not", body: inner }) : inner;
    });
    const [first = 0] = body;
    const node = body.length === 1 ? first : this.#add({ kind: "and-or", body, operators: statement.operators });
    if (!statement.background) return node;
    const text = this.#text([{ ...statement, background: false }]);
    return this.#add({ kind: "background", body: node, text });
  }

  #pipeline(pipeline: StatementNode["pipelines"][number]): number {
    const { commands } = pipeline;
    if (commands.length === 1 && commands[0] !== undefined) return this.#command(commands[0]);
    const isSimple = commands.every(({ type }) => type === "SimpleCommand");
    return this.#add({
      kind: "pipeline",
      stages: commands.map((command) => this.#command(command)),
      texts: commands.map((command) => this.#text(alone(command))),
      source: isSimple ? this.#text([statementOf({ ...pipeline, negated: false })]) : undefined,
      line: lineOf(commands[0]),
      names: commands.map((command) => nameOf(command) ?? ""),
    });
  }

  #command(command: Command): number {
    switch (command.type) {
      case "SimpleCommand":
      case "ConditionalCommand":
      case "ArithmeticCommand":
        return this.#simple(command);
      case "FunctionDef":
        return this.#add({
          kind: "function",
          name: command.name,
          source: this.#text(alone(command)),
          body: this.#command(command.body),
        });
    }
    const node = this.#compound(command);
    if (command.redirections.length === 0) return node;
    return this.#add({
      kind: "redirected",
      body: node,
      redirections: command.redirections.map((each) => this.#redirection(each)),
    });
  }

  #compound(
    command: Exclude<Command, { type: "SimpleCommand" | "FunctionDef" | "ConditionalCommand" | "ArithmeticCommand" }>,
  ): number {
    switch (command.type) {
      case "If":
        return this.#add({
          kind: "if",
          clauses: command.clauses.map(({ condition, body }) => ({
            condition: this.#sequence(condition),
            body: this.#sequence(body),
          })),
          otherwise: command.elseBody === null ? undefined : this.#sequence(command.elseBody),
        });
      case "While":
      case "Until":
        return this.#add({
          kind: "loop",
          until: command.type === "Until",
          condition: this.#sequence(command.condition),
          body: this.#sequence(command.body),
        });
      case "For":
        return this.#add({
          kind: "for",
          variable: command.variable,
          words: command.words === null ? { source: '"$@"', literal: undefined } : this.#words(command.words),
          body: this.#sequence(command.body),
        });
      case "CStyleFor":
        return this.#add({
          kind: "counting-for",
          start: command.init?.originalText ?? "",
          condition: command.condition?.originalText ?? "",
          update: command.update?.originalText ?? "",
          body: this.#sequence(command.body),
        });
      case "Case": {
        const picks = command.items.map(({ patterns }, index) => {
          const items = [{ type: "CaseItem" as const, patterns, body: printing(index), terminator: ";;" as const }];
          return { items };
        });
        const items = picks.flatMap((each) => each.items);
        return this.#add({
          kind: "case",
          pick: this.#text(alone({ ...command, items, redirections: [] })),
          items: command.items.map(({ body, terminator }) => ({ body: this.#sequence(body), terminator })),
        });
      }
      case "Subshell":
        return this.#add({ kind: "subshell", body: this.#sequence(command.body), text: this.#text(alone(command)) });
      case "Group":
        return this.#add({ kind: "sequence", body: command.body.map((each) => this.#statement(each)) });
    }
  }

  #simple(command: Extract<Command, { type: "SimpleCommand" | "ConditionalCommand" | "ArithmeticCommand" }>): number {
    const source = this.#text(alone(command));
    const line = lineOf(command);
    if (command.type !== "SimpleCommand") {
      const words: ShellWords = { source: "", literal: undefined };
      return this.#add({
        kind: "command",
        source,
        line,
        words,
        named: false,
        name: undefined,
        assignments: [],
        redirections: [],
      });
    }
    const { name, args, assignments, redirections } = command;
    return this.#add({
      kind: "command",
      source,
      line,
      words: name === null ? { source: "", literal: undefined } : this.#words([name, ...args]),
      named: name !== null,
      name: name === null ? undefined : literalOf(name),
      assignments: assignments.map((each) => {
        const isPlain = !each.append && each.array === null && /^\w+$/.test(each.name);
        return {
          name: each.name,
          source: each.value === null ? "" : this.#words([each.value]).source,
          literal: !isPlain ? undefined : each.value === null ? "" : literalOf(each.value),
        };
      }),
      redirections: redirections.map((each) => this.#redirection(each)),
    });
  }

  #redirection({ fd, operator, target }: RedirectionNode): ShellRedirection {
    const base = {
      fd: fd ?? (operator.startsWith("<") ? 0 : 1),
      operator: operator === "<<-" ? ("<<" as const) : operator,
    };
    if (target.type === "Word") return { ...base, target: this.#words([target]) };
    const command: Command = {
      type: "SimpleCommand",
      assignments: [],
      name: wordOf("cat"),
      args: [],
      redirections: [{ type: "Redirection", fd: null, operator, target }],
    };
    return { ...base, target: { source: this.#text(alone(command)), literal: undefined } };
  }

  #words(words: readonly WordNode[]): ShellWords {
    const literal = words.map(literalOf);
    const isLiteral = literal.every((word) => word !== undefined);
    const [name = wordOf(""), ...args] = words;
    const source = this.#text(alone({ type: "SimpleCommand", assignments: [], name, args, redirections: [] }));
    return { source, literal: isLiteral ? (literal as string[]) : undefined };
  }

  #text(statements: readonly StatementNode[]): string {
    return this.#write({ type: "Script", statements: [...statements] });
  }
}

const wordOf = (value: string): WordNode => ({ type: "Word", parts: [{ type: "Literal", value }] });

const statementOf = (pipeline: StatementNode["pipelines"][number]): StatementNode => ({
  type: "Statement",
  pipelines: [pipeline],
  operators: [],
  background: false,
});

const alone = (command: Command): StatementNode[] => [
  statementOf({ type: "Pipeline", commands: [command], negated: false }),
];

/** `echo 3`: how a `case` tells which of its items fits. */
const printing = (index: number): StatementNode[] =>
  alone({
    type: "SimpleCommand",
    assignments: [],
    name: wordOf("__pick"),
    args: [wordOf(String(index))],
    redirections: [],
  });

const lineOf = (command: Command | undefined): number => command?.line ?? 0;

function nameOf(command: Command): string | undefined {
  return command.type === "SimpleCommand" && command.name !== null ? literalOf(command.name) : undefined;
}

/** The text of a word in which nothing is expanded. */
function literalOf({ parts }: WordNode): string | undefined {
  let text = "";
  for (const part of parts) {
    if (part.type === "Literal" || part.type === "SingleQuoted" || part.type === "Escaped") text += part.value;
    else if (part.type === "DoubleQuoted") {
      const inner = literalOf({ type: "Word", parts: part.parts });
      if (inner === undefined) return undefined;
      text += inner;
    } else if (part.type === "Glob" && /^[[\]]+$/.test(part.pattern)) text += part.pattern;
    else return undefined;
  }
  return text;
}

/** How a shell says that it can't read a script. */
function complaint(message: string, flavour: ShellFlavour): string {
  const place = /Parse error at (\d+):\d+: (.*)/s.exec(message);
  const line = place?.[1] ?? "1";
  const what = place?.[2] ?? message;
  if (flavour === "bash") return `bash: line ${line}: ${what}\n`;
  const token = /near unexpected token `([^']*)'/.exec(what)?.[1];
  const text =
    token === undefined
      ? what
      : token === "" || token === "newline"
        ? `unexpected "${token}"`
        : `unexpected "${token}"`;
  const words = /EOF|end of file/.test(what) ? "unexpected end of file" : text;
  return flavour === "dash" ? `sh: ${line}: Syntax error: ${words}\n` : `sh: syntax error: ${words}\n`;
}

/** Reads a script. What stands before a line that can't be read is run all the same, as shells do. */
export function readScript(
  bash: Bash,
  write: (script: ScriptNode) => string,
  source: string,
  flavour: ShellFlavour,
): ShellParseResult {
  const reader = new Reader(write);
  try {
    reader.script(bash.transform(source).ast.statements, undefined);
    return { kind: "parse", tree: reader.nodes as ShellTree, error: undefined };
  } catch (error) {
    const message = complaint(error instanceof Error ? error.message : String(error), flavour);
    reader.nodes.length = 0;
    reader.script([], message);
    return { kind: "parse", tree: reader.nodes as ShellTree, error: message };
  }
}
