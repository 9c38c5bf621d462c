import type { Cache } from "../api/client.ts";
import { joinKey } from "../api/object.ts";
import {
  CONFIG_MAPS,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type Pod,
  SECRETS,
} from "../api/refs.ts";
import type { Container, EnvVar, KeyToPath, Volume } from "../api/schema/generated/types.ts";
import { hostPathProblem } from "./files/machine-files.ts";
import { ROOT_CA } from "./files/pins.ts";
import { ephemeralClaim } from "./files/volume-trees.ts";
import type { Machine } from "./machine.ts";

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

interface Shown {
  readonly name: string | undefined;
  readonly items: readonly KeyToPath[] | undefined;
  readonly optional: boolean | undefined;
}

// Models pkg/volume/configmap MakePayload, pkg/volume/secret MakePayload
/** What hinders a volume from showing an object: it is not there, or has not a key that is asked for by name. */
function shownProblem(cache: Cache, namespace: string | undefined, kind: Kind, shown: Shown): string | undefined {
  const { name, items = [], optional } = shown;
  if (!name || optional === true) return undefined;
  const key = joinKey(namespace, name);
  const map = kind === "configmap" ? cache.get(CONFIG_MAPS, key) : undefined;
  const secret = kind === "secret" ? cache.get(SECRETS, key) : undefined;
  if (map === undefined && secret === undefined) return `${kind} "${name}" not found`;
  const has = (item: string) => (map?.data ?? secret?.data)?.[item] ?? map?.binaryData?.[item];
  const absent = items.find((item) => has(item.key) === undefined);
  if (absent === undefined) return undefined;
  return kind === "configmap"
    ? `configmap references non-existent config key: ${absent.key}`
    : `references non-existent secret key: ${absent.key}`;
}

function volumeProblem(cache: Cache, machine: Machine, pod: Pod, volume: Volume): string | undefined {
  const { namespace } = pod.metadata;
  const { configMap, secret, projected, hostPath } = volume;
  if (hostPath !== undefined) return hostPathProblem(machine, hostPath.path, hostPath.type ?? "");
  if (configMap) {
    const { name, items, optional } = configMap;
    return shownProblem(cache, namespace, "configmap", { name, items, optional });
  }
  if (secret) {
    const { secretName: name, items, optional } = secret;
    return shownProblem(cache, namespace, "secret", { name, items, optional });
  }
  for (const source of projected?.sources ?? []) {
    // Every namespace gets its root CA sooner or later; waiting for it is no lesson.
    if (source.configMap?.name === ROOT_CA) continue;
    const kind = source.configMap ? "configmap" : "secret";
    const shown = source.configMap ?? source.secret;
    if (shown === undefined) continue;
    const { name, items, optional } = shown;
    const problem = shownProblem(cache, namespace, kind, { name, items, optional });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The first volume of a pod that can't be mounted, because what it shows is not there. */
export function mountProblem(cache: Cache, machine: Machine, pod: Pod): MountProblem | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const claimed = claimedVolume(cache, pod, volume);
    const folder = claimed?.spec.hostPath;
    const why =
      folder === undefined
        ? volumeProblem(cache, machine, pod, volume)
        : hostPathProblem(machine, folder.path, folder.type ?? "");
    if (why !== undefined) {
      const name = claimed?.metadata.name ?? volume.name;
      return { volume: volume.name, message: `MountVolume.SetUp failed for volume "${name}" : ${why}` };
    }
  }
  return undefined;
}

/** The persistent volume behind a pod's volume. */
function claimedVolume(cache: Cache, pod: Pod, volume: Volume): PersistentVolume | undefined {
  const name = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && ephemeralClaim(pod, volume));
  if (name === undefined) return undefined;
  const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(pod.metadata.namespace, name));
  return claim?.spec.volumeName ? cache.get(PERSISTENT_VOLUMES, claim.spec.volumeName) : undefined;
}

function variableProblem(cache: Cache, namespace: string | undefined, variable: EnvVar): string | undefined {
  const map = variable.valueFrom?.configMapKeyRef;
  const secret = variable.valueFrom?.secretKeyRef;
  if (map?.name && map.optional !== true) {
    const data = cache.get(CONFIG_MAPS, joinKey(namespace, map.name));
    if (data === undefined) return `configmap "${map.name}" not found`;
    if (data.data?.[map.key] === undefined) {
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
