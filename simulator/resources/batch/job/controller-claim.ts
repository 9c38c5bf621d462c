import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf } from "../../../api/object.ts";
import { type Job, PODS, type Pod } from "../../../api/refs.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { compiledSelector } from "../../../controllers/shared/ownership.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { isOwnedBy, isTracked, TRACKING_FINALIZER } from "./controller-pods.ts";

// Models pkg/controller/job getPodsForJob, and PodControllerRefManager.ClaimPods with a finalizer
/**
 * The pods of a job after it took in orphans that its selector matches, and let go what it no longer matches. With the
 * owner goes the finalizer that keeps a pod until it is counted.
 */
export function claimPods(context: ComponentContext, job: Job, orphans: readonly Pod[]): Result<Pod[], Status> {
  const selector = compiledSelector(job.spec.selector);
  const deleting = job.metadata.deletionTimestamp !== undefined;
  const claimed: Pod[] = [];
  let failure: Status | undefined;
  const write = (pod: Pod): Pod | undefined => {
    const written = context.client.update(PODS, pod);
    if (written.ok) return written.value;
    if (written.error.code !== 404) failure ??= written.error;
    return undefined;
  };
  for (const pod of [...context.cache.byIndex(PODS, "owner", job.metadata.uid)]) {
    if (!isOwnedBy(pod, job)) continue;
    if (matchesLabels(selector, pod.metadata.labels)) claimed.push(pod);
    else if (!deleting) write(released(pod, job));
  }
  for (const pod of deleting ? [] : orphans) {
    if (pod.metadata.deletionTimestamp !== undefined || controllerOf(pod) !== undefined) continue;
    if (!matchesLabels(selector, pod.metadata.labels)) continue;
    const own = write(adopted(pod, job));
    if (own !== undefined) claimed.push(own);
  }
  return failure === undefined ? ok(claimed) : fail(failure);
}

function adopted(pod: Pod, job: Job): Pod {
  const { ownerReferences = [], finalizers = [] } = pod.metadata;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ownerReferences: [...ownerReferences, controllerReference(job)],
      finalizers: isTracked(pod) ? finalizers : [...finalizers, TRACKING_FINALIZER],
    },
  };
}

function released(pod: Pod, job: Job): Pod {
  const owners = pod.metadata.ownerReferences?.filter(({ uid }) => uid !== job.metadata.uid);
  const ownerReferences = owners?.length ? owners : undefined;
  const untracked = withoutTracking(pod);
  return { ...untracked, metadata: { ...untracked.metadata, ownerReferences } };
}

/** A pod that may go as far as its job is concerned. */
export function withoutTracking(pod: Pod): Pod {
  const others = pod.metadata.finalizers?.filter((finalizer) => finalizer !== TRACKING_FINALIZER);
  return { ...pod, metadata: { ...pod.metadata, finalizers: others?.length ? others : undefined } };
}
