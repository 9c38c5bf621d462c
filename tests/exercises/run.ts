import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type Done, Learner } from "./learner.ts";
import { type Step, stepsOf } from "./markdown.ts";

/*
 * `npm run exercises -- FOLDER [CHAPTER ...]`: does what a collection of exercises (a folder of Markdown, such as
 * dgkanatsios/CKAD-exercises) has its reader type, in order, a new cluster for each page, and counts what fails. What the
 * reader is to put in (names with a random end, addresses) is looked up in the cluster, as they would.
 * EXERCISES_LOG names a file for all that was printed.
 */

/** Pages about programs that are not kubectl: not simulated. */
const OUT_OF_SCOPE = /helm|podman|docker/i;
const UNKNOWN =
  /command not found|unknown (shorthand )?flag|unknown command|unable to match a printer|unsupported format|not simulated|unrecognized option|invalid option/i;

interface Tally {
  ran: number;
  succeeded: number;
  unknown: number;
  readonly failures: Done[];
}

/** A pod whose spec has what a part of a manifest shows (`containers:`, `spec:`); the text as it is for other parts. */
function mergedInto(text: string, part: string | undefined): string {
  if (part === undefined) return text;
  try {
    const shown = parse(part) as { readonly spec?: object };
    const pod = parse(text) as { readonly spec?: object };
    return stringify({ ...pod, spec: { ...pod.spec, ...(shown.spec ?? shown) } });
  } catch {
    return text;
  }
}

/** What the text leaves open, as a reader fills it in. */
async function filledIn(learner: Learner, line: string): Promise<string> {
  let text = line
    .replace(/<your-node-name>|\bnode0?1\b(?!\.)/g, "node-1")
    .replace(/\bcontrolplane\b/g, "control-plane")
    .replace(/^(or|OR|Or)$/, "# or");
  const address = "kubectl get po -l 'run in (nginx),!job' -o jsonpath='{.items[0].status.podIP}'";
  const asked: readonly (readonly [RegExp, string])[] = [
    [/10\.1\.1\.131/, address],
    [
      /<POD_IP>|\[PUT THE POD'S IP ADDRESS HERE\]/,
      "kubectl get po -l 'app in (foo)' -o jsonpath='{.items[0].status.podIP}' || true",
    ],
    [/<SERVICE_CLUSTER_IP>/, "kubectl get svc foo -o jsonpath={.spec.clusterIP}"],
    [/NODE_IP/, "kubectl get no node-1 -o jsonpath='{.status.addresses[0].address}'"],
    [/\b31931\b/, "kubectl get svc nginx -o jsonpath='{.spec.ports[0].nodePort}'"],
  ];
  for (const [pattern, question] of asked) {
    if (pattern.test(text)) text = text.replace(pattern, (await learner.run(question)).output.trim() || "nginx");
  }
  // A name with a random end: the one that is there.
  for (const match of text.matchAll(
    /(?<=\s)<?([a-z]+)-(?:[0-9a-z]{8,10}(?:-[0-9a-z]{5})?|[0-9a-z]{5}|\*+)>?(?=\s|$)/g,
  )) {
    if (/^(nginx|pi|busybox)$/.test(match[1] ?? "") && !/-(sample|test|ingress)/.test(match[0])) {
      const kind = /\brs\b/.test(text) ? "rs" : "po";
      const { output } = await learner.run(`kubectl get ${kind} -o name | grep /${match[1]}- | tail -1 | cut -d/ -f2`);
      if (output.trim() !== "") text = text.replace(match[0], output.trim());
    }
  }
  return text;
}

/** The commands of a block: lines that belong together, and behind them those that are typed into a container. */
function commandsOf(learner: Learner, text: string): { line: string; typed: string[] }[] {
  const commands: { line: string; typed: string[] }[] = [];
  let open = "";
  let inside: string[] | undefined;
  for (const line of text.split("\n")) {
    if (inside !== undefined) {
      if (/^kubectl |^# or/.test(line)) inside = undefined;
      else {
        if (line.trim() !== "") inside.push(line.replace(/^#\s*(?=(cat|ls|env|exit)\b)/, ""));
        if (/^#?\s*exit\b/.test(line)) inside = undefined;
        continue;
      }
    }
    open += open === "" ? line : `\n${line}`;
    if (!learner.isWhole(open)) continue;
    if (open.replace(/^\s*#.*$/gm, "").trim() !== "") commands.push({ line: open.trim(), typed: [] });
    if (/^(kubectl|k) (exec|run) .*-(it|ti)\b.* (sh|\/bin\/sh|\/bin\/bash|--)\s*$/.test(open.replace(/\s+#.*$/, ""))) {
      inside = commands.at(-1)?.typed;
    }
    open = "";
  }
  if (open.trim() !== "") commands.push({ line: open.trim(), typed: [] });
  return commands;
}

/** One page's learner: what their editor leaves, and what is in their way. */
class Reader {
  readonly #learner: Learner;
  readonly #log: (text: string) => void;
  readonly tally: Tally = { ran: 0, succeeded: 0, unknown: 0, failures: [] };

  constructor(learner: Learner, log: (text: string) => void) {
    this.#learner = learner;
    this.#log = log;
  }

  async read(steps: readonly Step[]): Promise<void> {
    for (const [at, step] of steps.entries()) {
      const exercise = steps.slice(at + 1);
      const next = exercise.findIndex(({ kind }) => kind === "exercise");
      const rest = next < 0 ? exercise : exercise.slice(0, next);
      const after = rest.find((each) => each.kind === "manifest")?.text;
      const before = steps.slice(0, at).findLast((each) => each.kind === "manifest")?.text;
      if (step.kind === "exercise") this.#log(`\n### ${step.title}\n`);
      else if (step.kind === "editor") await this.#learner.write(step.file, after ?? "");
      else if (step.kind === "commands") {
        for (const command of commandsOf(this.#learner, step.text))
          await this.#type(command.line, command.typed, { before, after });
      }
    }
  }

  async #type(
    given: string,
    typed: readonly string[],
    manifests: { before?: string | undefined; after?: string | undefined },
  ) {
    const learner = this.#learner;
    const whole = (text: string | undefined) => (text !== undefined && /^kind:/m.test(text) ? text : undefined);
    learner.edited = (text) => {
      if (!/^(vi|vim|nano) /.test(given)) return text;
      return whole(manifests.after) ?? mergedInto(text, manifests.after);
    };
    const file = /-f ([\w.-]+\.ya?ml)\b/.exec(given)?.[1];
    const manifest = whole(manifests.before);
    if (file !== undefined && manifest !== undefined && !(await learner.has(file))) await learner.write(file, manifest);
    const line = await filledIn(learner, given);
    const lines = await Promise.all(typed.map((each) => filledIn(learner, each)));
    let done = await learner.run(line, lines);
    // What an earlier exercise has left is cleared away, and what the text takes to be there is made, as its reader would.
    const help = await this.#helpFor(done);
    if (help !== undefined) {
      for (const each of help) await learner.run(each);
      done = await learner.run(line, lines);
    }
    this.#count(done);
  }

  async #helpFor({ line, exit, output }: Done): Promise<readonly string[] | undefined> {
    if (exit === 0) return undefined;
    const there = /\b([a-z]+(?:\.[a-z.0-9]+)?) "([^"]+)" already exists/.exec(output);
    const namespace = /(?:-n |--namespace=)\S+/.exec(line)?.[0] ?? "";
    if (/^for /.test(line)) return ["kubectl delete pods --all --now"];
    if (there !== null) return [`kubectl delete ${there[1]} ${there[2]} --now ${namespace}`];
    const missing = /namespaces "([^"]+)" not found/.exec(output)?.[1];
    if (missing !== undefined) return [`kubectl create namespace ${missing}`];
    const pod = /pods "([^"]+)" not found/.exec(output)?.[1];
    const isMade = pod !== undefined && / exec /.test(line) && (await this.#learner.has("pod.yaml"));
    return isMade ? [`sed -i 's/^  name: .*/  name: ${pod}/' pod.yaml`, "kubectl create -f pod.yaml"] : undefined;
  }

  #count(done: Done): void {
    const { tally } = this;
    tally.ran++;
    const isUnknown = UNKNOWN.test(done.output);
    if (isUnknown) tally.unknown++;
    else if (done.exit === 0 || done.stopped) tally.succeeded++;
    if (isUnknown || (done.exit !== 0 && !done.stopped)) tally.failures.push(done);
    this.#log(`$ ${done.line}\n${done.output}${done.stopped ? "^C\n" : ""}[${done.exit}]\n`);
  }
}

async function main(): Promise<number> {
  const [folder, ...chapters] = process.argv.slice(2);
  if (folder === undefined || !existsSync(folder)) {
    console.log(
      "Name a folder with exercises in Markdown: npm run exercises -- FOLDER [CHAPTER ...]. Nothing was run.",
    );
    return 0;
  }
  const logFile = process.env.EXERCISES_LOG;
  if (logFile !== undefined) writeFileSync(logFile, "");
  const sum = { ran: 0, succeeded: 0, unknown: 0 };
  const pages = readdirSync(folder).filter((name) => /\.md$/.test(name) && !/^[A-Z_]+\.md$/.test(name));
  for (const page of pages.filter((name) => chapters.length === 0 || chapters.some((each) => name.includes(each)))) {
    if (OUT_OF_SCOPE.test(page)) {
      console.log(`${page}: left out, it is about a program that is not simulated`);
      continue;
    }
    const learner = await Learner.sitDown();
    const reader = new Reader(learner, (text) => logFile !== undefined && appendFileSync(logFile, text));
    await reader.read(stepsOf(readFileSync(join(folder, page), "utf8")));
    learner.leave();
    const { ran, succeeded, unknown, failures } = reader.tally;
    sum.ran += ran;
    sum.succeeded += succeeded;
    sum.unknown += unknown;
    console.log(`${page}: ${succeeded} of ${ran} commands, ${unknown} unknown`);
    for (const { line, exit, output } of failures) {
      console.log(
        `  [${exit}] ${line.split("\n")[0]}\n       ${output.trim().split("\n").slice(-2).join("\n       ")}`,
      );
    }
  }
  console.log(
    `All: ${sum.succeeded} of ${sum.ran} commands end well; ${sum.unknown} with an unknown command, flag or format`,
  );
  return sum.unknown === 0 ? 0 : 1;
}

process.exitCode = await main();
