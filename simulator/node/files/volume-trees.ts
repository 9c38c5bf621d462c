import { joinKey } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type Pod } from "../../api/refs.ts";
import type { Volume } from "../../api/schema/generated/types.ts";
import type { Machine } from "../machine.ts";
import type { Machines } from "../machines.ts";
import type { RuntimePod } from "../runtime.ts";
import { baseLayerOf } from "./base-layer.ts";
import { type FileNode, folderNode } from "./file-node.ts";
import { machineTree } from "./machine-files.ts";
import { followLinks } from "./paths.ts";
import type { Pins } from "./pins.ts";
import { isProjected, projectedTree } from "./projection.ts";
import { FileTree } from "./tree.ts";

/** A volume as a container may mount it: part of a tree. */
export interface MountedVolume {
  readonly tree: FileTree;
  readonly root: readonly string[];
}

export interface VolumeSources {
  readonly machines: Machines;
  readonly machine: Machine;
  readonly runtime: RuntimePod;
  readonly pod: Pod;
  readonly pins: Pins | undefined;
}

const GROUP_WRITES = 0o660;
const GROUP_ENTERS = 0o110;
const SET_GROUP = 0o2000;

/** The empty folder that a volume begins as. Models pkg/volume SetVolumeOwnership */
function emptyFolder(pod: Pod, mode: number, mtimeMs: number): FileNode {
  const fsGroup = pod.spec.securityContext?.fsGroup;
  if (fsGroup === undefined) return folderNode({}, { mode, mtimeMs });
  return folderNode({}, { mode: mode | GROUP_WRITES | GROUP_ENTERS | SET_GROUP, gid: fsGroup, mtimeMs });
}

/** A writable tree that is kept in some record, begun when it is first written to. */
export function keptTree(
  begin: () => FileNode,
  get: () => FileNode | undefined,
  set: (node: FileNode) => void,
): FileTree {
  const make = () => {
    const { children: _, ...copy } = begin();
    const node: FileNode = { ...copy };
    set(node);
    return node;
  };
  return new FileTree(begin, get, make);
}

/** A tree among those that live as long as the pod. */
export function podTree(machine: Machine, runtime: RuntimePod, key: string, begin: () => FileNode): FileTree {
  return keptTree(
    begin,
    () => runtime.volumes?.[key],
    (node) => {
      machine.hasPodFiles = true;
      runtime.volumes ??= {};
      runtime.volumes[key] = node;
    },
  );
}

function sharedTree({ machines, pod }: VolumeSources, key: string, mode: number): FileTree {
  return keptTree(
    () => emptyFolder(pod, mode, machines.ports.sources.startEpochMs),
    () => machines.volumes.get(key),
    (node) => machines.volumes.set(key, node),
  );
}

function onMachine({ machine }: VolumeSources, path: string): MountedVolume {
  const tree = machineTree(machine);
  return { tree, root: followLinks(tree, path) };
}

/** Contents of a persistent volume: on the machine's disk for those that are part of it, kept by the volume itself else. */
function persistent(from: VolumeSources, { metadata, spec }: PersistentVolume): MountedVolume {
  const path = spec.hostPath?.path ?? spec.local?.path;
  if (path !== undefined) return onMachine(from, path);
  return { tree: sharedTree(from, metadata.uid, 0o755), root: [] };
}

function claimed(from: VolumeSources, claimName: string): MountedVolume | undefined {
  const { cache } = from.machines.ports.sources;
  const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(from.pod.metadata.namespace, claimName));
  const volume = claim?.spec.volumeName ? cache.get(PERSISTENT_VOLUMES, claim.spec.volumeName) : undefined;
  return volume === undefined ? undefined : persistent(from, volume);
}

/** The name of the claim that an ephemeral volume is made with. */
export const ephemeralClaim = (pod: Pod, volume: Volume): string => `${pod.metadata.name}-${volume.name}`;

/** What a pod's volume shows. `version` is the folder of a projected volume's present files. */
export function volumeTree(from: VolumeSources, volume: Volume): MountedVolume & { readonly version?: string } {
  const { machines, runtime, pod } = from;
  const { sources } = machines.ports;
  if (isProjected(volume)) {
    const { root, version } = projectedTree({ ...from, sources, nowMs: machines.ports.nowMs() }, volume);
    return { tree: new FileTree(() => root), root: [], version };
  }
  if (volume.hostPath !== undefined) return onMachine(from, volume.hostPath.path);
  if (volume.image !== undefined) {
    const image = volume.image.reference ?? "";
    return { tree: new FileTree(() => baseLayerOf({ name: volume.name, image })), root: [] };
  }
  const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && ephemeralClaim(pod, volume));
  const found = claim === undefined ? undefined : claimed(from, claim);
  if (found !== undefined) return found;
  if (volume.nfs !== undefined) {
    return { tree: sharedTree(from, `nfs/${volume.nfs.server}${volume.nfs.path}`, 0o777), root: [] };
  }
  const mtimeMs = sources.startEpochMs + Math.max(0, runtime.containers[0]?.startedMs ?? 0);
  return { tree: podTree(from.machine, runtime, volume.name, () => emptyFolder(pod, 0o777, mtimeMs)), root: [] };
}
