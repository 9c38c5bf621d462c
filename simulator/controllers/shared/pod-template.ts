import type { Incoming, KubeObject } from "../../api/object.ts";
import type { Pod } from "../../api/refs.ts";
import type { OwnerReference, PodTemplateSpec } from "../../api/schema/generated/types.ts";

// Models apimachinery pkg/apis/meta/v1 NewControllerRef
export function controllerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

// Models pkg/controller GetPodFromTemplate
/**
 * A pod as a controller creates it, with a generated name. Its spec and labels are the template's own objects, so that
 * whoever works on pods can share what it found out by identity. `owners` may be shared among the pods of one owner.
 */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubeObject,
  owners: readonly OwnerReference[],
): Incoming<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { name, namespace } = owner.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: owners,
    },
    spec: template.spec ?? { containers: [] },
  };
}
