import { joinKey } from "../api/object.ts";
import { PODS, type Pod } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import type { Machine } from "./machine.ts";
import type { SourcesPort } from "./ports.ts";
import type { RuntimePod } from "./runtime.ts";

/** The pod that runs as `runtime`: as the API has it, or the mirror of a static one; undefined when it is gone there. */
export function podOfRuntime({ cache }: SourcesPort, machine: Machine, runtime: RuntimePod): Pod | undefined {
  const pod = cache.get(PODS, joinKey(runtime.namespace, runtime.name));
  if (pod === undefined) return undefined;
  const isSame = runtime.isStatic ? pod.spec.nodeName === machine.name : pod.metadata.uid === runtime.uid;
  return isSame ? pod : undefined;
}

/** A container of a pod by its name, ephemeral ones too. */
export function containerSpecOf({ spec }: Pod, name: string): Container | undefined {
  const all = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  return all.find((container) => container.name === name);
}
