import type { Cache } from "../../api/client.ts";
import { labelSelectorMatches } from "../../api/meta/labels.ts";
import { type Node, POD_DISRUPTION_BUDGETS, PODS, type Pod } from "../../api/refs.ts";
import { isPodTerminal } from "../shared/pods.ts";
import type { Room, SimulatedNode } from "./simulated-node.ts";

/** The flag scale-down-utilization-threshold. */
const UTILIZATION_THRESHOLD = 0.5;
const SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_LOCAL_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
const DISABLED = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
const MIRROR = "kubernetes.io/config.mirror";

/** A node that is not needed, and the pods that have to find another. */
export interface Unneeded {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

function isDaemon({ metadata }: Pod): boolean {
  return metadata.ownerReferences?.some(({ controller, kind }) => controller === true && kind === "DaemonSet") === true;
}

/** The pods of a node that count: neither daemons nor static ones, nor what has ended. */
export function podsToMove(cache: Cache, node: Node): readonly Pod[] {
  return [...cache.byIndex(PODS, "node", node.metadata.name)].filter(
    (pod) => !isPodTerminal(pod) && !isDaemon(pod) && pod.metadata.annotations?.[MIRROR] === undefined,
  );
}

function hasLocalStorage({ spec, metadata }: Pod): boolean {
  const safe = new Set((metadata.annotations?.[SAFE_LOCAL_VOLUMES] ?? "").split(","));
  return (spec.volumes ?? []).some(
    ({ name, emptyDir, hostPath }) => (emptyDir !== undefined || hostPath !== undefined) && !safe.has(name),
  );
}

/** Whether the budgets of a pod let it go now. */
export function budgetAllows(cache: Cache, { metadata }: Pod): boolean {
  return budgetsOf(cache, metadata).every(({ status }) => (status?.disruptionsAllowed ?? 0) > 0);
}

function budgetsOf(cache: Cache, { namespace = "", labels }: Pod["metadata"]) {
  return [...cache.byIndex(POD_DISRUPTION_BUDGETS, "namespace", namespace)].filter(
    ({ spec }) => spec?.selector !== undefined && labelSelectorMatches(spec.selector, labels),
  );
}

// Models cluster-autoscaler utils/drain and simulator/drainability/rules
/** Whether a pod may be moved for the sake of a smaller cluster. */
function isMovable(cache: Cache, pod: Pod): boolean {
  const { annotations, ownerReferences, namespace } = pod.metadata;
  const said = annotations?.[SAFE_TO_EVICT];
  if (said === "false" || !budgetAllows(cache, pod)) return false;
  if (said === "true") return true;
  if (!ownerReferences?.some(({ controller }) => controller === true)) return false;
  if (namespace === "kube-system" && budgetsOf(cache, pod.metadata).length === 0) return false;
  return !hasLocalStorage(pod);
}

// Models cluster-autoscaler core/scaledown/planner and eligibility
/**
 * A node's pods, when it is little used and all of them may go and would find room elsewhere; else undefined. `others` is
 * only asked for when there are pods to find room for: most idle nodes of a large cluster have none.
 */
export function unneeded(cache: Cache, node: Node, simulated: SimulatedNode, others: () => Room): Unneeded | undefined {
  if (node.metadata.annotations?.[DISABLED] === "true" || simulated.utilization >= UTILIZATION_THRESHOLD)
    return undefined;
  const pods = podsToMove(cache, node);
  if (pods.length === 0) return { node, pods };
  if (!pods.every((pod) => isMovable(cache, pod))) return undefined;
  const room = others();
  return pods.every((pod) => room.take(pod)) ? { node, pods } : undefined;
}
