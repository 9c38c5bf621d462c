import type { Cache } from "../../../api/client.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import { scaledIntOrPercent } from "../../../api/meta/intstr.ts";
import { controllerOf, joinKey, type KubeObject } from "../../../api/object.ts";
import {
  DEPLOYMENTS,
  type Pod,
  type PodDisruptionBudget,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type ResourceRef,
  STATEFUL_SETS,
} from "../../../api/refs.ts";
import type { OwnerReference } from "../../../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { ServedResource } from "../../../controller-runtime/component.ts";

/** How many pods there are to be, how many of them healthy, and which of them nobody controls. */
export interface Expected {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly unmanaged: readonly string[];
}

type Scaled = KubeObject & { readonly spec: { readonly replicas?: number } };

/** The kinds that say how many pods they want. */
const SCALED = [REPLICATION_CONTROLLERS, REPLICA_SETS, STATEFUL_SETS, DEPLOYMENTS] as readonly ResourceRef<Scaled>[];

// Models pkg/controller/disruption getExpectedPodCount
/** An error says why nothing can be expected. */
export function expectedOf(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  cache: Cache,
  resources: readonly ServedResource[],
): Result<Expected, string> {
  const { maxUnavailable, minAvailable } = spec;
  if (maxUnavailable === undefined && typeof minAvailable === "number") {
    return ok({ expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: [] });
  }
  const limit = maxUnavailable ?? minAvailable;
  if (limit === undefined) return ok({ expectedPods: 0, desiredHealthy: 0, unmanaged: [] });
  const scale = expectedScale(pods, cache, resources);
  if (!scale.ok) return scale;
  const { total, unmanaged } = scale.value;
  const count = scaledIntOrPercent(limit, total, true);
  if (!count.ok) return count;
  const desiredHealthy = maxUnavailable === undefined ? count.value : Math.max(0, total - count.value);
  return ok({ expectedPods: total, desiredHealthy, unmanaged });
}

// Models pkg/controller/disruption getExpectedScale
/** The scales of all that control some of the pods, added up. */
function expectedScale(
  pods: readonly Pod[],
  cache: Cache,
  resources: readonly ServedResource[],
): Result<{ readonly total: number; readonly unmanaged: readonly string[] }, string> {
  const scales = new Map<string, number>();
  const known = new Map<string, string>();
  const unmanaged: string[] = [];
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged.push(pod.metadata.name);
      continue;
    }
    // Upstream asks again where a deployment stands behind the owner; the answer is the same.
    if (known.has(owner.uid)) continue;
    const found = scaleOf(owner, pod.metadata.namespace ?? "", cache, resources);
    if (!found.ok) return found;
    if (found.value === undefined) return fail(`found no controllers for pod ${goQuote(pod.metadata.name)}`);
    known.set(owner.uid, found.value.uid);
    scales.set(found.value.uid, found.value.replicas);
  }
  return ok({ total: [...scales.values()].reduce((sum, count) => sum + count, 0), unmanaged });
}

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

// Models pkg/controller/disruption finders
/** How many pods the owner wants; of a Deployment's ReplicaSet, the Deployment. */
function scaleOf(
  owner: OwnerReference,
  namespace: string,
  cache: Cache,
  resources: readonly ServedResource[],
): Result<Scale | undefined, string> {
  const ref = SCALED.find((each) => isOf(owner, each));
  if (ref === undefined) return withoutScale(owner, resources);
  const object = liveOwner(owner, ref, namespace, cache);
  if (object === undefined) return ok(undefined);
  const above = ref.id === REPLICA_SETS.id ? controllerOf(object) : undefined;
  const deployment = above && isOf(above, DEPLOYMENTS) ? liveOwner(above, DEPLOYMENTS, namespace, cache) : undefined;
  const { metadata, spec } = deployment ?? object;
  return ok({ uid: metadata.uid, replicas: spec.replicas ?? 1 });
}

// Models pkg/controller/disruption getScaleController, for what has no scale
function withoutScale(owner: OwnerReference, resources: readonly ServedResource[]): Result<undefined, string> {
  const { apiVersion, kind } = owner;
  const served = resources.find(({ ref }) => isOf(owner, ref));
  if (served === undefined) return fail(`no matches for kind ${goQuote(kind)} in version ${goQuote(apiVersion)}`);
  return fail(`${served.ref.id} does not implement the scale subresource`);
}

function isOf({ apiVersion, kind }: OwnerReference, ref: ResourceRef<KubeObject>): boolean {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return kind === ref.kind && group === ref.group;
}

function liveOwner<T extends KubeObject>(
  { name, uid }: OwnerReference,
  ref: ResourceRef<T>,
  namespace: string,
  cache: Cache,
): T | undefined {
  const object = cache.get(ref, joinKey(namespace, name));
  return object?.metadata.uid === uid ? object : undefined;
}
