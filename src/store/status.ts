import type { Tone } from "../session/crowd.ts";
import type { Node, Pod } from "./objects.ts";

export type { Tone };

export interface PodStatus {
  readonly tone: Tone;
  /** The word of kubectl's STATUS column. */
  readonly word: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
}

export const legend: readonly { readonly tone: Tone; readonly word: string; readonly meaning: string }[] = [
  { tone: "running", word: "Running", meaning: "running and ready" },
  { tone: "not-ready", word: "Not ready", meaning: "running, but not ready for traffic" },
  { tone: "pending", word: "Pending", meaning: "waiting for a node, or being created" },
  { tone: "failing", word: "Failing", meaning: "crashing, or its image can't be pulled" },
  { tone: "terminating", word: "Terminating", meaning: "asked to stop, within its grace period" },
  { tone: "completed", word: "Completed", meaning: "ran to its end" },
  { tone: "unknown", word: "Unknown", meaning: "its node doesn't answer: last known state" },
];

const CREATING = new Set(["ContainerCreating", "PodInitializing", "Pending", "SchedulingGated"]);

// Models pkg/printers/internalversion printPod: the STATUS column of `kubectl get pods`.
function statusWord(pod: Pod): string {
  const status = pod.status;
  let word = status?.reason || status?.phase || "Pending";
  const scheduled = status?.conditions?.find((condition) => condition.type === "PodScheduled");
  if (scheduled?.reason === "SchedulingGated") word = "SchedulingGated";
  const initial = initWord(pod);
  const initialized = status?.conditions?.some((item) => item.type === "Initialized" && item.status === "True");
  if (initial !== undefined) word = initial;
  if (initial === undefined || initialized) word = containersWord(pod, word);
  if (pod.metadata?.deletionTimestamp !== undefined) {
    if (status?.reason === "NodeLost") return "Unknown";
    if (status?.phase !== "Succeeded" && status?.phase !== "Failed") return "Terminating";
  }
  return word;
}

function initWord(pod: Pod): string | undefined {
  const specs = pod.spec?.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, container] of statuses.entries()) {
    const sidecar = specs.find((spec) => spec.name === container.name)?.restartPolicy === "Always";
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0 || (sidecar && container.started)) continue;
    if (terminated) return `Init:${terminated.reason || `ExitCode:${terminated.exitCode}`}`;
    if (waiting?.reason && waiting.reason !== "PodInitializing") return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function containersWord(pod: Pod, before: string): string {
  let word = before;
  let running = false;
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated } = container.state ?? {};
    if (waiting?.reason) word = waiting.reason;
    else if (terminated) {
      const exit = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
      word = terminated.reason || exit;
    } else if (container.ready && container.state?.running) running = true;
  }
  if (word === "Completed" && running) return isReady(pod) ? "Running" : "NotReady";
  return word;
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some((item) => item.type === "Ready" && item.status === "True") ?? false;
}

/** Objects never change, new ones take their place: what was worked out of one holds. It is asked for in every frame. */
const podsKnown = new WeakMap<Pod, PodStatus>();
const nodesKnown = new WeakMap<Node, NodeStatus>();

/** What to draw and say about a pod. `nodeDark`: its node no longer answers. */
export function podStatus(pod: Pod, nodeDark = false): PodStatus {
  if (nodeDark) return podStatusOf(pod, true);
  const known = podsKnown.get(pod) ?? podStatusOf(pod, false);
  podsKnown.set(pod, known);
  return known;
}

function podStatusOf(pod: Pod, nodeDark: boolean): PodStatus {
  const statuses = pod.status?.containerStatuses ?? [];
  const word = statusWord(pod);
  return {
    word,
    tone: podTone(pod, word, nodeDark),
    ready: statuses.filter((container) => container.ready).length,
    containers: pod.spec?.containers.length ?? 0,
    restarts: statuses.reduce((sum, container) => sum + container.restartCount, 0),
  };
}

function podTone(pod: Pod, word: string, nodeDark: boolean): Tone {
  if (nodeDark || word === "Unknown") return "unknown";
  if (word === "Terminating") return "terminating";
  if (pod.status?.phase === "Succeeded") return "completed";
  if (pod.status?.phase === "Failed") return "failing";
  if (CREATING.has(word) || /^Init:\d+\/\d+$/.test(word)) return "pending";
  if (word === "Running") return isReady(pod) ? "running" : "not-ready";
  return word === "NotReady" || word === "Completed" ? "not-ready" : "failing";
}

export interface NodeStatus {
  readonly tone: Tone;
  /** The words of kubectl's STATUS column. */
  readonly word: string;
  readonly ready: boolean;
  /** Its kubelet has not been heard of for so long that the cluster gave it up. */
  readonly dark: boolean;
  readonly cordoned: boolean;
  readonly pressures: readonly string[];
}

/** What to draw and say about a node. */
export function nodeStatus(node: Node): NodeStatus {
  const known = nodesKnown.get(node) ?? nodeStatusOf(node);
  nodesKnown.set(node, known);
  return known;
}

// Models pkg/printers/internalversion printNode.
function nodeStatusOf(node: Node): NodeStatus {
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === "Ready")?.status;
  const cordoned = node.spec?.unschedulable === true;
  const word = ready === undefined ? "Unknown" : ready === "True" ? "Ready" : "NotReady";
  const troubles = conditions.filter((item) => item.type !== "Ready" && item.status === "True");
  return {
    tone: ready === "True" ? "running" : ready === "False" ? "failing" : "unknown",
    word,
    ready: ready === "True",
    dark: ready === "Unknown",
    cordoned,
    pressures: troubles.map((item) => item.type),
  };
}

export function isControlPlane(node: Node): boolean {
  return node.metadata?.labels?.["node-role.kubernetes.io/control-plane"] !== undefined;
}
