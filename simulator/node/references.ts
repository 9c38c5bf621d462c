import type { Cache } from "../api/client.ts";
import { joinKey } from "../api/object.ts";
import { CONFIG_MAPS, type Pod, SECRETS } from "../api/refs.ts";
import type { Container, EnvVar, Volume } from "../api/schema/generated/types.ts";

/** Why a volume can't be mounted. */
export interface MountProblem {
  readonly volume: string;
  readonly message: string;
}

type Kind = "configmap" | "secret";

/** The error that a kubelet's object cache gives for what is not there, or undefined. */
function missing(cache: Cache, namespace: string | undefined, kind: Kind, name: string): string | undefined {
  const key = joinKey(namespace, name);
  const isThere = kind === "configmap" ? cache.get(CONFIG_MAPS, key) : cache.get(SECRETS, key);
  return isThere === undefined ? `${kind} "${name}" not found` : undefined;
}

function volumeProblem(cache: Cache, namespace: string | undefined, volume: Volume): string | undefined {
  const { configMap, secret, projected } = volume;
  if (configMap?.name && configMap.optional !== true) return missing(cache, namespace, "configmap", configMap.name);
  if (secret?.secretName && secret.optional !== true) return missing(cache, namespace, "secret", secret.secretName);
  for (const source of projected?.sources ?? []) {
    // Every namespace gets its root CA sooner or later; waiting for it is no lesson.
    if (source.configMap?.name === "kube-root-ca.crt") continue;
    const { configMap: map, secret: hidden } = source;
    if (map?.name && map.optional !== true) {
      const problem = missing(cache, namespace, "configmap", map.name);
      if (problem !== undefined) return problem;
    }
    if (hidden?.name && hidden.optional !== true) {
      const problem = missing(cache, namespace, "secret", hidden.name);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** The first volume of a pod that can't be mounted, because what it shows is not there. */
export function mountProblem(cache: Cache, pod: Pod): MountProblem | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const why = volumeProblem(cache, pod.metadata.namespace, volume);
    if (why !== undefined) {
      return { volume: volume.name, message: `MountVolume.SetUp failed for volume "${volume.name}" : ${why}` };
    }
  }
  return undefined;
}

function variableProblem(cache: Cache, namespace: string | undefined, variable: EnvVar): string | undefined {
  const map = variable.valueFrom?.configMapKeyRef;
  const secret = variable.valueFrom?.secretKeyRef;
  if (map?.name && map.optional !== true) {
    const data = cache.get(CONFIG_MAPS, joinKey(namespace, map.name));
    if (data === undefined) return `configmap "${map.name}" not found`;
    if (data.data?.[map.key] === undefined && data.binaryData?.[map.key] === undefined) {
      return `couldn't find key ${map.key} in ConfigMap ${namespace}/${map.name}`;
    }
  }
  if (secret?.name && secret.optional !== true) {
    const data = cache.get(SECRETS, joinKey(namespace, secret.name));
    if (data === undefined) return `secret "${secret.name}" not found`;
    if (data.data?.[secret.key] === undefined) {
      return `couldn't find key ${secret.key} in Secret ${namespace}/${secret.name}`;
    }
  }
  return undefined;
}

// Models pkg/kubelet kubelet_pods.go makeEnvironmentVariables, whose errors become CreateContainerConfigError
/** Why a container's environment can't be made, or undefined. */
export function environmentProblem(cache: Cache, pod: Pod, container: Container): string | undefined {
  const { namespace } = pod.metadata;
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name && configMapRef.optional !== true) {
      const problem = missing(cache, namespace, "configmap", configMapRef.name);
      if (problem !== undefined) return problem;
    }
    if (secretRef?.name && secretRef.optional !== true) {
      const problem = missing(cache, namespace, "secret", secretRef.name);
      if (problem !== undefined) return problem;
    }
  }
  for (const variable of container.env ?? []) {
    const problem = variableProblem(cache, namespace, variable);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
