import { internalError, type Status } from "../../../api/errors.ts";
import { joinKey } from "../../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim, type Pod, type StatefulSet } from "../../../api/refs.ts";
import type { OwnerReference } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { claimName, isOrdinalInRange } from "./controller-pods.ts";

// Claims of a stateful set's pods. Models pkg/controller/statefulset stateful_pod_control.go.

interface Named {
  readonly name: string;
  readonly ordinal: number;
}

function claimKeys(set: StatefulSet, ordinal: number): readonly string[] {
  const templates = set.spec.volumeClaimTemplates ?? [];
  return templates.map(({ metadata }) =>
    joinKey(set.metadata.namespace, claimName(set, metadata?.name ?? "", ordinal)),
  );
}

// Models createPersistentVolumeClaims
/** Makes the claims that a pod mounts and that are not there. Returns why not all of them are. */
export function createClaims(
  context: ComponentContext,
  set: StatefulSet,
  { name, ordinal }: Named,
): Status | undefined {
  const errors: string[] = [];
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const claim = newClaim(set, template, ordinal);
    const { name: claimed } = claim.metadata;
    const known = context.cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(set.metadata.namespace, claimed));
    if (known !== undefined) {
      if (known.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${claimed} is being deleted`);
      continue;
    }
    const created = context.client.create(PERSISTENT_VOLUME_CLAIMS, claim);
    const { name: setName } = set.metadata;
    if (created.ok) {
      const message = `Create Claim ${claimed} Pod ${name} in StatefulSet ${setName} success`;
      context.recordEvent(set, { type: "Normal", reason: "SuccessfulCreate", message });
    } else {
      const why = created.error.message;
      errors.push(`failed to create PVC ${claimed}: ${why}`);
      const message = `Create Claim ${claimed} for Pod ${name} in StatefulSet ${setName} failed error: ${why}`;
      context.recordEvent(set, { type: "Warning", reason: "FailedCreate", message });
    }
  }
  if (errors.length === 0) return undefined;
  return internalError(errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`);
}

// Models getPersistentVolumeClaims
function newClaim(
  set: StatefulSet,
  { metadata, spec, status }: NonNullable<StatefulSet["spec"]["volumeClaimTemplates"]>[number],
  ordinal: number,
) {
  const { namespace } = set.metadata;
  const name = claimName(set, metadata?.name ?? "", ordinal);
  const labels = { ...metadata?.labels, ...set.spec.selector.matchLabels };
  return {
    metadata: { ...metadata, name, namespace, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: spec ?? {},
    ...(status && { status }),
  };
}

// Models PodClaimIsStale
/** Whether a claim still belongs to a pod of that name that is gone: it will go too, and has to before there is a new one. */
export function hasStaleClaim({ cache }: ComponentContext, set: StatefulSet, { name, ordinal }: Named): boolean {
  return claimKeys(set, ordinal).some((key) => {
    const owners = cache.get(PERSISTENT_VOLUME_CLAIMS, key)?.metadata.ownerReferences ?? [];
    return owners.some((owner) => owner.kind === "Pod" && owner.name === name);
  });
}

// Models ClaimsMatchRetentionPolicy
/** Whether a pod's claims belong to whom the set's retention policy says; what is not there matches. */
export function claimsMatchRetention(
  { cache }: ComponentContext,
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
): boolean {
  return claimKeys(set, ordinal).every((key) => {
    const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key);
    return claim === undefined || ownersByPolicy(set, pod, ordinal, claim) === claim.metadata.ownerReferences;
  });
}

// Models UpdatePodClaimForRetentionPolicy
/** Gives a pod's claims the owners that the set's retention policy says. */
export function applyRetention(
  { cache, client }: ComponentContext,
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
): Status | undefined {
  for (const key of claimKeys(set, ordinal)) {
    const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key);
    if (claim === undefined) continue;
    const ownerReferences = ownersByPolicy(set, pod, ordinal, claim);
    if (ownerReferences === claim.metadata.ownerReferences) continue;
    const metadata = { ...claim.metadata, ownerReferences };
    const updated = client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata });
    if (!updated.ok) return updated.error;
  }
  return undefined;
}

// Models updateClaimOwnerRefForSetAndPod
/** The owners that a claim should have: the very list that it has, where that is right. */
function ownersByPolicy(
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
  { metadata: { ownerReferences } }: PersistentVolumeClaim,
): readonly OwnerReference[] | undefined {
  const { whenDeleted = "Retain", whenScaled = "Retain" } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const isOurs = ({ kind, name }: OwnerReference) =>
    (kind === "StatefulSet" && name === set.metadata.name) || (kind === "Pod" && name === pod.metadata.name);
  const others = (ownerReferences ?? []).filter((owner) => !isOurs(owner));
  // Somebody else manages it: hands off.
  if (others.some(({ controller }) => controller === true)) return ownerReferences;
  const owners = [...others];
  if (whenScaled === "Delete" && !isOrdinalInRange(set, ordinal)) owners.push(controllerReference(pod));
  else if (whenDeleted === "Delete") owners.push(controllerReference(set));
  if (equalJson(owners, ownerReferences ?? [])) return ownerReferences;
  return owners.length > 0 ? owners : undefined;
}
