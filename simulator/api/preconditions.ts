import type { DeleteOptions } from "./client.ts";
import { conflict, invalid, type Status, staleObject } from "./errors.ts";
import type { Kind } from "./kind.ts";
import { fieldErrorMessage, invalid as invalidField, toCause } from "./meta/field-error.ts";
import { type KubeObject, keyOf } from "./object.ts";
import type { ResourceRef } from "./refs.ts";
import type { ObjectMeta } from "./schema/generated/types.ts";

/** What etcd's keys call some resources, for reasons of history. */
const STORED_UNDER: { readonly [id: string]: string } = {
  endpoints: "services/endpoints",
  nodes: "minions",
  replicationcontrollers: "controllers",
  services: "services/specs",
  "ingresses.networking.k8s.io": "ingress",
};

/** The key of an object in etcd, which some errors name. */
function storageKey({ id, plural }: ResourceRef<KubeObject>, key: string): string {
  return `/registry/${STORED_UNDER[id] ?? plural}/${key}`;
}

// Models the AllowUnconditionalUpdate of each resource's strategy
/** Resources, beside custom ones, whose objects nobody may replace without saying which version they have seen. */
const CONDITIONAL: ReadonlySet<string> = new Set([
  "apiservices.apiregistration.k8s.io",
  "csidrivers.storage.k8s.io",
  "csinodes.storage.k8s.io",
  "csistoragecapacities.storage.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "leases.coordination.k8s.io",
  "mutatingadmissionpolicies.admissionregistration.k8s.io",
  "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
  "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  "poddisruptionbudgets.policy",
  "runtimeclasses.node.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  "validatingwebhookconfigurations.admissionregistration.k8s.io",
  "volumeattachments.storage.k8s.io",
]);

/** No version, or 0 in as many digits as one likes, is that of no object. */
function namesVersion({ resourceVersion }: Pick<ObjectMeta, "resourceVersion">): boolean {
  if (resourceVersion === undefined || resourceVersion === "") return false;
  return !resourceVersion.startsWith("0") || !/^0*$/.test(resourceVersion);
}

// Models apiserver pkg/registry/generic/registry Store.Update
/** Why an update with this metadata does not fit the object as it stands; a trusted writer need not say a version. */
export function updatePrecondition(
  { ref, custom }: Pick<Kind, "ref" | "custom">,
  meta: ObjectMeta,
  old: KubeObject,
  trusted: boolean,
): Status | undefined {
  const { name, uid, resourceVersion } = old.metadata;
  if (meta.uid && meta.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${uid}`;
    const place = `Key: ${storageKey(ref, keyOf(old))}, ResourceVersion: 0`;
    return conflict(ref, name, `StorageError: invalid object, Code: 4, ${place}, AdditionalErrorMsg: ${why}`);
  }
  if (namesVersion(meta)) return meta.resourceVersion === resourceVersion ? undefined : staleObject(ref, name);
  const isConditional = custom !== undefined || CONDITIONAL.has(ref.id);
  return isConditional && !trusted ? versionRequired(ref, name) : undefined;
}

function versionRequired({ group, plural }: ResourceRef<KubeObject>, name: string): Status {
  const problem = invalidField("metadata.resourceVersion", 0, "must be specified for an update");
  return invalid({ group, kind: plural }, name, [fieldErrorMessage(problem)], [toCause(problem)]);
}

/** Why a deletion with these options does not fit the object as it stands. */
export function deletePrecondition(
  { ref }: Pick<Kind, "ref">,
  options: DeleteOptions,
  old: KubeObject,
): Status | undefined {
  const { uid, resourceVersion, name } = old.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`;
    return conflict(ref, name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
    return conflict(ref, name, why);
  }
  return undefined;
}
