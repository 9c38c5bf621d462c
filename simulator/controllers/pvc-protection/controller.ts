import { keyOf } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim, PODS, type Pod } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { PVC_PROTECTION } from "../../api/volumes/annotations.ts";
import { claimKeysOfPod, claimsOfPod, foreignClaim } from "../../api/volumes/claims.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

// Models pkg/controller/volume/pvcprotection
/** Keeps deleted claims while a pod with a node mounts them. Keys are those of claims. */
export const pvcProtectionController: Controller = {
  name: "persistentvolumeclaim-protection-controller",
  watches: [
    watchRule(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => (type === "DELETED" ? [] : [keyOf(object)])),
    watchRule(PODS, claimsLetGo),
  ],
  create: ({ cache, client }) => ({
    reconcile(key): Outcome {
      const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key);
      if (claim === undefined) return undefined;
      const { metadata } = claim;
      const { finalizers = [], deletionTimestamp } = metadata;
      const isHeld = finalizers.includes(PVC_PROTECTION);
      const isUsed = () => [...cache.byIndex(PODS, "claim", key)].some((pod) => uses(pod, claim));
      const shallBeHeld = deletionTimestamp === undefined || (isHeld && isUsed());
      if (isHeld === shallBeHeld) return undefined;
      const others = finalizers.filter((one) => one !== PVC_PROTECTION);
      const next = shallBeHeld ? [...finalizers, PVC_PROTECTION] : others;
      const updated = client.update(PERSISTENT_VOLUME_CLAIMS, {
        ...claim,
        metadata: { ...metadata, finalizers: next },
      });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};

/** A pod that is gone, that its kubelet is done with, or that has just got a node (and so uses its claims now). */
function claimsLetGo({ type, object, previous }: Change<Pod>): readonly string[] {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  const isShutDown = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
  const isBound = previous !== undefined && previous.spec.nodeName !== object.spec.nodeName;
  if (type !== "DELETED" && !isShutDown && !isBound) return [];
  return claimKeysOfPod(object) ?? [];
}

/** Only what has a node counts: kubelets start no pod on a claim that is being deleted. */
function uses(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName) return false;
  return claimsOfPod(pod).some(
    ({ claimName, isEphemeral }) =>
      claimName === claim.metadata.name && (!isEphemeral || foreignClaim(pod, claim) === undefined),
  );
}
