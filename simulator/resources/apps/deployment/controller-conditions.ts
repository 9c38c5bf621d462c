import type { DeploymentCondition } from "../../../api/schema/generated/types.ts";

// Models pkg/controller/deployment/util: conditions of a deployment.

export type ConditionType = "Available" | "Progressing" | "ReplicaFailure";
export type Conditions = readonly DeploymentCondition[];

export function newCondition(
  type: ConditionType,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
  now: string,
): DeploymentCondition {
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

export function findCondition(
  conditions: Conditions | undefined,
  type: ConditionType,
): DeploymentCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function withoutCondition(conditions: Conditions | undefined, type: ConditionType): Conditions {
  return conditions?.filter((condition) => condition.type !== type) ?? [];
}

// Models pkg/controller/deployment/util SetDeploymentCondition
/** Sets a condition; one of the same status and reason stays, and keeps its times and message. */
export function withCondition(conditions: Conditions | undefined, condition: DeploymentCondition): Conditions {
  const type = condition.type as ConditionType;
  const present = findCondition(conditions, type);
  if (present?.status === condition.status && present.reason === condition.reason) return conditions ?? [];
  const kept = present?.status === condition.status && { lastTransitionTime: present.lastTransitionTime };
  return [...withoutCondition(conditions, type), { ...condition, ...kept }];
}
