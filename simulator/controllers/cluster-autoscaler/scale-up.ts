import type { Cache } from "../../api/client.ts";
import { type NodeGroup, PODS, type Pod } from "../../api/refs.ts";
import { SimulatedNode } from "./simulated-node.ts";

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
  readonly pods: readonly Pod[];
  readonly waste: number;
}

/** How a group grows, for whom, and why nothing is done for the others, by pod. */
export interface ScaleUpPlan {
  readonly group: NodeGroup | undefined;
  readonly size: number;
  readonly helped: readonly Pod[];
  readonly unhelped: ReadonlyMap<Pod, string>;
}

// Models cluster-autoscaler core/scaleup/orchestrator and expander/waste
/** Chooses the group whose new nodes take pods that fit nowhere and leave the least idle. `nodes`: there, or coming. */
export function planScaleUp(
  cache: Cache,
  groups: readonly NodeGroup[],
  nodes: readonly SimulatedNode[],
  pods: readonly Pod[],
): ScaleUpPlan {
  const homeless = pods.filter((pod) => !nodes.some((node) => node.take(pod)));
  const reasons = new Map<Pod, Map<string, number>>();
  const options: Option[] = [];
  for (const group of groups) {
    const option = optionOf(cache, group, homeless, (pod, reason) => {
      const counts = reasons.get(pod) ?? new Map<string, number>();
      reasons.set(pod, counts.set(reason, (counts.get(reason) ?? 0) + 1));
    });
    if (option !== undefined) options.push(option);
  }
  const [best] = options.sort((a, b) => a.waste - b.waste || (a.group.metadata.name < b.group.metadata.name ? -1 : 1));
  const helpable = new Set(options.flatMap((option) => option.pods));
  const unhelped = new Map<Pod, string>();
  for (const pod of homeless) if (!helpable.has(pod)) unhelped.set(pod, reasonText(reasons.get(pod)));
  const size = best === undefined ? 0 : best.group.spec.desiredSize + best.count;
  return { group: best?.group, size, helped: best?.pods ?? [], unhelped };
}

function reasonText(counts: ReadonlyMap<string, number> | undefined): string {
  return [...(counts ?? [])]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}

/** Fills new nodes of a group one after the other, up to its size. */
function optionOf(
  cache: Cache,
  group: NodeGroup,
  pods: readonly Pod[],
  refuse: (pod: Pod, reason: string) => void,
): Option | undefined {
  const room = (group.spec.maxSize ?? 0) - group.spec.desiredSize;
  const fresh = (nth: number) =>
    SimulatedNode.template(cache, group, `template-node-for-${group.metadata.name}-${nth}`);
  const nodes: SimulatedNode[] = [];
  const taken: Pod[] = [];
  for (const pod of pods) {
    if (nodes.some((node) => node.take(pod))) {
      taken.push(pod);
      continue;
    }
    const next = fresh(nodes.length);
    const problem = next.problem(pod);
    if (room <= 0) refuse(pod, "max node group size reached");
    else if (problem !== undefined) refuse(pod, problem);
    else if (nodes.length < room) {
      next.add(pod);
      nodes.push(next);
      taken.push(pod);
    }
  }
  if (taken.length === 0) return undefined;
  const waste = nodes.reduce((sum, node) => sum + node.waste, 0) / nodes.length;
  return { group, count: nodes.length, pods: taken, waste };
}
