import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeDocument } from "../../server/descriptions.ts";
import { nodeHost } from "../../server/kubectl/node-host.ts";
import {
  type ApiResponse,
  KUBECTL,
  type KubectlHost,
  type Parts,
  runKubectl,
  Simulation,
  StreamHub,
} from "../../simulator/index.ts";
import type { Outcome } from "./outcome.ts";

interface RecordedStep {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly env?: { readonly [name: string]: string };
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit: number;
  /** Only brings a state about: what it printed was not kept. */
  readonly setup?: boolean;
}

interface RecordedCase {
  readonly name: string;
  readonly namespace?: string;
  readonly files?: { readonly [path: string]: string };
  readonly steps: readonly RecordedStep[];
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const SERVER = "https://127.0.0.1:6443";
const kubeconfig = (namespace: string) => `apiVersion: v1
kind: Config
clusters: [{name: kubernetes, cluster: {server: "${SERVER}"}}]
users: [{name: kubernetes-admin, user: {}}]
contexts: [{name: kubernetes-admin@kubernetes, context: {cluster: kubernetes, user: kubernetes-admin, namespace: ${namespace}}}]
current-context: kubernetes-admin@kubernetes
`;
/** When it was recorded: ages of times that stand in inputs are counted from here. */
const START_EPOCH_MS = Date.parse("2026-11-22T00:00:00Z");
/** About as long as it took between two recorded commands. */
const BETWEEN_MS = 300;
/** Until a new namespace has its service account. */
const SETTLE_MS = 3000;
/** A wait is cut into looks at what has come on open streams. */
const LOOK_MS = 100;

/** Replays the recorded transcripts of `kubectl` v1.36, each in a cluster of its own: the outcomes of its commands by area. */
export async function playKubectl(
  folder: string,
  parts: Parts,
  isWanted: (area: string) => boolean,
): Promise<Map<string, Outcome[]>> {
  const cluster = Simulation.start({ workers: 3, startEpochMs: START_EPOCH_MS }, parts);
  cluster.advanceTo(60_000);
  makeRecorded(cluster);
  cluster.advanceTo(120_000);
  const snapshot = cluster.snapshot();
  const outcomes = new Map<string, Outcome[]>();
  for (const file of readdirSync(join(folder, "kubectl")).sort()) {
    const area = `kubectl/${file.replace(".json", "")}`;
    if (!isWanted(area)) continue;
    const cases = JSON.parse(readFileSync(join(folder, "kubectl", file), "utf8")) as RecordedCase[];
    const found: Outcome[] = [];
    for (const recorded of cases) found.push(...(await playCase(Simulation.restore(snapshot, parts), recorded)));
    outcomes.set(area, found);
  }
  return outcomes;
}

/** The recorded control plane ran beside its cluster, which had no DNS and no zones. */
function makeRecorded(cluster: Simulation): void {
  for (const path of [
    "/api/v1/nodes/control-plane",
    "/api/v1/namespaces/kube-system/services/kube-dns",
    "/apis/apps/v1/namespaces/kube-system/deployments/coredns",
  ]) {
    cluster.request({ method: "DELETE", path });
  }
  const labels = { "topology.kubernetes.io/region": null, "topology.kubernetes.io/zone": null };
  for (const node of ["node-1", "node-2", "node-3"]) {
    const contentType = "application/merge-patch+json";
    cluster.request({ method: "PATCH", path: `/api/v1/nodes/${node}`, contentType, body: { metadata: { labels } } });
  }
}

async function playCase(cluster: Simulation, recorded: RecordedCase): Promise<Outcome[]> {
  const place = new Place(cluster, recorded);
  const outcomes: Outcome[] = [];
  try {
    for (const [index, step] of recorded.steps.entries()) {
      const printed = await place.run(step);
      cluster.advanceTo(cluster.nowMs + BETWEEN_MS);
      if (step.setup) continue;
      const name = `${recorded.name} ${index}: ${step.argv.join(" ")}`;
      outcomes.push({ name, found: differences(step, printed) });
    }
  } finally {
    place.close();
  }
  return outcomes;
}

/** The answer where no server listens. */
function nobody(server: string): ApiResponse {
  const message = `dial tcp ${new URL(server).host}: connect: connection refused`;
  const body = { kind: "Status", status: "Failure", reason: "ServiceUnavailable", message, code: 503 };
  return { code: 503, body, warnings: [] };
}

/** A folder with the case's files, and the cluster that its commands speak to. */
class Place {
  readonly #folder = mkdtempSync(join(tmpdir(), "tabernetes-transcripts-"));
  readonly #cluster: Simulation;
  readonly #hub: StreamHub;

  constructor(cluster: Simulation, { namespace = "default", files = {} }: RecordedCase) {
    this.#cluster = cluster;
    this.#hub = new StreamHub(cluster);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
      writeFileSync(join(this.#folder, path), content);
      if (path.endsWith(".sh")) chmodSync(join(this.#folder, path), 0o755);
    }
    writeFileSync(this.#config, kubeconfig(namespace));
    if (namespace === "default") return;
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    cluster.request({ method: "POST", path: "/api/v1/namespaces", body });
    cluster.advanceTo(cluster.nowMs + SETTLE_MS);
  }

  get #config(): string {
    return join(this.#folder, ".kubeconfig");
  }

  async run(step: RecordedStep): Promise<Printed> {
    let [stdout, stderr] = ["", ""];
    const env = { KUBECONFIG: this.#config, HOME: this.#folder, ...step.env };
    const write = {
      out: (text: string) => {
        stdout += text;
      },
      err: (text: string) => {
        stderr += text;
      },
    };
    const exit = await runKubectl(KUBECTL, step.argv.slice(1), this.#host(step.stdin ?? "", env, write));
    const even = (text: string) => text.replaceAll(this.#folder, "<DIR>").replaceAll(SERVER, "https://<SERVER>");
    return { stdout: even(stdout), stderr: even(stderr), exit };
  }

  #host(stdin: string, env: Record<string, string>, write: Pick<KubectlHost, "out" | "err">): KubectlHost {
    const host = nodeHost({ folder: this.#folder, env, stdin, ...write });
    return {
      ...host,
      connect: ({ server }) => {
        if (server !== SERVER) return async () => nobody(server);
        return async (request) => describeDocument(request.path, this.#cluster.request(request));
      },
      stream: () => async (request, hear) => this.#hub.open(request, hear),
      wait: async (ms) => {
        const untilMs = this.#cluster.nowMs + ms;
        while (this.#cluster.nowMs < untilMs) {
          this.#cluster.advanceTo(Math.min(untilMs, this.#cluster.nowMs + LOOK_MS));
          this.#hub.pump();
          await undefined;
        }
      },
      nowEpochMs: () => START_EPOCH_MS + this.#cluster.nowMs,
      edit: async (text, name) => this.#edited(text, name, env.KUBE_EDITOR ?? "true"),
    };
  }

  #edited(text: string, name: string, editor: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text);
    spawnSync(editor, [file], { cwd: this.#folder });
    return readFileSync(file, "utf8");
  }

  close(): void {
    this.#hub.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Masks of the recordings; see their README. */
const MASK = /<[A-Z]+\d*>|xxxxx|node-N/;
/** Names of pods and sets end in a hash of a template, which may be another one here. */
const HASH = /-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g;

const HEADER = /^[A-Z][A-Z ()-]+$/;
const PEM = /-----BEGIN [\s\S]*?-----END CERTIFICATE-----/;

function differences(step: RecordedStep, printed: Printed): string[] {
  const exit = step.exit === printed.exit ? [] : [`exit ${printed.exit} instead of ${step.exit}`];
  return [
    ...exit,
    ...textDifferences("stdout", step.stdout ?? "", printed.stdout),
    ...textDifferences("stderr", step.stderr ?? "", printed.stderr),
  ];
}

function textDifferences(part: string, recorded: string, printed: string): string[] {
  const [theirs, ours] = [recorded, printed].map((text) =>
    text.replace(PEM, "<PEM>").replaceAll(HASH, "-<HASH>").trimEnd().split("\n"),
  );
  const isMasked = MASK.test(recorded);
  if (theirs === undefined || ours === undefined) return [];
  const found: string[] = [];
  for (let at = 0; at < Math.max(theirs.length, ours.length); at++) {
    const [their, our] = [theirs[at], ours[at]];
    if (their === undefined || our === undefined || !lineMatches(their, our, isMasked)) {
      found.push(`${part}:${at + 1}: ${JSON.stringify(our ?? null)} instead of ${JSON.stringify(their ?? null)}`);
    }
  }
  return found;
}

/** Whether a line is the recorded one, whose masks stand for any text and change the widths of columns, the header's too. */
function lineMatches(recorded: string, printed: string, isTextMasked: boolean): boolean {
  if (!MASK.test(recorded) && !(isTextMasked && HEADER.test(recorded))) return recorded === printed;
  const even = (text: string) => text.replace(/ {2,}/g, " ").trimEnd();
  const pattern = even(recorded)
    .split(MASK)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(even(printed));
}
