import type { Job } from "../../../api/refs.ts";
import type { JobCondition } from "../../../api/schema/generated/types.ts";

/** A condition before its time is known. */
export interface Verdict {
  readonly type: "Complete" | "Failed" | "FailureTarget" | "SuccessCriteriaMet" | "Suspended";
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

type Conditions = readonly JobCondition[];

export const FAILED_BY_POLICY = "PodFailurePolicy";
export const REACHED: Verdict = {
  type: "SuccessCriteriaMet",
  status: "True",
  reason: "CompletionsReached",
  message: "Reached expected number of succeeded pods",
};

/** Failure that is certain but not final: pods of the job may still be ending. */
export function failing(reason: string, message: string): Verdict {
  return { type: "FailureTarget", status: "True", reason, message };
}

/** The condition of a type that holds. */
export function heldCondition({ status }: Pick<Job, "status">, type: Verdict["type"]): JobCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type && condition.status === "True");
}

export function dated({ type, status, reason, message }: Verdict, now: string): JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}

// Models pkg/controller/job ensureJobConditionStatus
/** The conditions with one set; undefined where they say so already. One that never held is not added as False. */
export function withCondition(conditions: Conditions, verdict: Verdict, now: string): Conditions | undefined {
  const old = conditions.find(({ type }) => type === verdict.type);
  if (old === undefined) return verdict.status === "False" ? undefined : [...conditions, dated(verdict, now)];
  const { status, reason = "", message = "" } = old;
  if (status === verdict.status && reason === verdict.reason && message === verdict.message) return undefined;
  return conditions.map((other) => (other === old ? dated(verdict, now) : other));
}
