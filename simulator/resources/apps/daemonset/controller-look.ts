import { scaledIntOrPercent } from "../../../api/meta/intstr.ts";
import type { DaemonSet, Node, Pod } from "../../../api/refs.ts";
import { isPodTerminal, msUntilAvailable, type ParseMs } from "../../../controllers/shared/pods.ts";
import type { NodeWishes, Wish } from "./controller-nodes.ts";
import { targetNode } from "./controller-pods.ts";

const NONE: readonly Pod[] = [];

export interface LookOptions {
  readonly set: DaemonSet;
  /** The hash of the present revision. */
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** All pods that the set controls. */
  readonly pods: readonly Pod[];
  readonly wishes: NodeWishes;
  readonly nowMs: number;
  readonly parseMs: ParseMs;
}

/** One look at a daemon set: its pods by node, and what it wants of each node. */
export class Look {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** Pods by the node that they run on or are meant for, the oldest first; without those that ended and are going. */
  readonly byNode: ReadonlyMap<string, readonly Pod[]>;
  readonly #options: LookOptions;

  constructor(options: LookOptions) {
    this.#options = options;
    this.set = options.set;
    this.hash = options.hash;
    this.nodes = options.nodes;
    this.byNode = groupByNode(options.pods);
  }

  wish(node: Node): Wish {
    return this.#options.wishes.of(this.set, node);
  }

  podsOn(node: string): readonly Pod[] {
    return this.byNode.get(node) ?? NONE;
  }

  isAvailable(pod: Pod): boolean {
    return this.msUntilAvailable(pod) === 0;
  }

  /** Milliseconds; undefined when the pod is not ready. */
  msUntilAvailable(pod: Pod): number | undefined {
    const { nowMs, parseMs } = this.#options;
    return msUntilAvailable(pod, this.set.spec.minReadySeconds ?? 0, nowMs, parseMs);
  }
}

// Models pkg/controller/daemon getNodesToDaemonPods
function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetNode(pod);
    if (node === undefined) continue;
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [pod]);
    else group.push(pod);
  }
  for (const group of groups.values()) if (group.length > 1) group.sort(byAge);
  return groups;
}

/** Bound pods first, then the oldest. Models podByCreationTimestampAndPhase. */
function byAge(a: Pod, b: Pod): number {
  if (Boolean(a.spec.nodeName) !== Boolean(b.spec.nodeName)) return a.spec.nodeName ? -1 : 1;
  const left = `${a.metadata.creationTimestamp} ${a.metadata.name}`;
  const right = `${b.metadata.creationTimestamp} ${b.metadata.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Pods that a set may have too many while it is updated, of so many nodes. Models util.SurgeCount. */
export function surgeCount({ spec }: DaemonSet, nodes: number): number {
  return rolledCount(spec.updateStrategy?.rollingUpdate?.maxSurge, spec, nodes);
}

/** Nodes that may be without an available pod while a set is updated. Models util.UnavailableCount. */
export function unavailableCount({ spec }: DaemonSet, nodes: number): number {
  return rolledCount(spec.updateStrategy?.rollingUpdate?.maxUnavailable, spec, nodes);
}

function rolledCount(value: number | string | undefined, spec: DaemonSet["spec"], nodes: number): number {
  if (spec.updateStrategy?.type !== "RollingUpdate" || value === undefined) return 0;
  const count = scaledIntOrPercent(value, nodes, true);
  return count.ok ? count.value : 0;
}

/** Whether an update makes the new pod before it deletes the old one. Models util.AllowsSurge. */
export function allowsSurge(set: DaemonSet): boolean {
  return surgeCount(set, 1) > 0;
}
