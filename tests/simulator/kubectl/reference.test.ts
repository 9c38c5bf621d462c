import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CommandResult, kubectl } from "../../../simulator/index.ts";
import { referenceFolder } from "../../reference.ts";
import { startCluster, type TestCluster } from "./cluster.ts";

interface RecordedStep {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit: number;
  readonly setup?: boolean;
}

interface RecordedCase {
  readonly name: string;
  readonly namespace?: string;
  readonly files?: { readonly [name: string]: string };
  readonly steps: readonly RecordedStep[];
}

const folder = referenceFolder();
const SETTLE_MS = 60_000;

function casesOf(topic: string, names: readonly string[]): readonly RecordedCase[] {
  if (folder === undefined) return [];
  const recorded = JSON.parse(readFileSync(join(folder, "kubectl", `${topic}.json`), "utf8")) as RecordedCase[];
  return recorded.filter(({ name }) => names.includes(name));
}

/** The flags that the verbs here have, as their options. */
function optionsOf(argv: readonly string[]) {
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (let index = 2; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (["-l", "-o", "-f"].includes(word)) flags.set(word, argv[++index] ?? "");
    else if (word.startsWith("-")) flags.set(word.split("=")[0] ?? "", word.split("=")[1] ?? "true");
    else words.push(word);
  }
  return { flags, words };
}

/** Runs a recorded command line; undefined for a verb or flag that is not there yet. */
async function run(
  cluster: TestCluster,
  recorded: RecordedCase,
  step: RecordedStep,
): Promise<CommandResult | undefined> {
  const { flags, words } = optionsOf(step.argv);
  const { transport, wait } = cluster;
  const verb = step.argv[1];
  const selector = flags.get("-l");
  if (flags.has("--dry-run") || flags.has("--validate") || flags.has("--prune")) return undefined;
  if (verb === "apply" && words.length === 0) {
    const text = flags.get("-f") === "-" ? (step.stdin ?? "") : (recorded.files?.[flags.get("-f") ?? ""] ?? "");
    const { results } = await kubectl.apply(transport, text, { namespace: recorded.namespace });
    return {
      stdout: results.flatMap(({ ok, message }) => (ok ? [message] : [])),
      stderr: results.flatMap(({ ok, message, warnings }) => [...warnings, ...(ok ? [] : message.split("\n"))]),
      exit: results.every(({ ok }) => ok) ? 0 : 1,
    };
  }
  if (verb === "delete") {
    const grace = flags.get("--grace-period");
    return kubectl.delete(transport, {
      resources: words,
      namespace: recorded.namespace,
      selector,
      cascade: flags.get("--cascade") as "orphan" | "foreground" | undefined,
      ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
      now: flags.has("--now"),
      force: flags.has("--force"),
      all: flags.has("--all"),
      ignoreNotFound: flags.has("--ignore-not-found"),
      ...(flags.get("-o") === "name" && { output: "name" }),
      ...(flags.get("--wait") !== "false" && { wait }),
    });
  }
  if (verb === "cordon" || verb === "uncordon") return kubectl[verb](transport, { nodes: words, selector });
  if (verb === "drain") {
    return kubectl.drain(transport, {
      nodes: words,
      selector,
      force: flags.has("--force"),
      deleteEmptyDirData: flags.has("--delete-emptydir-data"),
      // The recorded cluster had no DNS of its own.
      podSelector: "k8s-app!=kube-dns",
      wait,
    });
  }
  return undefined;
}

const suffixed = /-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g;
const lines = (text: string | readonly string[] | undefined) =>
  (Array.isArray(text) ? text.join("\n") : String(text ?? "")).trimEnd().replaceAll(suffixed, "-HASH");

async function replay(recorded: RecordedCase): Promise<void> {
  const cluster = startCluster();
  const { namespace = "default" } = recorded;
  if (namespace !== "default") {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    cluster.send({ method: "POST", path: "/api/v1/namespaces", body });
    cluster.advance(5000);
  }
  for (const step of recorded.steps) {
    const result = await run(cluster, recorded, step);
    cluster.advance(SETTLE_MS);
    if (result === undefined || step.setup) continue;
    const { stdout, stderr, exit } = step;
    expect({ argv: step.argv, stdout: lines(result.stdout), stderr: lines(result.stderr), exit: result.exit }).toEqual({
      argv: step.argv,
      stdout: lines(stdout),
      stderr: lines(stderr),
      exit,
    });
  }
}

describe.skipIf(folder === undefined)("kubectl, as recorded", () => {
  const cases = [
    ...casesOf("delete", ["delete-workload"]),
    ...casesOf("nodes", ["node-cordon", "node-drain"]),
    ...casesOf("apply", ["apply-stdin"]),
  ];
  it.each(cases)("$name", replay);
});
