import type { Pod } from "../../../api/refs.ts";
import type { ParseMs } from "../../../controllers/shared/pods.ts";
import { failureCount, finishedMs, ignoredCount } from "./controller-pods.ts";

// Models pkg/controller/job backoff_utils.go

const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 600_000;

/** Failures of a job's pods since the last success. */
export interface BackoffRecord {
  readonly failures: number;
  /** Virtual milliseconds. */
  readonly lastFailureMs?: number;
}

export const NO_FAILURES: BackoffRecord = { failures: 0 };

/** The record after pods ended that were not counted yet. */
export function nextRecord(
  record: BackoffRecord,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
  parseMs: ParseMs,
): BackoffRecord {
  const failures = failed.map((pod) => finishedMs(pod, parseMs));
  if (succeeded.length === 0) {
    if (failures.length === 0) return record;
    return { failures: record.failures + failures.length, lastFailureMs: Math.max(...failures) };
  }
  const lastSuccessMs = Math.max(...succeeded.map((pod) => finishedMs(pod, parseMs)));
  const since = failures.filter((ms) => ms > lastSuccessMs);
  return since.length === 0 ? NO_FAILURES : { failures: since.length, lastFailureMs: Math.max(...since) };
}

/** Milliseconds until the next pod may be made: 10 s after the first failure, doubling. */
export function remainingMs({ failures, lastFailureMs }: BackoffRecord, nowMs: number): number {
  if (failures === 0 || lastFailureMs === undefined) return 0;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30), MAX_BACKOFF_MS);
  return Math.max(0, lastFailureMs + backoffMs - nowMs);
}

/** The same for one index, whose last failed pod is kept until its successor is made. */
export function remainingOfIndexMs(lastFailed: Pod | undefined, nowMs: number, parseMs: ParseMs): number {
  if (lastFailed === undefined) return 0;
  const failures = failureCount(lastFailed) + ignoredCount(lastFailed) + 1;
  return remainingMs({ failures, lastFailureMs: finishedMs(lastFailed, parseMs) }, nowMs);
}
