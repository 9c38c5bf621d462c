import type { KubeObject } from "../../api/object.ts";

/** Where volumes and claims named their class before there was a field. */
export const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

type Classed = KubeObject & { readonly spec: { readonly storageClassName?: string } };

// Models pkg/apis/core/v1/helper GetPersistentVolumeClass and GetPersistentVolumeClaimClass
/** The storage class of a volume or claim; empty where it has none. */
export function storageClassOf({ metadata, spec }: Classed): string {
  return metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? "";
}
