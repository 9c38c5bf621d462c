import type { Outcome } from "./image.ts";

/*
 * A small part of Python, for the scripts that examples put into `python3 -c`: assignments, conditions, loops over ranges,
 * numbers and strings, print, time.sleep, os.environ and sys.exit. A script with anything else is not known.
 */

type Value = string | number | boolean | undefined;

/** A line of the script, with the lines that are indented below it. */
interface Line {
  readonly text: string;
  readonly body: readonly Line[];
}

/** How a script went. */
interface Run {
  readonly env: Readonly<Record<string, string>>;
  readonly variables: Map<string, Value>;
  readonly printed: string[];
  sleptMs: number;
  exitCode: number | undefined;
}

/** The script has something that is not known here. */
class Unknown extends Error {}

const MAX_STEPS = 10_000;

/** How a script ends and what it prints; undefined when it holds more than is known here. */
export function runPython(script: string, env: Readonly<Record<string, string>>): Outcome | undefined {
  const run: Run = { env, variables: new Map(), printed: [], sleptMs: 0, exitCode: undefined };
  try {
    runLines(run, linesOf(script), { left: MAX_STEPS });
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return undefined;
  }
  return { exitCode: run.exitCode ?? 0, afterMs: 40 + run.sleptMs, stream: "stdout", lines: run.printed };
}

function linesOf(script: string): readonly Line[] {
  const rows = script
    .split("\n")
    .map((row) => row.replace(/\s+$/, ""))
    .filter((row) => row.trim() !== "" && !row.trim().startsWith("#"))
    .map((row) => ({ indent: row.length - row.trimStart().length, text: row.trim() }));
  let at = 0;
  const block = (indent: number): readonly Line[] => {
    const lines: Line[] = [];
    for (let row = rows[at]; row !== undefined && row.indent >= indent; row = rows[at]) {
      if (row.indent > indent) throw new Unknown();
      at++;
      const next = rows[at];
      const body = next !== undefined && next.indent > indent ? block(next.indent) : [];
      lines.push({ text: row.text, body });
    }
    return lines;
  };
  return block(rows[0]?.indent ?? 0);
}

function runLines(run: Run, lines: readonly Line[], steps: { left: number }): void {
  for (let at = 0; at < lines.length && run.exitCode === undefined; at++) {
    if (steps.left-- <= 0) throw new Unknown();
    const line = lines[at];
    if (line === undefined) return;
    const condition = /^if (.*):$/.exec(line.text)?.[1];
    if (condition !== undefined) {
      let chosen = isTrue(evaluate(run, condition)) ? line : undefined;
      for (; /^(elif .*|else):$/.test(lines[at + 1]?.text ?? ""); at++) {
        const other = lines[at + 1];
        const also = /^elif (.*):$/.exec(other?.text ?? "")?.[1];
        if (chosen === undefined && (also === undefined || isTrue(evaluate(run, also)))) chosen = other;
      }
      if (chosen !== undefined) runLines(run, chosen.body, steps);
      continue;
    }
    const loop = /^for (\w+) in range\((.*)\):$/.exec(line.text);
    if (loop !== null) {
      const bounds = argumentsOf(loop[2] ?? "").map((each) => Number(evaluate(run, each)));
      const [from, to] = bounds.length > 1 ? [bounds[0] ?? 0, bounds[1] ?? 0] : [0, bounds[0] ?? 0];
      for (let value = from; value < to && run.exitCode === undefined; value++) {
        run.variables.set(loop[1] ?? "", value);
        runLines(run, line.body, steps);
      }
      continue;
    }
    if (line.body.length > 0) throw new Unknown();
    for (const statement of statementsOf(line.text)) if (run.exitCode === undefined) runStatement(run, statement);
  }
}

/** Statements of a line, parted by semicolons outside strings. */
function statementsOf(text: string): readonly string[] {
  return (text.match(/(?:'[^']*'|"[^"]*"|[^;'"])+/g) ?? []).map((each) => each.trim()).filter(Boolean);
}

function runStatement(run: Run, text: string): void {
  if (/^(import|from) /.test(text)) {
    if (!/^import (os|sys|time)(\s*,\s*(os|sys|time))*$/.test(text)) throw new Unknown();
    return;
  }
  if (text === "pass") return;
  const assigned = /^(\w+)\s*(\+|-)?=(?!=)\s*(.+)$/.exec(text);
  if (assigned !== null) {
    const [, name = "", operator, expression = ""] = assigned;
    run.variables.set(name, evaluate(run, operator === undefined ? expression : `${name} ${operator} (${expression})`));
    return;
  }
  const call = /^([\w.]+)\((.*)\)$/.exec(text);
  if (call === null) throw new Unknown();
  const words = argumentsOf(call[2] ?? "").filter((each) => !/^flush\s*=/.test(each));
  const values = () => words.map((each) => evaluate(run, each));
  if (call[1] === "print") run.printed.push(values().map(shown).join(" "));
  else if (call[1] === "time.sleep") run.sleptMs += Number(values()[0]) * 1000;
  else if (/^(sys\.exit|exit|quit|os\._exit)$/.test(call[1] ?? "")) run.exitCode = Number(values()[0] ?? 0);
  else throw new Unknown();
}

const shown = (value: Value): string =>
  value === undefined ? "None" : typeof value === "boolean" ? (value ? "True" : "False") : String(value);
const isTrue = (value: Value): boolean => Boolean(value);

/** Arguments of a call, parted by commas outside strings and parentheses. */
function argumentsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start, quote] = [0, 0, ""];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if ("([".includes(letter)) depth++;
    else if (")]".includes(letter)) depth--;
    else if (letter === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === "" ? parts : [...parts, last];
}

const TOKEN = /\s*(?:(f?"[^"]*"|f?'[^']*')|(\d+(?:\.\d+)?)|(==|!=|<=|>=|\/\/|\*\*|[-+*/%<>()[\],])|([A-Za-z_][\w.]*))/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (found === null) throw new Unknown();
    tokens.push(found[0].trim());
  }
  return tokens;
}

/** Binary operators, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["or"],
  ["and"],
  ["==", "!=", "<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/", "//", "%"],
];

function evaluate(run: Run, text: string): Value {
  const tokens = tokensOf(text);
  const binary = (level: number): Value => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    while (operators.includes(tokens[0] ?? "")) left = combined(tokens.shift() ?? "", left, binary(level + 1));
    return left;
  };
  const unary = (): Value => {
    const token = tokens.shift();
    if (token === undefined) throw new Unknown();
    if (token === "not") return !isTrue(binary(2));
    if (token === "-") return -Number(unary());
    if (token === "(") return closed(binary(0), ")");
    if (/^f?["']/.test(token)) return textOf(run, token);
    if (/^\d/.test(token)) return Number(token);
    return named(token);
  };
  const closed = (value: Value, by: string): Value => {
    if (tokens.shift() !== by) throw new Unknown();
    return value;
  };
  const named = (name: string): Value => {
    if (tokens[0] === "(") return called(run, name, given());
    if (name === "os.environ" && tokens[0] === "[") {
      tokens.shift();
      const key = String(closed(binary(0), "]"));
      if (run.env[key] === undefined) throw new Unknown();
      return run.env[key];
    }
    const constants: { readonly [name: string]: Value } = { True: true, False: false, None: undefined };
    if (name in constants) return constants[name];
    if (!run.variables.has(name)) throw new Unknown();
    return run.variables.get(name);
  };
  const given = (): readonly Value[] => {
    tokens.shift();
    const values: Value[] = [];
    while (tokens[0] !== ")") {
      values.push(binary(0));
      if (tokens[0] === ",") tokens.shift();
      else if (tokens[0] !== ")") throw new Unknown();
    }
    tokens.shift();
    return values;
  };
  const value = binary(0);
  if (tokens.length > 0) throw new Unknown();
  return value;
}

function textOf(run: Run, token: string): string {
  const inner = token.replace(/^f?./, "").slice(0, -1);
  if (inner.includes("\\")) throw new Unknown();
  if (!token.startsWith("f")) return inner;
  return inner.replace(/\{([^{}]*)\}/g, (_all, expression: string) => shown(evaluate(run, expression)));
}

function called(run: Run, name: string, [first, second]: readonly Value[]): Value {
  switch (name) {
    case "int":
      if (!/^\s*-?\d+(\.\d*)?\s*$/.test(String(first))) throw new Unknown();
      return Math.trunc(Number(first));
    case "float":
      return Number(first);
    case "str":
      return shown(first);
    case "len":
      return String(first).length;
    case "os.environ.get":
    case "os.getenv":
      return run.env[String(first)] ?? second;
    default:
      throw new Unknown();
  }
}

function combined(operator: string, left: Value, right: Value): Value {
  if (operator === "or") return isTrue(left) ? left : right;
  if (operator === "and") return isTrue(left) ? right : left;
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (typeof left !== "number" || typeof right !== "number") throw new Unknown();
  const floored = Math.floor(left / right);
  const results: { readonly [operator: string]: Value } = {
    "<": left < right,
    ">": left > right,
    "<=": left <= right,
    ">=": left >= right,
    "+": left + right,
    "-": left - right,
    "*": left * right,
    "/": left / right,
    "//": floored,
    "%": left - floored * right,
  };
  return results[operator];
}
