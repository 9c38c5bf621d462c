import { keyOf } from "../../../api/object.ts";
import type { Job, Pod } from "../../../api/refs.ts";
import type {
  ContainerStatus,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicy,
} from "../../../api/schema/generated/types.ts";
import { failureCount, isPodFailed } from "./controller-pods.ts";
import { countIndexes } from "./indexes.ts";
import { countCommon, type IndexSet, readIndexes } from "./intervals.ts";

/** What a job's failure policy says of a failed pod. */
interface FailureMatch {
  /** Whether the failure counts towards the limits. */
  readonly counts: boolean;
  readonly action?: string;
  /** Why the whole job fails. */
  readonly failsJob?: string;
}

// Models pkg/controller/job matchPodFailurePolicy
/** The first rule that the pod matches decides; without any the failure counts. */
export function matchFailurePolicy({ spec }: Job, pod: Pod): FailureMatch {
  for (const [at, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchRule(rule, pod);
    if (why === undefined) continue;
    const { action } = rule;
    if (action === "FailJob")
      return { counts: true, action, failsJob: `${why} matching ${action} rule at index ${at}` };
    return { counts: action !== "Ignore", action };
  }
  return { counts: true };
}

function matchRule({ onExitCodes, onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | undefined {
  if (onExitCodes !== undefined) {
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
    const container =
      containerStatuses.find((each) => matchExitCode(each, onExitCodes)) ??
      initContainerStatuses.find((each) => matchExitCode(each, onExitCodes));
    if (container === undefined) return undefined;
    const code = container.state?.terminated?.exitCode;
    return `Container ${container.name} for pod ${keyOf(pod)} failed with exit code ${code}`;
  }
  const condition = pod.status.conditions?.find(({ type, status }) =>
    onPodConditions.some((pattern) => pattern.type === type && pattern.status === status),
  );
  return condition && `Pod ${keyOf(pod)} has condition ${condition.type}`;
}

function matchExitCode(
  { name, state }: ContainerStatus,
  { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
): boolean {
  const code = state?.terminated?.exitCode;
  if (code === undefined || code === 0) return false;
  if (containerName !== undefined && containerName !== name) return false;
  return operator === "In" ? values.includes(code) : operator === "NotIn" && !values.includes(code);
}

// Models pkg/controller/job getFailJobMessage
/** Why a failed pod fails the whole job. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    const message = isPodFailed(pod, job) ? matchFailurePolicy(job, pod).failsJob : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

// Models pkg/controller/job isIndexFailed
/** Whether no more pods are made for the index of a failed pod. */
export function failsItsIndex(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { counts, action } = matchFailurePolicy(job, pod);
  return action === "FailIndex" || (counts && failureCount(pod) >= (job.spec.backoffLimitPerIndex ?? 0));
}

// Models pkg/controller/job matchSuccessPolicy
/** Which rule makes the job a success before all indexes are done. */
export function matchSuccessPolicy(
  policy: SuccessPolicy | undefined,
  completions: number,
  succeeded: IndexSet,
): string | undefined {
  if (policy === undefined || succeeded.length === 0) return undefined;
  const at = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) {
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
    }
    const required = readIndexes(succeededIndexes, completions);
    if (required.length === 0) return false;
    const common = countCommon(required, succeeded);
    return common === countIndexes(required) || (succeededCount !== undefined && common >= succeededCount);
  });
  return at < 0 ? undefined : `Matched rules at index ${at}`;
}
