import type { Cache } from "../../api/client.ts";
import { notFound } from "../../api/errors.ts";
import { joinKey } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolume, type Pod } from "../../api/refs.ts";
import { claimsOfPod, foreignClaim } from "../../api/volumes/claims.ts";
import type { Agent } from "../agent.ts";
import type { PodWorker } from "../worker.ts";
import { isAttached } from "./attached.ts";

/** How often a kubelet looks whether a volume is attached by now, and for how long until it says that it is not. */
const ATTACH_CHECK_MS = 500;
const ATTACH_TIMEOUT_MS = 123_000;
/** After an error a pod is synced again after 10 to 15 seconds. */
const RETRY_MS = 10_000;
const WAITS_KEY = "claims/attach";

/** What a pod still waits for, by the names of its volumes. */
export interface MissingVolumes {
  readonly unmounted: readonly string[];
  readonly unattached: readonly string[];
  /** Those that the kubelet can't begin with, and why. */
  readonly unprocessed: readonly string[];
  readonly errors: readonly string[];
}

/** Whether all claims of a pod are bound to volumes that are at the node; undefined: all are. */
export function missingVolumes(cache: Cache, pod: Pod, nodeName: string): MissingVolumes | undefined {
  const unattached: string[] = [];
  const unprocessed: string[] = [];
  const errors: string[] = [];
  for (const { volume: name, claimName, isEphemeral } of claimsOfPod(pod)) {
    const found = volumeOf(cache, pod, claimName, isEphemeral);
    if (typeof found === "string") {
      unprocessed.push(name);
      errors.push(`error processing PVC ${pod.metadata.namespace}/${claimName}: ${found}`);
    } else if (!isAttached(cache, found, nodeName)) unattached.push(name);
  }
  const unmounted = [...unprocessed, ...unattached];
  return unmounted.length === 0 ? undefined : { unmounted, unattached, unprocessed, errors };
}

// Models pkg/kubelet/volumemanager/populator getPVCExtractPV and getPVSpec
function volumeOf(cache: Cache, pod: Pod, claimName: string, isEphemeral: boolean): PersistentVolume | string {
  const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(pod.metadata.namespace, claimName));
  if (claim === undefined) {
    return `failed to fetch PVC from API server: ${notFound(PERSISTENT_VOLUME_CLAIMS, claimName).message}`;
  }
  const why = isEphemeral ? foreignClaim(pod, claim) : undefined;
  if (why !== undefined) return why;
  if (claim.metadata.deletionTimestamp !== undefined) return "PVC is being deleted";
  const { volumeName } = claim.spec;
  if (claim.status.phase !== "Bound" || !volumeName) return "PVC is not bound";
  const volume = cache.get(PERSISTENT_VOLUMES, volumeName);
  if (volume === undefined) {
    return `failed to fetch PV "${volumeName}" from API server: ${notFound(PERSISTENT_VOLUMES, volumeName).message}`;
  }
  if (volume.spec.claimRef?.uid === claim.metadata.uid) return volume;
  const { namespace, name } = volume.spec.claimRef ?? {};
  return `found PV object "${volumeName}" with a different claim: ${namespace ?? ""}/${name ?? ""}`;
}

// Models pkg/kubelet/volumemanager WaitForAttachAndMount
/** Milliseconds until a pod's claims are to be looked at again, or 0 when it has them all. Says so when it takes too long. */
export function msToWaitForClaims(agent: Agent, worker: PodWorker, pod: Pod): number {
  const { nowMs, context, machine } = agent;
  const missing = missingVolumes(context.cache, pod, machine.name);
  const { [WAITS_KEY]: wait, ...backOffs } = worker.backOffs ?? {};
  if (missing === undefined) {
    if (wait !== undefined) worker.backOffs = Object.keys(backOffs).length > 0 ? backOffs : undefined;
    return 0;
  }
  const sinceMs = wait?.sinceMs ?? nowMs;
  const isLate = nowMs - sinceMs >= ATTACH_TIMEOUT_MS;
  if (missing.errors.length === 0 && !isLate) {
    worker.backOffs = { ...backOffs, [WAITS_KEY]: { sinceMs, delayMs: ATTACH_TIMEOUT_MS } };
    return ATTACH_CHECK_MS;
  }
  worker.backOffs = Object.keys(backOffs).length > 0 ? backOffs : undefined;
  const { unmounted, unattached, unprocessed, errors } = missing;
  const list = (names: readonly string[]) => `[${names.join(" ")}]`;
  const lists = `unmounted volumes=${list(unmounted)}, unattached volumes=${list(unattached)}, failed to process volumes=${list(unprocessed)}`;
  const why = errors.length > 0 ? errors.join("; ") : "context deadline exceeded";
  const message = `Unable to attach or mount volumes: ${lists}: ${why}`;
  agent.event(worker, { type: "Warning", reason: "FailedMount", message });
  return Math.round(RETRY_MS * (1 + agent.chance() / 2));
}
