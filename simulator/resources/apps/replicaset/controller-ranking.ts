import type { Cache } from "../../../api/client.ts";
import { controllerOf } from "../../../api/object.ts";
import { PODS, type Pod, REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import type { ContainerStatus } from "../../../api/schema/generated/types.ts";
import { isPodActive, type ParseMs, readyCondition } from "../../../controllers/shared/pods.ts";

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const MAX_INT32 = 2 ** 31 - 1;
const NS_PER_MS = 1e6;

/** What decides between two pods, found out once a pod. */
interface Ranked {
  readonly pod: Pod;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** Active pods of the same family on its node. */
  readonly crowd: number;
  readonly readyMs: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdMs: number;
}

export interface RankingOptions {
  readonly pods: readonly Pod[];
  readonly replicaSet: ReplicaSet;
  readonly cache: Cache;
  readonly nowMs: number;
  readonly parseMs: ParseMs;
}

// Models pkg/controller/replicaset getPodsToDelete
/** The `count` pods that are the least worth keeping. */
export function podsToDelete(options: RankingOptions, count: number): readonly Pod[] {
  const { pods, nowMs } = options;
  if (count >= pods.length) return pods;
  const crowds = podsByNode(options);
  const ranked = pods.map((pod) => rank(pod, crowds, options.parseMs));
  ranked.sort((a, b) => comparePods(a, b, nowMs));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

// Models pkg/controller/replicaset getIndirectlyRelatedPods
/** Active pods of all ReplicaSets of the same controller, counted by node. */
function podsByNode({ replicaSet, cache }: RankingOptions): ReadonlyMap<string, number> {
  const owner = controllerOf(replicaSet)?.uid;
  const family =
    owner === undefined
      ? [replicaSet]
      : [...cache.byIndex(REPLICA_SETS, "owner", owner)].filter((other) => controllerOf(other)?.uid === owner);
  const counts = new Map<string, number>();
  for (const { metadata } of family) {
    for (const pod of cache.byIndex(PODS, "owner", metadata.uid)) {
      const node = pod.spec.nodeName ?? "";
      if (isPodActive(pod) && controllerOf(pod)?.uid === metadata.uid) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
  }
  return counts;
}

function rank(pod: Pod, crowds: ReadonlyMap<string, number>, parseMs: ParseMs): Ranked {
  const { status, spec, metadata } = pod;
  const ready = readyCondition(pod);
  const isReady = ready?.status === "True";
  const sidecars = new Set(
    spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name),
  );
  return {
    pod,
    assigned: Boolean(spec.nodeName),
    phase: status.phase === "Pending" ? 0 : status.phase === "Unknown" ? 1 : 2,
    ready: isReady,
    cost: deletionCost(metadata.annotations?.[DELETION_COST]),
    crowd: crowds.get(spec.nodeName ?? "") ?? 0,
    readyMs: isReady && ready.lastTransitionTime ? parseMs(ready.lastTransitionTime) : undefined,
    restarts: mostRestarts(status.containerStatuses ?? []),
    sidecarRestarts: mostRestarts((status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))),
    createdMs: parseMs(metadata.creationTimestamp),
  };
}

/** A wrong cost counts as none. */
function deletionCost(text: string | undefined): number {
  if (text === undefined || !/^(0|-?[1-9][0-9]*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost > MAX_INT32 || cost < -MAX_INT32 - 1 ? 0 : cost;
}

function mostRestarts(statuses: readonly ContainerStatus[]): number {
  return statuses.reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}

// Models pkg/controller ActivePodsWithRanks.Less
/** Negative when `a` should be deleted before `b`. */
function comparePods(a: Ranked, b: Ranked, nowMs: number): number {
  if (a.assigned !== b.assigned) return a.assigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.crowd !== b.crowd) return b.crowd - a.crowd;
  if (a.ready && b.ready && a.readyMs !== b.readyMs) {
    if (a.readyMs === undefined || b.readyMs === undefined) return a.readyMs === undefined ? -1 : 1;
    return compareAges(a, b, a.readyMs, b.readyMs, nowMs);
  }
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.createdMs !== b.createdMs) return compareAges(a, b, a.createdMs, b.createdMs, nowMs);
  return 0;
}

/** The younger goes first; ages of the same power of two are equal, and the uid, as good as a lot, decides. */
function compareAges(a: Ranked, b: Ranked, aMs: number, bMs: number, nowMs: number): number {
  const difference = logarithmOfAge(aMs, nowMs) - logarithmOfAge(bMs, nowMs);
  if (difference !== 0) return difference;
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
}

function logarithmOfAge(sinceMs: number, nowMs: number): number {
  return nowMs > sinceMs ? Math.floor(Math.log2((nowMs - sinceMs) * NS_PER_MS)) : -1;
}
