import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CommandResult, KUBECTL, type KubectlHost, runKubectl } from "../../../simulator/index.ts";
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

/** Runs a recorded command line in the case's namespace. */
async function run(cluster: TestCluster, recorded: RecordedCase, step: RecordedStep): Promise<CommandResult> {
  let [stdout, stderr] = ["", ""];
  const { transport, wait, simulation } = cluster;
  const host: KubectlHost = {
    connect: () => transport,
    files: {
      read: async (path) => {
        if (path === "/config") return { ok: true, value: kubeconfig(recorded.namespace ?? "default") };
        const value = recorded.files?.[path];
        return value === undefined ? { ok: false, error: "no such file or directory" } : { ok: true, value };
      },
      write: async () => ({ ok: true, value: true }),
      list: async () => undefined,
    },
    env: { KUBECONFIG: "/config" },
    folder: "/",
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    stdin: async () => step.stdin ?? "",
    line: async () => undefined,
    terminal: { stdin: false, stdout: false, columns: 80 },
    wait,
    nowEpochMs: () => simulation.nowMs,
    edit: async () => undefined,
    interrupt: { raised: false, onRaise: () => () => undefined },
  };
  // The recorded cluster had no DNS of its own, and no proxies from a DaemonSet.
  const more = step.argv[1] === "drain" ? ["--pod-selector=!k8s-app"] : [];
  const exit = await runKubectl(KUBECTL, [...step.argv.slice(1), ...more], host);
  return { stdout: stdout.split("\n"), stderr: stderr.split("\n"), exit };
}

const kubeconfig = (namespace: string) => `apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u, namespace: ${namespace}}}]
clusters: [{name: k, cluster: {server: "http://localhost"}}]
users: [{name: u, user: {}}]
`;

const suffixed = /-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g;
const lines = (text: string | readonly string[] | undefined) =>
  (Array.isArray(text) ? text.join("\n") : String(text ?? ""))
    .trimEnd()
    .replaceAll(/^W\d{4} [\d:.]+ +\d+ /gm, "<KLOG> ")
    .replaceAll(suffixed, "-HASH");

/** Tables and descriptions have tests of their own. */
function isOthers({ argv }: RecordedStep): boolean {
  // Pods here bear their zone, since nodes have one.
  if (argv[1] === "expose" && argv.includes("solo")) return true;
  return ["get", "describe", "wait", "rollout"].includes(argv[1] ?? "");
}

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
    if (step.setup || isOthers(step)) continue;
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
    ...casesOf("apply", ["apply-stdin", "apply-lastapplied", "apply-prune"]),
    ...casesOf("create", ["create-workloads"]),
    ...casesOf("expose", ["expose-variants"]),
    ...casesOf("metadata", ["label-variants"]),
    ...casesOf("run", ["run-dry", "run-real"]),
    ...casesOf("scale", ["autoscale-variants"]),
    ...casesOf("set", ["set-image-env"]),
  ];
  it.each(cases)("$name", replay);
});
