import type { Cache } from "../../../../api/client.ts";
import { notFound } from "../../../../api/errors.ts";
import type { Kind } from "../../../../api/kind.ts";
import { joinKey, type KubeObject } from "../../../../api/object.ts";
import type { HorizontalPodAutoscaler, ResourceRef } from "../../../../api/refs.ts";
import { fail, ok, type Result } from "../../../../base/result.ts";

/** What an autoscaler scales, as its scale subresource shows it. */
export interface Target {
  readonly ref: ResourceRef<KubeObject>;
  readonly replicas: number;
  readonly statusReplicas: number;
  readonly selector: string;
  withReplicas(replicas: number): KubeObject;
}

// Models pkg/controller/podautoscaler horizontal.go scaleForResourceMappings
/** The target of an autoscaler; the error is what a client of its scale is told. */
export function targetOf(
  cache: Cache,
  kinds: readonly Kind[],
  { spec, metadata }: HorizontalPodAutoscaler,
): Result<Target, string> {
  const { apiVersion = "", kind: name } = spec.scaleTargetRef;
  const parts = apiVersion.split("/");
  if (parts.length > 2) return fail(`unexpected GroupVersion string: ${apiVersion}`);
  const group = parts.length === 2 ? (parts[0] ?? "") : "";
  const kind = kinds.find(({ ref }) => ref.group === group && ref.kind === name);
  if (kind === undefined) {
    return fail(`no matches for kind "${name}" in group "${group}"`);
  }
  const scale = kind.subresources?.scale;
  if (scale === undefined) return fail("the server could not find the requested resource");
  const { ref } = kind;
  const object = cache.get(ref, joinKey(metadata.namespace, spec.scaleTargetRef.name));
  if (object === undefined) return fail(notFound(ref, spec.scaleTargetRef.name).message);
  return ok({
    ref,
    replicas: scale.replicas(object),
    statusReplicas: scale.statusReplicas(object),
    selector: scale.selector(object),
    withReplicas: (replicas) => scale.withReplicas(object, replicas),
  });
}
