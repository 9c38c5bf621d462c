import type { Status } from "../../../api/errors.ts";
import { JOBS, type Job, type Pod } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { isPodActive, isPodReady, isPodTerminal } from "../../../controllers/shared/pods.ts";
import { type BackoffRecord, nextRecord } from "./controller-backoff.ts";
import type { Verdict } from "./controller-conditions.ts";
import { indexOf, isPodFailed, isTracked, validIndexOf } from "./controller-pods.ts";
import { matchFailurePolicy } from "./controller-policies.ts";
import type { IndexSet } from "./intervals.ts";

export type JobStatus = Job["status"];

/** What one look at a job has found out and done so far. Models pkg/controller/job syncJobCtx. */
export class Look {
  readonly context: ComponentContext;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Uids that the status holds as ended and not counted. */
  readonly uncountedSucceeded: ReadonlySet<string>;
  readonly uncountedFailed: ReadonlySet<string>;
  readonly record: BackoffRecord;
  /** Pods that failed, those counted before and those that will be. */
  readonly failed: number;
  succeeded: number;
  ready: number;
  terminating: number;
  /** Why the job is to end. */
  verdict: Verdict | undefined;
  /** Of an indexed job: what the status said, and what is so by now. */
  previousIndexes: IndexSet = [];
  succeededIndexes: IndexSet = [];
  failedIndexes: IndexSet | undefined;
  /** By index: failed pods that are kept until their successors know how often the index failed. */
  delayed: ReadonlyMap<number, Pod> = new Map();
  /** When to look again although nothing happens. */
  againMs: number | undefined;
  /** The status to be, and the job as it is stored by now. */
  status: JobStatus;
  #job: Job;

  constructor(context: ComponentContext, job: Job, pods: readonly Pod[], record: BackoffRecord) {
    this.context = context;
    this.#job = job;
    this.pods = pods;
    this.active = pods.filter(isPodActive);
    this.status = { ...job.status, uncountedTerminatedPods: job.status.uncountedTerminatedPods ?? {} };
    this.uncountedSucceeded = new Set(this.status.uncountedTerminatedPods?.succeeded);
    this.uncountedFailed = new Set(this.status.uncountedTerminatedPods?.failed);
    this.ready = this.active.filter(isPodReady).length;
    this.terminating = pods.filter(isPodTerminating).length;
    const newSucceeded = this.#newlyEnded(this.uncountedSucceeded, ({ status }) => status.phase === "Succeeded");
    const newFailed = this.#newlyEnded(this.uncountedFailed, (pod) => isPodFailed(pod, job));
    const countedFailed = job.spec.podFailurePolicy
      ? newFailed.filter((pod) => matchFailurePolicy(job, pod).counts)
      : newFailed;
    this.succeeded = (job.status.succeeded ?? 0) + newSucceeded.length + this.uncountedSucceeded.size;
    this.failed = (job.status.failed ?? 0) + countedFailed.length + this.uncountedFailed.size;
    this.record = nextRecord(record, newSucceeded, newFailed, (time) => context.parseMs(time));
  }

  get job(): Job {
    return this.#job;
  }

  get isIndexed(): boolean {
    return this.#job.spec.completionMode === "Indexed";
  }

  /** Whether each index has a limit of its own. */
  get limitsIndexes(): boolean {
    return this.#job.spec.backoffLimitPerIndex !== undefined;
  }

  get isSuspended(): boolean {
    return this.#job.spec.suspend === true;
  }

  lookAgainAfter(ms: number): void {
    this.againMs = Math.min(ms, this.againMs ?? ms);
  }

  /** Writes the status; what was refused. */
  flush(): Status | undefined {
    const written = this.context.client.updateStatus(JOBS, { ...this.#job, status: withoutZeros(this.status) });
    if (!written.ok) return written.error;
    this.#job = written.value;
    return undefined;
  }

  // Models pkg/controller/job getValidPodsWithFilter
  /** Pods that the status knows nothing of; of an indexed job, those with an index of its own. */
  #newlyEnded(uncounted: ReadonlySet<string>, ended: (pod: Pod) => boolean): readonly Pod[] {
    return this.pods.filter((pod) => {
      if (!isTracked(pod) || uncounted.has(pod.metadata.uid)) return false;
      if (this.isIndexed && validIndexOf(pod, this.#job) === undefined) return false;
      return ended(pod);
    });
  }
}

// Models pkg/controller IsPodTerminating
export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod);
}

export function indexesOf(pods: readonly Pod[]): ReadonlySet<number> {
  return new Set(pods.map(indexOf).filter((index) => index !== undefined));
}

/** Go leaves zeros out, except where the field is a pointer. */
function withoutZeros(status: JobStatus): JobStatus {
  const { active, succeeded, failed, completedIndexes, uncountedTerminatedPods, ...rest } = status;
  const { succeeded: done = [], failed: lost = [] } = uncountedTerminatedPods ?? {};
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
    uncountedTerminatedPods: { ...(done.length > 0 && { succeeded: done }), ...(lost.length > 0 && { failed: lost }) },
  };
}
