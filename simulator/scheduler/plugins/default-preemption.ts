import { PODS } from "../../api/refs.ts";
import { withCondition } from "../conditions.ts";
import {
  failure,
  isStatus,
  type NodeFilter,
  type PluginDefinition,
  type PluginHandle,
  type PostFilterAnswer,
  type Rejection,
  rejected,
  type Status,
  unresolvable,
} from "../framework.ts";
import { fitErrorText } from "../messages.ts";
import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";
import { type Candidate, NO_VICTIMS, pickCandidate, selectVictims } from "../preemption.ts";

const NAME = "DefaultPreemption";
const NOT_HELPFUL = unresolvable(NAME, "Preemption is not helpful for scheduling");

/** Why the pod may not preempt now. Models PodEligibleToPreemptOthers. */
function ineligible({ pod, priority }: PodInfo, { nodes }: PluginHandle, rejection: Rejection): string | undefined {
  if (pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const nominated = pod.status.nominatedNodeName;
  const node = nominated ? nodes.get(nominated) : undefined;
  if (node === undefined) return undefined;
  const status = rejection.statuses[rejection.nodes.indexOf(node)] ?? rejection.absent;
  if (status?.code === "UnschedulableAndUnresolvable") return undefined;
  for (const other of node.pods.values()) {
    if (other.priority < priority && isBeingPreempted(other)) {
      return "not eligible due to a terminating pod on the nominated node.";
    }
  }
  return undefined;
}

function isBeingPreempted({ isTerminating, pod }: PodInfo): boolean {
  const conditions = pod.status.conditions ?? [];
  return (
    isTerminating &&
    conditions.some(
      ({ type, status, reason }) =>
        type === "DisruptionTarget" && status === "True" && reason === "PreemptionByScheduler",
    )
  );
}

interface Search {
  readonly candidates: readonly Candidate[];
  readonly nodes: readonly NodeInfo[];
  readonly statuses: readonly Status[];
}

/** Tries nodes from a random one on until there are enough candidates. Models DryRunPreemption. */
function search(pod: PodInfo, handle: PluginHandle, rejection: Rejection, filter: NodeFilter): Search {
  const { context, nodes, objects, options } = handle;
  const possible = rejection.nodes.filter((_, index) => rejection.statuses[index]?.code === "Unschedulable");
  if (possible.length === 0) return { candidates: [], nodes: [], statuses: [] };
  // Where nobody is less important, no node need be asked.
  if (nodes.lowestPriority() >= pod.priority) {
    return { candidates: [], nodes: possible, statuses: possible.map(() => NO_VICTIMS) };
  }
  const budgets = options.disruptionBudgets ? [...objects.list(options.disruptionBudgets)] : [];
  const share = Math.trunc((possible.length * options.minCandidateNodesPercentage) / 100);
  const enough = Math.min(Math.max(share, options.minCandidateNodesAbsolute), possible.length);
  const offset = context.random("preemption").below(possible.length);
  const candidates: Candidate[] = [];
  const rejectedNodes: NodeInfo[] = [];
  const statuses: Status[] = [];
  let unviolated = 0;
  for (let turn = 0; turn < possible.length; turn++) {
    const node = possible[(offset + turn) % possible.length] as NodeInfo;
    const result = selectVictims(pod, node, nodes, filter, budgets, context);
    if (isStatus(result)) {
      rejectedNodes.push(node);
      statuses.push(result);
    } else {
      candidates.push(result);
      if (result.violations === 0) unviolated++;
      if (unviolated > 0 && candidates.length >= enough) break;
    }
  }
  return { candidates, nodes: rejectedNodes, statuses };
}

/** Marks and deletes a victim; a victim that is gone already is fine. Models the Evaluator's PreemptPod. */
function preempt(pod: PodInfo, victim: PodInfo, nodeName: string, { client, context }: PluginHandle) {
  const current = client.cache.get(PODS, victim.key);
  if (current === undefined || current.metadata.uid !== victim.uid) return undefined;
  const message = `${pod.pod.spec.schedulerName}: preempting to accommodate a higher priority pod`;
  const condition = { type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler", message };
  const marked = withCondition(current, condition, context.now);
  const written = marked === current ? undefined : client.updateStatus(PODS, marked);
  if (written !== undefined && !written.ok) return written.error.code === 404 ? undefined : written.error;
  const deleted = client.delete(PODS, victim.key, { uid: victim.uid });
  if (!deleted.ok) return deleted.error.code === 404 ? undefined : deleted.error;
  context.recordEvent(current, {
    type: "Normal",
    reason: "Preempted",
    action: "Preempting",
    message: `Preempted by pod ${pod.uid} on node ${nodeName}`,
  });
  return undefined;
}

/** Pods of lower priority that waited for this node must look again. Models clearNominatedNodeName. */
function clearNominations(pod: PodInfo, nodeName: string, { client, nominatedTo }: PluginHandle): void {
  for (const other of [...nominatedTo(nodeName)]) {
    if (other.priority >= pod.priority) continue;
    const current = client.cache.get(PODS, other.key);
    if (!current?.status.nominatedNodeName) continue;
    const { nominatedNodeName: _, ...status } = current.status;
    client.updateStatus(PODS, { ...current, status });
  }
}

/** Makes room for a pod by deleting less important ones. Models plugins/defaultpreemption and framework/preemption. */
export const defaultPreemption: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: (handle) => ({
    name: NAME,
    postFilter: (pod, rejection, filter): PostFilterAnswer => {
      const why = ineligible(pod, handle, rejection);
      if (why !== undefined) return { status: rejected(NAME, `preemption: ${why}`) };
      const found = search(pod, handle, rejection, filter);
      const best = pickCandidate(found.candidates, handle.context);
      if (best === undefined) {
        const text = fitErrorText({ ...found, absent: NOT_HELPFUL, nodeCount: handle.nodes.size });
        return { nominatedNode: "", status: rejected(NAME, `preemption: ${text}`) };
      }
      clearNominations(pod, best.node.name, handle);
      for (const victim of best.victims) {
        if (victim.isTerminating) continue;
        const error = preempt(pod, victim, best.node.name, handle);
        if (error !== undefined) return { status: failure(NAME, `preemption: ${error.message}`) };
      }
      return { nominatedNode: best.node.name };
    },
  }),
};
