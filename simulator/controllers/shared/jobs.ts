import type { Job } from "../../api/refs.ts";
import type { JobCondition } from "../../api/schema/generated/types.ts";

// Models pkg/controller/job/util: what a job's status says to others.

function finishedCondition({ status }: Job): JobCondition | undefined {
  return status.conditions?.find(
    (condition) => (condition.type === "Complete" || condition.type === "Failed") && condition.status === "True",
  );
}

/** `Complete` or `Failed` once a job is over. */
export function finishedAs(job: Job): "Complete" | "Failed" | undefined {
  return finishedCondition(job)?.type as "Complete" | "Failed" | undefined;
}

/** When a job was over, as RFC 3339. */
export function finishTime(job: Job): string | undefined {
  return finishedCondition(job)?.lastTransitionTime;
}
