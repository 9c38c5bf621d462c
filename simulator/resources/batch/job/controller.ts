import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { JOBS, type Job, PODS, type Pod } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext, Waiting } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { finishedAs } from "../../../controllers/shared/jobs.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { isPodTerminal } from "../../../controllers/shared/pods.ts";
import { type BackoffRecord, NO_FAILURES, remainingMs } from "./controller-backoff.ts";
import { claimPods, withoutTracking } from "./controller-claim.ts";
import { Look } from "./controller-look.ts";
import { isOwnedBy, isTracked } from "./controller-pods.ts";
import { syncJob } from "./controller-sync.ts";

/** Changes of pods, and the job's own status writes, are looked at together. */
const BATCH_MS = 1000;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** Marks the key of a pod that a job no longer needs; no namespace begins so. */
const POD_KEY = "pod:";
const MANAGER = "kubernetes.io/job-controller";

// Models pkg/controller/job
export const jobController: Controller = {
  name: "job-controller",
  watches: [
    watchRule(JOBS, (change) => (isOwnWrite(change) ? [] : [keyOf(change.object)])),
    watchRule(JOBS, (change) => (isOwnWrite(change) ? [keyOf(change.object)] : []), BATCH_MS),
    watchRule(JOBS, leftovers),
    watchRule(PODS, jobsOfPod, BATCH_MS),
    watchRule(PODS, (change, cache) => (isLetGo(change, cache) ? [`${POD_KEY}${keyOf(change.object)}`] : [])),
  ],
  create: (context) => new JobReconciler(context),
};

/** A change of the status only. */
function isOwnWrite({ type, object, previous }: Change<Job>): boolean {
  return type === "MODIFIED" && object.metadata.generation === previous?.metadata.generation;
}

// Models pkg/controller/job cleanupPodFinalizers
/** Pods that a job which is over, or gone, left tracked. */
function leftovers({ type, object }: Change<Job>, cache: Cache): readonly string[] {
  if (type !== "DELETED" && finishedAs(object) === undefined) return [];
  const pods = [...cache.byIndex(PODS, "owner", object.metadata.uid)];
  return pods.filter((pod) => isTracked(pod) && isOwnedBy(pod, object)).map((pod) => `${POD_KEY}${keyOf(pod)}`);
}

const NOBODY: readonly string[] = [];

// Models pkg/controller/job addPod, updatePod, deletePod
/** Whom a change of a pod concerns: its job, and the one before; of an orphan, those that would take it in. */
function jobsOfPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  const owner = controllerOf(object);
  const ownerBefore = previous === undefined ? undefined : controllerOf(previous);
  const moved = previous !== undefined && owner?.uid !== ownerBefore?.uid;
  if (owner !== undefined && !moved && owner.kind !== JOBS.kind) return NOBODY;
  const keys: string[] = [];
  if (moved) keys.push(...ofOwner(previous, cache));
  if (owner !== undefined) return [...keys, ...ofOwner(object, cache)];
  if (type === "DELETED" || object.metadata.deletionTimestamp !== undefined) return keys;
  const relabelled = previous === undefined || !equalJson(object.metadata.labels, previous.metadata.labels);
  if (!moved && !relabelled) return keys;
  for (const job of cache.byIndex(JOBS, "namespace", object.metadata.namespace ?? "")) {
    if (matchesLabels(compiledSelector(job.spec.selector), object.metadata.labels)) keys.push(keyOf(job));
  }
  return keys;
}

function ofOwner(pod: Pod, cache: Cache): readonly string[] {
  const key = controllerKey(pod, JOBS, cache);
  return key === undefined ? [] : [key];
}

/** Whether a tracked pod has no job that would let it go: none at all, or one that is gone or over. */
function isLetGo({ type, object }: Change<Pod>, cache: Cache): boolean {
  if (type === "DELETED" || !isTracked(object)) return false;
  const owner = controllerOf(object);
  if (owner === undefined) return true;
  return object.metadata.deletionTimestamp !== undefined && !isCountedOn(object, cache);
}

/** Whether a pod belongs to a job that still counts its pods, or to something that is no job. */
function isCountedOn(pod: Pod, cache: Cache): boolean {
  const owner = controllerOf(pod);
  if (owner === undefined) return false;
  if (owner.kind !== JOBS.kind || owner.apiVersion !== "batch/v1") return true;
  const key = controllerKey(pod, JOBS, cache);
  const job = key === undefined ? undefined : cache.get(JOBS, key);
  return job !== undefined && (isForeign(job) || finishedAs(job) === undefined);
}

// Models pkg/controller/job managedByExternalController
function isForeign({ spec }: Job): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== MANAGER;
}

class JobReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #orphans: Orphans<Pod>;
  readonly #records = new Map<string, BackoffRecord>();
  readonly #retries = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphans = new Orphans(PODS, context);
  }

  save(): JsonObject {
    return { records: Object.fromEntries(this.#records) as never, retries: Object.fromEntries(this.#retries) };
  }

  load(state: JsonObject): void {
    for (const [key, record] of Object.entries(state.records ?? {})) this.#records.set(key, record as never);
    for (const [key, count] of Object.entries(state.retries ?? {})) this.#retries.set(key, count as number);
  }

  waits(resource: string, key: string): readonly Waiting[] {
    const record = resource === JOBS.id ? this.#records.get(key) : undefined;
    const leftMs = record === undefined ? 0 : remainingMs(record, this.#context.nowMs);
    if (record === undefined || leftMs <= 0) return [];
    const message = `After ${record.failures} failures in a row the next pod is made then at the earliest.`;
    const untilMs = this.#context.nowMs + leftMs;
    const { lastFailureMs: sinceMs } = record;
    return [{ reason: "JobBackOff", message, untilMs, ...(sinceMs !== undefined && { sinceMs }) }];
  }

  reconcile(key: string): Outcome {
    if (key.startsWith(POD_KEY)) return this.#settle(key, this.#letGo(key.slice(POD_KEY.length)), undefined);
    const { cache } = this.#context;
    const job = cache.get(JOBS, key);
    if (job === undefined || finishedAs(job) !== undefined) this.#records.delete(key);
    if (job === undefined || isForeign(job) || finishedAs(job) !== undefined) {
      this.#retries.delete(key);
      return undefined;
    }
    const pods = claimPods(this.#context, job, this.#orphans.in(job.metadata.namespace ?? ""));
    if (!pods.ok) return this.#settle(key, pods.error, undefined);
    // What has ended and been counted says nothing any more, unless to a failure policy.
    const relevant = job.spec.podFailurePolicy
      ? pods.value
      : pods.value.filter((pod) => isTracked(pod) || !isPodTerminal(pod));
    const look = new Look(this.#context, job, relevant, this.#records.get(key) ?? NO_FAILURES);
    const refused = syncJob(look, () => this.#remember(key, look.record));
    return this.#settle(key, refused, look.againMs);
  }

  #remember(key: string, record: BackoffRecord): void {
    if (record.failures === 0) this.#records.delete(key);
    else this.#records.set(key, record);
  }

  /** What is refused is tried again after 1 s, doubling to a minute. */
  #settle(key: string, refused: Status | undefined, againAfterMs: number | undefined): Outcome {
    if (refused === undefined) {
      this.#retries.delete(key);
      return againAfterMs === undefined ? undefined : { againAfterMs };
    }
    const tries = this.#retries.get(key) ?? 0;
    this.#retries.set(key, tries + 1);
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(tries, 10), MAX_RETRY_MS);
    return { againAfterMs: Math.min(retryMs, againAfterMs ?? retryMs) };
  }

  // Models pkg/controller/job syncOrphanPod
  #letGo(key: string): Status | undefined {
    const { cache, client } = this.#context;
    const pod = cache.get(PODS, key);
    if (pod === undefined || !isTracked(pod) || isCountedOn(pod, cache)) return undefined;
    const written = client.update(PODS, withoutTracking(pod));
    return written.ok || written.error.code === 404 ? undefined : written.error;
  }
}
