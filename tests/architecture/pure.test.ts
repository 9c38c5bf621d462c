import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { impurities } from "./purity.ts";
import { repositoryRoot, sourceFiles } from "./sources.ts";

const simulator = join(repositoryRoot, "simulator");

/** A way to typecheck one invented file among the simulator's own, under the simulator's settings. */
function simulatorCompiler(): (text: string) => readonly string[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(simulator, "tsconfig.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  });
  if (!config) throw new Error("simulator/tsconfig.json can't be read");
  const invented = join(simulator, "invented.ts");
  let previous: ts.Program | undefined;
  return (text) => {
    const host = ts.createCompilerHost(config.options);
    const { getSourceFile, fileExists, readFile } = host;
    const kept = previous;
    host.fileExists = (name) => name === invented || fileExists(name);
    host.readFile = (name) => (name === invented ? text : readFile(name));
    host.getSourceFile = (name, options) =>
      name === invented
        ? ts.createSourceFile(name, text, options, true)
        : (kept?.getSourceFile(name) ?? getSourceFile(name, options));
    const program = ts.createProgram([...config.fileNames, invented], config.options, host, previous);
    previous = program;
    const file = program.getSourceFile(invented);
    if (!file) throw new Error("the invented file was not compiled");
    return program.getSemanticDiagnostics(file).map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"));
  };
}

describe("the simulator's compiler settings", () => {
  const compile = simulatorCompiler();

  it("accept plain ECMAScript", () => {
    expect(compile("export const text: string = JSON.stringify(new Map([[1, 2]]));")).toEqual([]);
  });

  it.each([
    "setTimeout(() => {}, 1);",
    "setInterval(() => {}, 1);",
    "queueMicrotask(() => {});",
    "document.title;",
    "window.name;",
    "process.exit();",
    "Buffer.from('');",
    "performance.now();",
    "fetch('/');",
    "console.log('');",
    "import 'node:fs/promises'; import { readFileSync } from 'node:fs'; readFileSync('');",
    "new WebSocket('');",
    "self.postMessage(1);",
  ])("refuse %s", (text) => {
    expect(compile(`${text}\nexport {};`)).not.toEqual([]);
  });
});

describe("the simulator's sources", () => {
  it("use no wall clock, no global chance, no event loop, nothing of the machine's locale", () => {
    expect(impurities(sourceFiles(["simulator"]))).toEqual([]);
  });

  it.each([
    "const x = Math.random();",
    "const x = Date.now();",
    "const x = new Date();",
    "const x = new Date;",
    "const x = Date();",
    "const x = performance.now();",
    "setTimeout(tick, 1);",
    "setInterval(tick, 1);",
    "queueMicrotask(tick);",
    "fetch('/');",
    "async function f() {}",
    "const f = async () => 1;",
    "class A { async f() {} }",
    "await x;",
    "const x = Promise.resolve(1);",
    "const x = new Promise(() => {});",
    "names.sort((a, b) => a.localeCompare(b));",
    "const x = (1).toLocaleString();",
    "const x = new Intl.Collator();",
    "const x = date.getHours();",
  ])("would be caught with %s", (text) => {
    expect(impurities([{ path: "simulator/api/x.ts", text }])).toHaveLength(1);
  });

  it.each([
    ["simulator/api/x.ts", "// Math.random()\nconst text = 'Date.now()';"],
    ["simulator/api/x.ts", "const x = new Date(nowMs).toISOString();"],
    ["simulator/api/x.ts", "const x = date.getUTCHours();"],
    ["simulator/machine/x.ts", "const clock = { setTimeout: schedule }; clock.setTimeout(tick, 1);"],
    ["simulator/kubectl/x.ts", "async function f() { await Promise.resolve(1); }"],
    ["simulator/node/x.ts", "interface Port { run(): Promise<void> }"],
  ])("may hold, in %s, %s", (path, text) => {
    expect(impurities([{ path, text }])).toEqual([]);
  });
});
