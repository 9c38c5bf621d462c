import type { DaemonSet } from "../../../api/refs.ts";
import { isPodReady } from "../../../controllers/shared/pods.ts";
import type { Look } from "./controller-look.ts";
import { isUpdated } from "./controller-pods.ts";

/** The status, and when one more pod will be available. */
export interface Shown {
  readonly status: DaemonSet["status"];
  readonly nextMs: number | undefined;
}

// Models pkg/controller/daemon updateDaemonSetStatus, storeDaemonSetStatus
/** The status that the oldest pod of each node amounts to. Go leaves out some of the zeros. */
export function statusOf(look: Look): Shown {
  const { set, hash } = look;
  const counts = { current: 0, misscheduled: 0, desired: 0, ready: 0, updated: 0, available: 0 };
  let nextMs: number | undefined;
  for (const node of look.nodes) {
    const [pod] = look.podsOn(node.metadata.name);
    if (!look.wish(node).run) {
      if (pod !== undefined) counts.misscheduled++;
      continue;
    }
    counts.desired++;
    if (pod === undefined) continue;
    counts.current++;
    if (isUpdated(set, pod, hash)) counts.updated++;
    if (!isPodReady(pod)) continue;
    counts.ready++;
    const waitMs = look.msUntilAvailable(pod);
    if (waitMs === 0) counts.available++;
    else if (waitMs !== undefined) nextMs = Math.min(waitMs, nextMs ?? waitMs);
  }
  const unavailable = counts.desired - counts.available;
  const { conditions, collisionCount } = set.status;
  const { generation } = set.metadata;
  const status = {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...(generation && { observedGeneration: generation }),
    ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
    ...(counts.available > 0 && { numberAvailable: counts.available }),
    ...(unavailable > 0 && { numberUnavailable: unavailable }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions && { conditions }),
  };
  return { status, nextMs };
}
