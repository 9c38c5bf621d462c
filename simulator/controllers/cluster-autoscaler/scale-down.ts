import type { Cache } from "../../api/client.ts";
import { labelSelectorMatches } from "../../api/meta/labels.ts";
import { keyOf } from "../../api/object.ts";
import { type Node, POD_DISRUPTION_BUDGETS, PODS, type Pod } from "../../api/refs.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import { PodInfo } from "../../scheduler/pod-info.ts";
import { isPodTerminal } from "../shared/pods.ts";
import { Room, type Scene } from "./scene.ts";

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
  readonly utilization: Utilization;
}

/** How much of a node is asked for, 0..1. Models simulator/utilization Info. */
export interface Utilization {
  readonly cpu: number;
  readonly memory: number;
  readonly resource: "cpu" | "memory";
  readonly most: number;
}

export function utilizationOf({ allocatable, requested }: NodeInfo): Utilization {
  const share = (used: number, capacity: number) => (capacity === 0 ? 0 : used / capacity);
  const cpu = share(requested.milliCpu, allocatable.milliCpu);
  const memory = share(requested.memoryBytes, allocatable.memoryBytes);
  return { cpu, memory, resource: cpu > memory ? "cpu" : "memory", most: Math.max(cpu, memory) };
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
  return (spec.volumes ?? []).some(({ name, emptyDir, hostPath }) => {
    const onDisk = emptyDir !== undefined && emptyDir.medium !== "Memory";
    return (onDisk || hostPath !== undefined) && !safe.has(name);
  });
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

/** Whether all of these may go at once: each budget allows as many as it guards of them. Models core/scaledown/pdb CanRemovePods. */
function budgetsAllowAll(cache: Cache, pods: readonly Pod[]): boolean {
  const guarded = new Map<string, { left: number }>();
  for (const pod of pods) {
    for (const budget of budgetsOf(cache, pod.metadata)) {
      const known = guarded.get(keyOf(budget)) ?? { left: budget.status?.disruptionsAllowed ?? 0 };
      known.left--;
      if (known.left < 0) return false;
      guarded.set(keyOf(budget), known);
    }
  }
  return true;
}

// Models cluster-autoscaler utils/drain and simulator/drainability/rules
/** Whether a pod may be moved for the sake of a smaller cluster. */
function isMovable(cache: Cache, pod: Pod): boolean {
  const { annotations, ownerReferences, namespace } = pod.metadata;
  const said = annotations?.[SAFE_TO_EVICT];
  if (said === "false") return false;
  if (said === "true") return true;
  if (!ownerReferences?.some(({ controller }) => controller === true)) return false;
  if (namespace === "kube-system" && budgetsOf(cache, pod.metadata).length === 0) return false;
  return !hasLocalStorage(pod);
}

// Models cluster-autoscaler core/scaledown/planner and eligibility
/**
 * Which of these nodes are not needed: little used, and all of their pods may go and would find room on `usable` nodes that
 * stay. What earlier ones would move takes its room first.
 */
export function findUnneeded(
  cache: Cache,
  scene: Scene,
  candidates: readonly Node[],
  usable: readonly Node[],
): readonly Unneeded[] {
  const found: Unneeded[] = [];
  const gone = new Set<string>();
  const nodes = usable.flatMap(({ metadata }) => scene.node(metadata.name) ?? []);
  scene.imagine(() => {
    let room = new Room(scene, nodes, gone);
    for (const node of candidates) {
      const { name } = node.metadata;
      const info = scene.node(name);
      if (info === undefined || node.metadata.annotations?.[DISABLED] === "true") continue;
      const utilization = utilizationOf(info);
      if (utilization.most >= UTILIZATION_THRESHOLD) continue;
      const pods = podsToMove(cache, node);
      gone.add(name);
      if (pods.length === 0 || canMove(cache, scene, info, pods, room)) {
        found.push({ node, pods, utilization });
        continue;
      }
      gone.delete(name);
      // What it remembers of full nodes was imagined.
      room = new Room(scene, nodes, gone);
    }
  });
  return found;
}

/** Imagines a node's pods on others, where they may go at all. */
function canMove(cache: Cache, scene: Scene, node: NodeInfo, pods: readonly Pod[], room: Room): boolean {
  if (!pods.every((pod) => isMovable(cache, pod)) || !budgetsAllowAll(cache, pods)) return false;
  let isDone = false;
  scene.imagine(() => {
    const infos = pods.flatMap((pod) => node.pods.get(keyOf(pod)) ?? []);
    for (const info of infos) scene.remove(info, node);
    isDone = infos.every(({ pod }) => {
      const { nodeName: _, ...spec } = pod.spec;
      return room.take(new PodInfo({ ...pod, spec }));
    });
    return isDone;
  });
  return isDone;
}
