import type { Deployment, PodTemplateSpec, ReplicaSet } from "../api/schema/generated/types.ts";
import { equalJson } from "../base/json.ts";

const HASH_LABEL = "pod-template-hash";

export interface OwnReplicaSets {
  /** The one whose pods are as the deployment wants them. */
  readonly current: ReplicaSet | undefined;
  /** The others, the oldest first. */
  readonly old: readonly ReplicaSet[];
}

// Models kubectl pkg/util/deployment findNewReplicaSet and findOldReplicaSets
/** A deployment's replica sets, out of those that its selector finds. */
export function ownReplicaSets(deployment: Deployment, found: readonly ReplicaSet[]): OwnReplicaSets {
  const uid = deployment.metadata?.uid;
  const createdAt = ({ metadata }: ReplicaSet) => `${metadata?.creationTimestamp}\n${metadata?.name}`;
  const own = found
    .filter(({ metadata }) =>
      metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid),
    )
    .sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  const wanted = withoutHash(deployment.spec?.template);
  const current = own.find(({ spec }) => equalJson(withoutHash(spec?.template), wanted));
  return { current, old: own.filter((each) => each !== current) };
}

/** A pod template without the label that tells replica sets apart. */
export function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  if (template === undefined) return undefined;
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
