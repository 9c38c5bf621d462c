import type { KubeObject } from "../object.ts";

// How volumes, claims and those who work on them tell each other what was done. Models component-helpers storage/volume.

/** On a claim: its binding went through once. */
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
/** On a volume or claim: the binder chose the other half, not a user. */
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
/** On a volume: who made it. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
/** On a claim: the node that the scheduler chose for its first pod. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** On a claim: who is to make its volume; the second is the old name. */
export const STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner";
export const OLD_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";

/** Finalizers that hold volumes while they are bound, and claims while a pod uses them. */
export const PV_PROTECTION = "kubernetes.io/pv-protection";
export const PVC_PROTECTION = "kubernetes.io/pvc-protection";

/** Where volumes and claims named their class before there was a field. */
export const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

/** Marks the class that claims without one get; the second is its old name. */
const DEFAULT_CLASS_ANNOTATIONS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

type Classed = KubeObject & { readonly spec: { readonly storageClassName?: string } };

// Models pkg/apis/core/v1/helper GetPersistentVolumeClass and GetPersistentVolumeClaimClass
/** The storage class of a volume or claim; empty where it has none. */
export function storageClassOf({ metadata, spec }: Classed): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? "";
}

// Models component-helpers storage/volume PersistentVolumeClaimHasClass
/** Whether a claim says anything about its class; an empty name is a word too. */
export function hasStorageClass({ metadata, spec }: Classed): boolean {
  return metadata.annotations?.[CLASS_ANNOTATION] !== undefined || spec.storageClassName !== undefined;
}

// Models pkg/apis/storage/util IsDefaultAnnotation
export function isDefaultClass({ metadata: { annotations } }: KubeObject): boolean {
  return DEFAULT_CLASS_ANNOTATIONS.some((name) => annotations?.[name] === "true");
}

/** The object with one more annotation. */
export function withAnnotation<T extends KubeObject>(object: T, name: string, value: string): T {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [name]: value } },
  };
}
