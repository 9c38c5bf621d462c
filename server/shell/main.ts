import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import * as library from "just-bash";
import { parse } from "yaml";
import { complete } from "../../src/terminal/shell/complete.ts";
import { HOME, KUBECONFIG } from "../../src/terminal/shell/home.ts";
import { LocalPorts } from "../../src/terminal/shell/local-ports.ts";
import { Shell } from "../../src/terminal/shell/shell.ts";
import { quoted } from "../../src/terminal/shell/text.ts";
import { LocalCluster } from "./local-cluster.ts";
import { NodeScreen, scriptScreen } from "./node-screen.ts";

/** Where the folder that the command was started in appears among the shell's files. */
const HERE = "/here";
const usage = `Usage: npm run shell -- [options] [FILE [ARGUMENT ...]]
A shell beside a simulated cluster: in a terminal, or a script from FILE or standard input.
The folder that it is started in is ${HERE}.

  -c LINE      runs one line
  --nodes N    workers beside the control plane's node (default 3)
  --seed N     seed of the run (default 1)
  --help       prints this

A script's time goes on only while it waits (sleep, kubectl wait, ...), and then at once.`;

const { values, positionals } = options();
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const isInteractive = values.c === undefined && positionals.length === 0 && process.stdin.isTTY === true;
const cluster = await LocalCluster.start({
  seed: whole(values.seed, 1),
  workers: whole(values.nodes, 3),
  pace: isInteractive ? "wall" : "virtual",
});
const files = new library.MountableFs({
  base: new library.InMemoryFs({ [`${HOME}/.kube/config`]: KUBECONFIG, "/tmp/.keep": "" }),
  mounts: [{ mountPoint: HERE, filesystem: new library.ReadWriteFs({ root: process.cwd() }) }],
});
const common = { cluster, files, library, folder: HERE, home: HOME, ports: new LocalPorts() };
process.exit(await (isInteractive ? talk() : runScript()));

function options() {
  try {
    // What stands behind the file belongs to the script.
    const args = process.argv.slice(2);
    const end = args.findIndex((arg, at) => !arg.startsWith("-") && !/^(-c|--nodes|--seed)$/.test(args[at - 1] ?? ""));
    const own = end < 0 ? args : args.slice(0, end);
    const flags = { c: { type: "string", short: "c" }, nodes: { type: "string" }, seed: { type: "string" } } as const;
    const { values } = parseArgs({ args: own, options: { ...flags, help: { type: "boolean" } } });
    return { values, positionals: end < 0 ? [] : args.slice(end) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return process.exit(2);
  }
}

function whole(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (/^\d+$/.test(given)) return Number(given);
  process.stderr.write(`"${given}" is no whole number\n`);
  return process.exit(2);
}

async function runScript(): Promise<number> {
  const [file, ...words] = positionals;
  let script = values.c;
  try {
    script ??= file === undefined ? await text(process.stdin) : readFileSync(file, "utf8");
  } catch {
    process.stderr.write(`${file}: No such file or directory\n`);
    return 127;
  }
  const shell = new Shell({ ...common, screen: scriptScreen(), isScript: true });
  process.on("SIGINT", () => {
    shell.interrupt();
    process.exitCode = 130;
  });
  shell.arguments = words.map(quoted);
  const code = await shell.run(script.replace(/^#!.*/, ""));
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  return code;
}

async function talk(): Promise<number> {
  const history: string[] = [];
  const screen: NodeScreen = new NodeScreen(
    {
      history,
      isWhole: async (line) => shell.isWhole(line),
      complete: async (line) =>
        complete(line, { ...common, ...(await place()), commands: shell.commands, folder: shell.folder }),
    },
    () => {
      screen.out("^C\n");
      shell.interrupt();
    },
  );
  const shell = new Shell({ ...common, screen });
  screen.out("A shell beside a simulated cluster. help tells what it can do; Ctrl-D leaves.\n");
  while (!shell.ended) {
    const { namespace, context } = await place();
    const folder = shell.folder.replace(HOME, "~");
    const entered = await screen.editor.read(
      `\u001b[2m${context}:${namespace}\u001b[0m \u001b[34m${folder}\u001b[0m $ `,
    );
    if (entered.kind === "end") break;
    if (entered.kind !== "line" || entered.text.trim() === "") continue;
    history.push(entered.text);
    shell.history = history;
    await shell.run(entered.text);
    const ahead = screen.editor.takeUnread();
    if (ahead !== "") screen.editor.input(ahead);
  }
  return shell.exitCode;
}

/** What the kubeconfig says now. */
async function place() {
  interface Config {
    readonly "current-context"?: string;
    readonly contexts?: readonly { readonly name: string; readonly context?: { readonly namespace?: string } }[];
  }
  let config: Config = {};
  try {
    config = parse(await files.readFile(`${HOME}/.kube/config`)) ?? {};
  } catch {
    // Without one there is nothing to show.
  }
  const { contexts = [], "current-context": context = "" } = config;
  const namespace = contexts.find(({ name }) => name === context)?.context?.namespace || "default";
  return { context, namespace, contexts: contexts.map(({ name }) => name) };
}
