import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../../simulator/api/object.ts";
import { type Event, NODES, type Node, PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { PodSpec, Taint, Toleration } from "../../../simulator/api/schema/generated/types.ts";
import { nodeLifecycleController } from "../../../simulator/controllers/node-lifecycle/controller.ts";
import { podGarbageCollector } from "../../../simulator/controllers/pod-garbage-collector/controller.ts";
import { taintEvictionController } from "../../../simulator/controllers/taint-eviction/controller.ts";
import { Cluster, type Line, must } from "./harness.ts";
import { addNode, addPod, renew } from "./nodes.ts";

// Plays what kubelets and people did in a recording about nodes, and tells what the controllers did, in few words.

/** When the recording's first action happens in the simulated run. */
const BEGIN = 400;
const MONITOR_PERIOD = 5;
const GC_PERIOD = 20;
/** Stands for the rest of the recorded cluster. */
const OTHER_NODE = "other";

type Diff = { readonly [path: string]: readonly [unknown, unknown] };

export interface Recording {
  readonly setup: {
    readonly manifests: readonly (KubeObject & {
      readonly spec?: { readonly template?: { readonly spec: PodSpec } };
    })[];
    readonly nodes: readonly { readonly name: string; readonly labels: { readonly [key: string]: string } }[];
    readonly pods?: readonly { readonly name: string; readonly node: string }[];
  };
  readonly actions: readonly { readonly t: number; readonly what: string }[];
  readonly changes: readonly {
    readonly t: number;
    readonly verb: string;
    readonly kind: string;
    readonly name: string;
    readonly diff?: Diff;
  }[];
  readonly events: readonly {
    readonly t: number;
    readonly source: string;
    readonly reason: string;
    readonly message: string;
    readonly involvedObject: { readonly name: string };
  }[];
  readonly leaseRenewals: { readonly [node: string]: readonly number[] };
}

/** One thing that happened to an object: seconds since the first action, and what. */
export interface Step {
  readonly t: number;
  readonly what: string;
}

export function readRecording(folder: string, name: string): Recording {
  return JSON.parse(readFileSync(join(folder, "timelines", `${name}.json`), "utf8")) as Recording;
}

/** What the recording tells of an object; `until` seconds, exclusive. */
export function recordedSteps({ changes }: Recording, kind: string, name: string, until: number): Step[] {
  return changes
    .filter((change) => change.kind === kind && change.name === name && change.t < until)
    .flatMap(({ t, verb, diff = {} }) =>
      (verb === "DELETED" ? ["gone"] : stepsOfDiff(diff)).map((what) => ({ t, what })),
    );
}

function stepsOfDiff(diff: Diff): string[] {
  return Object.entries(diff).flatMap(([path, [before, after]]) => {
    const condition = /^status\.conditions\[(\w+)\]\.status$/.exec(path)?.[1];
    if (condition !== undefined) return [`${condition} ${after}`];
    if (path === "status.conditions[DisruptionTarget]") {
      const { reason, message } = after as { reason: string; message: string };
      return [`${reason}: ${message}`];
    }
    if (path === "status.phase") return [`phase ${after}`];
    if (path === "metadata.deletionTimestamp" && before === null) return ["deletion"];
    if (path === "spec.taints") return taintSteps((before ?? []) as Taint[], (after ?? []) as Taint[]);
    if (path.startsWith("spec.taints["))
      return taintSteps(before ? [before as Taint] : [], after ? [after as Taint] : []);
    return [];
  });
}

function taintSteps(before: readonly Taint[], after: readonly Taint[]): string[] {
  const text = ({ key, effect }: Taint) => `${key}:${effect}`;
  const had = before.map(text);
  const has = after.map(text);
  return [
    ...has.filter((taint) => !had.includes(taint)).map((taint) => `+${taint}`),
    ...had.filter((taint) => !has.includes(taint)).map((taint) => `-${taint}`),
  ];
}

export class NodeStory {
  readonly cluster: Cluster;
  readonly #recording: Recording;

  /** `firstUnknown`, `firstCollected`: times of the recording that tell the phases of the controllers' periods. */
  constructor(recording: Recording, firstUnknown: number, firstCollected = 0) {
    this.#recording = recording;
    this.cluster = new Cluster([]);
    for (const name of ["default", "kube-node-lease"]) this.cluster.addNamespace(name);
    const phase = (period: number, t: number) => BEGIN - 200 + ((((t - 0.2) % period) + period) % period);
    const starts = [
      { at: phase(MONITOR_PERIOD, firstUnknown), controllers: [nodeLifecycleController, taintEvictionController] },
      { at: phase(GC_PERIOD, firstCollected), controllers: [podGarbageCollector] },
    ].sort((a, b) => a.at - b.at);
    for (const { name, labels } of recording.setup.nodes) addNode(this.cluster, name, labels);
    addNode(this.cluster, OTHER_NODE);
    for (const [index, { at, controllers }] of starts.entries()) {
      this.#renewUntil(at);
      for (const controller of controllers) this.cluster.addController(controller, `manager-${index}`);
      this.cluster.host.startProcess(`manager-${index}`);
    }
    for (const { name, node } of recording.setup.pods ?? []) {
      addPod(this.cluster, name, node, tolerationsOf(recording, name));
    }
  }

  /** Plays leases, kubelets' statuses and the given deeds up to a time of the recording. */
  run(until: number, deeds: readonly { readonly t: number; readonly do: (cluster: Cluster) => void }[] = []): void {
    const { leaseRenewals, changes } = this.#recording;
    const inputs = [...deeds];
    for (const [name, times] of Object.entries(leaseRenewals)) {
      for (const t of times) inputs.push({ t, do: (cluster) => renew(cluster, name) });
    }
    for (const { t, kind, name, diff = {} } of changes) {
      const healed =
        kind === "Node" && Object.values(diff).some(([before, after]) => before === "Unknown" && after !== null);
      if (healed) inputs.push({ t, do: (cluster) => applyConditions(cluster, name, diff) });
    }
    for (const { name } of [...this.#recording.setup.nodes, { name: OTHER_NODE }]) {
      if (leaseRenewals[name]?.some((t) => t > 0) || isStopped(this.#recording, name)) continue;
      for (let t = 0; t < until; t += 10) inputs.push({ t, do: (cluster) => renew(cluster, name) });
    }
    const firstRenewal = Math.min(0, ...Object.values(leaseRenewals).flat());
    this.#renewUntil(BEGIN + firstRenewal - 0.1);
    for (const input of inputs.sort((a, b) => a.t - b.t)) {
      if (input.t >= until) break;
      this.cluster.advanceTo(BEGIN + input.t);
      input.do(this.cluster);
    }
    this.cluster.advanceTo(BEGIN + until);
  }

  steps(kind: string, name: string): Step[] {
    let previous: KubeObject | undefined;
    return this.cluster.lines
      .filter((line) => line.kind === kind && line.name === name)
      .flatMap((line) => {
        const whats = stepsOfLine(line, previous);
        previous = line.object;
        return whats.map((what) => ({ t: line.t - BEGIN, what }));
      })
      .filter(({ t }) => t >= 0);
  }

  /** Events of one source: `<reason> <object> <message>`. */
  events(source: string): Step[] {
    return this.cluster.lines
      .filter(({ kind, t, object }) => kind === "Event" && t >= BEGIN && (object as Event).source?.component === source)
      .map(({ t, object }) => {
        const { reason, message, involvedObject } = object as Event;
        return { t: t - BEGIN, what: `${reason} ${involvedObject.name} ${message}` };
      });
  }

  #renewUntil(seconds: number): void {
    while (this.cluster.seconds < seconds) {
      for (const { name } of [...this.#recording.setup.nodes, { name: OTHER_NODE }]) renew(this.cluster, name);
      this.cluster.advanceTo(Math.min(seconds, this.cluster.seconds + 5));
    }
  }
}

export function recordedNodeEvents({ events }: Recording, source: string, namespace: string): Step[] {
  return events
    .filter((event) => event.source === source)
    .map(({ t, reason, message, involvedObject }) => ({
      t,
      what: `${reason} ${involvedObject.name} ${message.replace(`${namespace}/`, "default/")}`,
    }));
}

function stepsOfLine({ verb, kind, object }: Line, previous: KubeObject | undefined): string[] {
  if (verb === "DELETED") return ["gone"];
  if (previous === undefined) return [];
  const statuses = (one: KubeObject) => new Map(((one as Node | Pod).status.conditions ?? []).map((c) => [c.type, c]));
  const steps: string[] = [];
  for (const [type, { status, reason, message }] of statuses(object)) {
    const before = statuses(previous).get(type);
    if (before === undefined) steps.push(`${reason}: ${message}`);
    else if (before.status !== status) steps.push(`${type} ${status}`);
  }
  if (kind === "Node")
    return [...steps, ...taintSteps((previous as Node).spec.taints ?? [], (object as Node).spec.taints ?? [])];
  const { phase } = (object as Pod).status;
  if (phase !== (previous as Pod).status.phase) steps.push(`phase ${phase}`);
  if (object.metadata.deletionTimestamp !== undefined && previous.metadata.deletionTimestamp === undefined) {
    steps.push("deletion");
  }
  return steps;
}

function applyConditions(cluster: Cluster, name: string, diff: Diff): void {
  const node = cluster.get(NODES, name);
  const conditions = (node.status.conditions ?? []).map((condition) => {
    const status = diff[`status.conditions[${condition.type}].status`]?.[1];
    if (typeof status !== "string") return condition;
    return { ...condition, status, lastHeartbeatTime: cluster.now, lastTransitionTime: cluster.now };
  });
  must(cluster.client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } }));
}

export function taintNode(cluster: Cluster, name: string, taint: Taint): void {
  const node = cluster.get(NODES, name);
  must(cluster.client.update(NODES, { ...node, spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] } }));
}

export function deleteNode(cluster: Cluster, name: string): void {
  must(cluster.client.delete(NODES, name));
}

export function podNames(recording: Recording, node: string): string[] {
  return (recording.setup.pods ?? []).filter((pod) => pod.node === node).map(({ name }) => name);
}

export function podsLeft(cluster: Cluster): number {
  return cluster.store.of(PODS).size;
}

function isStopped({ actions }: Recording, node: string): boolean {
  return actions.some(
    ({ what }) => what === `stop the kubelet of ${node}` || what.startsWith(`stop renewing the lease of ${node}`),
  );
}

/** What the pod's template says, and what its kind adds. */
function tolerationsOf({ setup }: Recording, pod: string): readonly Toleration[] | undefined {
  const owner = setup.manifests.find(({ kind, metadata }) => kind !== "Service" && pod.startsWith(`${metadata.name}-`));
  const tolerations = owner?.spec?.template?.spec.tolerations;
  if (owner?.kind !== "DaemonSet") return tolerations;
  const forever = ["not-ready", "unreachable"].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
  }));
  return [...(tolerations ?? []), ...forever];
}
