import type { Cache } from "../../api/client.ts";
import { type NodeGroup, PODS, type Pod } from "../../api/refs.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import { PodInfo } from "../../scheduler/pod-info.ts";
import { Room, type Scene } from "./scene.ts";
import { daemonsOf, imagineNode } from "./template.ts";

/** The flag expendable-pods-priority-cutoff: what is below gets no nodes of its own. */
const PRIORITY_CUTOFF = -10;

// Models cluster-autoscaler core/static_autoscaler.go: which pods wait for room
/** Pods that the scheduler found no node for, the most important first. */
export function waitingPods(cache: Cache): readonly Pod[] {
  const waiting = [...cache.byIndex(PODS, "waiting", "unschedulable")].filter(
    ({ metadata, status, spec }) =>
      metadata.deletionTimestamp === undefined && !status.nominatedNodeName && (spec.priority ?? 0) >= PRIORITY_CUTOFF,
  );
  const priority = ({ spec }: Pod) => spec.priority ?? 0;
  return waiting.sort((a, b) => priority(b) - priority(a));
}

/** What a group could do for the pods that wait. */
interface Option {
  readonly group: NodeGroup;
  readonly count: number;
  readonly pods: readonly PodInfo[];
  readonly waste: number;
}

/** How a group grows, for whom, and why nothing is done for the others, by pod. */
export interface ScaleUpPlan {
  readonly group: NodeGroup | undefined;
  readonly size: number;
  readonly helped: readonly Pod[];
  readonly unhelped: ReadonlyMap<Pod, string>;
}

/** What there is to grow from. */
export interface Situation {
  readonly groups: readonly NodeGroup[];
  /** Nodes that take pods. */
  readonly nodes: readonly NodeInfo[];
  /** How many nodes of a group are on their way. */
  upcoming(group: NodeGroup): number;
  readonly pods: readonly Pod[];
}

type Reasons = Map<PodInfo, Map<string, number>>;

// Models cluster-autoscaler core/scaleup/orchestrator and expander/waste
/** Chooses the group whose new nodes take pods that fit nowhere and leave the least idle. */
export function planScaleUp(cache: Cache, scene: Scene, situation: Situation): ScaleUpPlan {
  const daemons = daemonsOf(cache);
  const options: Option[] = [];
  const reasons: Reasons = new Map();
  scene.imagine(() => {
    const homeless = withoutRoom(scene, situation, daemons);
    for (const group of situation.groups) {
      scene.imagine(() => {
        const option = optionOf(scene, group, homeless, daemons, reasons);
        if (option !== undefined) options.push(option);
      });
    }
  });
  const [best] = options.sort((a, b) => a.waste - b.waste || (a.group.metadata.name < b.group.metadata.name ? -1 : 1));
  const helpable = new Set(options.flatMap((option) => option.pods));
  const unhelped = new Map<Pod, string>();
  for (const [info, why] of reasons) {
    // A pod that would fit a node beyond the group's size is told so when the group has that size.
    if (!helpable.has(info)) unhelped.set(info.pod, reasonText(why));
  }
  const size = best === undefined ? 0 : best.group.spec.desiredSize + best.count;
  return { group: best?.group, size, helped: (best?.pods ?? []).map(({ pod }) => pod), unhelped };
}

/** Imagines the pods on nodes that are there or on their way. Those that are left fit nowhere. */
function withoutRoom(
  scene: Scene,
  { groups, nodes, upcoming, pods }: Situation,
  daemons: readonly PodInfo[],
): readonly PodInfo[] {
  const coming = groups.flatMap((group) =>
    Array.from({ length: Math.max(0, upcoming(group)) }, (_, nth) =>
      imagineNode(scene, group, daemons, "upcoming", nth),
    ),
  );
  const room = new Room(scene, [...nodes, ...coming]);
  return pods.map((pod) => new PodInfo(pod)).filter((info) => !room.take(info));
}

function reasonText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}

/** Fills new nodes of a group one after the other, up to its size. */
function optionOf(
  scene: Scene,
  group: NodeGroup,
  pods: readonly PodInfo[],
  daemons: readonly PodInfo[],
  reasons: Reasons,
): Option | undefined {
  const most = (group.spec.maxSize ?? 0) - group.spec.desiredSize;
  const refuse = (pod: PodInfo, why: readonly string[]) => {
    const counts = reasons.get(pod) ?? new Map<string, number>();
    for (const reason of why) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    reasons.set(pod, counts);
  };
  const nodes: NodeInfo[] = [];
  const room = new Room(scene, nodes);
  const taken: PodInfo[] = [];
  for (const pod of pods) {
    if (most <= 0) refuse(pod, ["max node group size reached"]);
    else if (room.take(pod)) taken.push(pod);
    else {
      scene.imagine(() => {
        const node = imagineNode(scene, group, daemons, "template-node-for", nodes.length);
        const status = scene.ask(pod)(node);
        if (status !== undefined) refuse(pod, status.reasons);
        if (status !== undefined || nodes.length >= most) return false;
        scene.add(pod, node);
        nodes.push(node);
        room.grow(node);
        taken.push(pod);
        return true;
      });
    }
  }
  return taken.length === 0 ? undefined : { group, count: nodes.length, pods: taken, waste: wasteOf(nodes, taken) };
}

/** The share of new processors and memory that none of the pods asks for. Models expander/waste BestOptions. */
function wasteOf(nodes: readonly NodeInfo[], pods: readonly PodInfo[]): number {
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  const free = (used: number, capacity: number) => (capacity === 0 ? 0 : 1 - used / capacity);
  const asked = pods.map(({ requests }) => requests);
  return (
    free(sum(asked.map(({ milliCpu }) => milliCpu)), sum(nodes.map(({ allocatable }) => allocatable.milliCpu))) +
    free(sum(asked.map(({ memoryBytes }) => memoryBytes)), sum(nodes.map(({ allocatable }) => allocatable.memoryBytes)))
  );
}
