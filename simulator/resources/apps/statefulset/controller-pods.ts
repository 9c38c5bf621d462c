import { controllerOf } from "../../../api/object.ts";
import type { Pod, StatefulSet } from "../../../api/refs.ts";
import type { PodTemplateSpec, Volume } from "../../../api/schema/generated/types.ts";
import { REVISION_HASH_LABEL } from "../../../controllers/shared/history.ts";
import { controllerReference, podFromTemplate } from "../../../controllers/shared/pod-template.ts";
import { isPodReady, msUntilAvailable, type ParseMs } from "../../../controllers/shared/pods.ts";

// Models pkg/controller/statefulset stateful_set_utils.go: who a pod of a stateful set is, and how it is.

const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";
const MAX_INT32 = 2 ** 31 - 1;

/** A pod of the set, or one that is to be made. */
export interface Replica {
  readonly ordinal: number;
  readonly name: string;
  /** The pod as stored; undefined before it is made. */
  readonly pod: Pod | undefined;
  /** The name of its revision: of a pod to be made, the one that it will have. */
  readonly revision: string;
}

interface Identity {
  readonly parent: string;
  readonly ordinal: number;
}

/** What a name says; undefined when it does not end in an ordinal. Models getParentNameAndOrdinal. */
export function identityOf(podName: string): Identity | undefined {
  const [, parent, digits] = /^(.*)-([0-9]+)$/.exec(podName) ?? [];
  const ordinal = Number(digits);
  return parent === undefined || ordinal > MAX_INT32 ? undefined : { parent, ordinal };
}

export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return identityOf(pod.metadata.name)?.parent === set.metadata.name;
}

export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

export function desiredReplicas({ spec }: StatefulSet): number {
  return spec.replicas ?? 1;
}

export function isOrdinalInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + desiredReplicas(set);
}

export function revisionOfPod({ metadata }: Pod): string {
  return metadata.labels?.[REVISION_HASH_LABEL] ?? "";
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status.phase === "Running" && isPodReady(pod);
}

/** Tells which pods are available at one instant, and when the next one will be. */
export class Availability {
  readonly #minReadySeconds: number;
  readonly #nowMs: number;
  readonly #parseMs: ParseMs;

  constructor(minReadySeconds: number, nowMs: number, parseMs: ParseMs) {
    this.#minReadySeconds = minReadySeconds;
    this.#nowMs = nowMs;
    this.#parseMs = parseMs;
  }

  has(pod: Pod): boolean {
    return msUntilAvailable(pod, this.#minReadySeconds, this.#nowMs, this.#parseMs) === 0;
  }

  /** Out of service, or about to be. Models isUnavailable. */
  lacks(pod: Pod | undefined): boolean {
    return pod === undefined || !isRunningAndReady(pod) || !this.has(pod) || isTerminating(pod);
  }

  /** Milliseconds until one more pod is available; undefined when none is ready and waits for it. */
  nextMs(pods: readonly Pod[]): number | undefined {
    let nextMs: number | undefined;
    for (const pod of this.#minReadySeconds === 0 ? [] : pods) {
      const waitMs = msUntilAvailable(pod, this.#minReadySeconds, this.#nowMs, this.#parseMs);
      if (waitMs !== undefined && waitMs > 0) nextMs = Math.min(waitMs, nextMs ?? waitMs);
    }
    return nextMs;
  }
}

// Models pkg/controller/statefulset newStatefulSetPod
/** A pod to be made: its template's, with its own name, hostname and claims. */
export function newPod(set: StatefulSet, template: PodTemplateSpec, { name, ordinal, revision }: Replica) {
  const { metadata, spec } = podFromTemplate(template, set, [controllerReference(set)]);
  const labels = { ...metadata.labels, ...identityLabels(name, ordinal), [REVISION_HASH_LABEL]: revision };
  const volumes = volumesOf(set, ordinal, spec.volumes);
  const { subdomain: _, ...rest } = spec;
  return {
    metadata: { ...metadata, name, labels },
    spec: {
      ...rest,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(volumes !== undefined && { volumes }),
    },
  };
}

function identityLabels(name: string, ordinal: number): { readonly [label: string]: string } {
  return { [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal) };
}

/** Volumes with the set's claims in front; a volume of a claim's name gives way to it. Models updateStorage. */
function volumesOf(
  set: StatefulSet,
  ordinal: number,
  own: readonly Volume[] | undefined,
): readonly Volume[] | undefined {
  const names = claimNames(set);
  if (names.length === 0) return own;
  const claimed = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(set, name, ordinal) },
  }));
  return [...claimed, ...(own ?? []).filter((volume) => !names.includes(volume.name))];
}

function claimNames({ spec }: StatefulSet): readonly string[] {
  return [...new Set((spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? ""))];
}

/** The name of a pod's claim, of the template's name. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${set.metadata.name}-${ordinal}`;
}

// Models pkg/controller/statefulset identityMatches, storageMatches
/** Whether a stored pod is still labelled with its name, and mounts the set's claims. */
export function isTrueToSet(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  if (pod.metadata.labels?.[POD_NAME_LABEL] !== pod.metadata.name) return false;
  return claimNames(set).every((name) => {
    const volume = pod.spec.volumes?.find((other) => other.name === name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, name, ordinal);
  });
}

/** A stored pod with its labels and volumes put right. */
export function mendedPod(set: StatefulSet, pod: Pod, ordinal: number): Pod {
  const labels = { ...pod.metadata.labels, ...identityLabels(pod.metadata.name, ordinal) };
  const volumes = volumesOf(set, ordinal, pod.spec.volumes);
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, ...(volumes !== undefined && { volumes }) },
  };
}

/** Whether a set controls a pod. */
export function isControlledBy(set: StatefulSet, pod: Pod): boolean {
  return controllerOf(pod)?.uid === set.metadata.uid;
}
