import { keyOf } from "../../api/object.ts";
import { JOBS, type Job } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { finishTime } from "../shared/jobs.ts";

// Models pkg/controller/ttlafterfinished
/** Deletes jobs, and with them their pods, a while after they are over. */
export const ttlAfterFinishedController: Controller = {
  name: "ttl-after-finished-controller",
  watches: [watchRule(JOBS, ({ type, object }) => (type !== "DELETED" && hasTtl(object) ? [keyOf(object)] : []))],
  create: (context) => ({ reconcile: (key) => cleanUp(context, key) }),
};

function hasTtl(job: Job): boolean {
  const { spec, metadata } = job;
  if (spec.ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined) return false;
  return finishTime(job) !== undefined;
}

function cleanUp({ cache, client, nowMs, parseMs }: ComponentContext, key: string): Outcome {
  const job = cache.get(JOBS, key);
  const finished = job && finishTime(job);
  if (job === undefined || finished === undefined || !hasTtl(job)) return undefined;
  const leftMs = parseMs(finished) + (job.spec.ttlSecondsAfterFinished ?? 0) * 1000 - nowMs;
  if (leftMs > 0) return { againAfterMs: leftMs };
  const deleted = client.delete(JOBS, key, { propagationPolicy: "Foreground", uid: job.metadata.uid });
  return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
}
