import type { PodFailurePolicy, SuccessPolicy } from "../../../api/schema/generated/types.ts";

// Policies as Go prints the internal types: their own field names, nothing left out.

export function printedSuccessPolicy(policy: SuccessPolicy | undefined): unknown {
  if (policy === undefined) return null;
  const rules = policy.rules?.map(({ succeededIndexes, succeededCount }) => ({
    SucceededIndexes: succeededIndexes ?? null,
    SucceededCount: succeededCount ?? null,
  }));
  return { Rules: rules ?? null };
}

export function printedFailurePolicy(policy: PodFailurePolicy | undefined): unknown {
  if (policy === undefined) return null;
  const rules = policy.rules?.map(({ action = "", onExitCodes, onPodConditions }) => ({
    Action: action,
    OnExitCodes: onExitCodes
      ? {
          ContainerName: onExitCodes.containerName ?? null,
          Operator: onExitCodes.operator ?? "",
          Values: onExitCodes.values ?? null,
        }
      : null,
    OnPodConditions: onPodConditions?.map(({ type = "", status = "" }) => ({ Type: type, Status: status })) ?? null,
  }));
  return { Rules: rules ?? null };
}
