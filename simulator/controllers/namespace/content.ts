import type { Status } from "../../api/errors.ts";
import { type KubeObject, keyOf } from "../../api/object.ts";
import { type Namespace, PODS, type ResourceRef } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { isPodTerminal } from "../shared/pods.ts";
import type { Remains } from "./conditions.ts";

/** How long finalizers are given when nothing better is known. */
const FINALIZER_ESTIMATE_SECONDS = 15;

export interface Pass {
  /** Seconds that the rest will take, roughly; 0: nothing is left, or nothing that will go by itself. */
  readonly estimateSeconds: number;
  /** What to say of it in the conditions. */
  readonly remains: Remains;
}

/** One resource's share of a pass. */
interface Share {
  readonly estimateSeconds: number;
  readonly left: readonly KubeObject[];
  readonly error?: string;
}

// Models pkg/controller/namespace/deletion deleteAllContent
/** Deletes what is in a namespace: pods first, and all else when they are gone. */
export function deleteContent(context: ComponentContext, namespace: Namespace): Pass {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const errors: string[] = [];
  let estimateSeconds = 0;
  const others = context.resources().filter(({ ref, namespaced }) => namespaced && ref.id !== PODS.id);
  for (const ref of [PODS as ResourceRef<KubeObject>, ...others.map((resource) => resource.ref)]) {
    const { left, error, ...share } = deleteResource(context, ref, namespace);
    const held = ref.id === PODS.id && left.length > 0 && error === undefined;
    // While pods end, the conditions do not count them: upstream comes back before it adds up.
    if (held) return { estimateSeconds: share.estimateSeconds, remains: { resources, finalizers, errors } };
    if (error !== undefined) errors.push(error);
    estimateSeconds = Math.max(estimateSeconds, share.estimateSeconds);
    if (left.length > 0) resources.set(`${ref.plural}.${ref.group}`, left.length);
    for (const { metadata } of left) {
      for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
  }
  return { estimateSeconds, remains: { resources, finalizers, errors } };
}

// Models deleteAllContentForGroupVersionResource
function deleteResource(context: ComponentContext, ref: ResourceRef<KubeObject>, namespace: Namespace): Share {
  const { cache, client } = context;
  const { name } = namespace.metadata;
  const grace = ref.id === PODS.id ? graceSeconds(context, namespace) : 0;
  let failure: Status | undefined;
  for (const object of [...cache.byIndex(ref, "namespace", name)]) {
    const deleted = client.delete(ref, keyOf(object), { propagationPolicy: "Background" });
    if (!deleted.ok && deleted.error.code !== 404) failure ??= deleted.error;
  }
  const left = [...cache.byIndex(ref, "namespace", name)];
  if (failure !== undefined) return { estimateSeconds: grace, left, error: failure.message };
  if (left.length === 0 || grace > 0) return { estimateSeconds: grace, left };
  if (left.some(({ metadata }) => metadata.finalizers?.length)) {
    return { estimateSeconds: FINALIZER_ESTIMATE_SECONDS, left };
  }
  const resource = `${ref.group}/${ref.version}, Resource=${ref.plural}`;
  return {
    estimateSeconds: 0,
    left,
    error: `unexpected items still remain in namespace: ${name} for gvr: ${resource}`,
  };
}

// Models estimateGracefulTermination
/** The longest grace of the running pods; 0 when so much time has passed already. */
function graceSeconds({ cache, nowMs, parseMs }: ComponentContext, { metadata }: Namespace): number {
  let longest = 0;
  for (const pod of cache.byIndex(PODS, "namespace", metadata.name)) {
    if (!isPodTerminal(pod)) longest = Math.max(longest, pod.spec.terminationGracePeriodSeconds ?? 0);
  }
  const passedMs = nowMs - parseMs(metadata.deletionTimestamp ?? "");
  return passedMs >= longest * 1000 ? 0 : longest;
}
