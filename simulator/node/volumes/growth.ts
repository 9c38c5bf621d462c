import { keyOf } from "../../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
} from "../../api/refs.ts";
import type { Agent } from "../agent.ts";

// Models pkg/kubelet/volumemanager and pkg/volume/util/operationexecutor GenerateExpandInUseVolumeFunc
/** Lets the file systems of pods that run here fill volumes that have grown. */
export function growFileSystems(agent: Agent): void {
  const { cache } = agent.context;
  if (cache.countByIndex(PERSISTENT_VOLUME_CLAIMS, "growth", "pending") === 0) return;
  for (const claim of [...cache.byIndex(PERSISTENT_VOLUME_CLAIMS, "growth", "pending")]) {
    for (const pod of cache.byIndex(PODS, "claim", keyOf(claim))) {
      if (pod.spec.nodeName !== agent.machine.name || pod.status.phase !== "Running") continue;
      grow(agent, pod, claim);
      break;
    }
  }
}

// Models pkg/volume/util MarkFSResizeFinished
function grow({ context, machine }: Agent, pod: Pod, claim: PersistentVolumeClaim): void {
  const volume = context.cache.get(PERSISTENT_VOLUMES, claim.spec.volumeName ?? "");
  const storage = volume?.spec.capacity?.storage;
  if (volume === undefined || storage === undefined) return;
  const { conditions = [], allocatedResourceStatuses, ...rest } = claim.status;
  const { storage: _, ...statuses } = allocatedResourceStatuses ?? {};
  const others = conditions.filter(({ type }) => type !== "Resizing" && type !== "FileSystemResizePending");
  const status = {
    ...rest,
    capacity: { ...rest.capacity, storage },
    ...(Object.keys(statuses).length > 0 && { allocatedResourceStatuses: statuses }),
    ...(others.length > 0 && { conditions: others }),
  };
  const written = context.client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status });
  if (!written.ok) return;
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${machine.name}`;
  for (const about of [pod, claim]) {
    context.recordEvent(about, { type: "Normal", reason: "FileSystemResizeSuccessful", message });
  }
}
