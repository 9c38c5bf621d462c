import type { CustomResourceDefinition } from "../../../api/refs.ts";
import type { CustomResourceDefinitionCondition } from "../../../api/schema/generated/types.ts";

export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

type Said = Pick<CustomResourceDefinitionCondition, "type" | "status" | "reason" | "message">;

// Models apiextensions-apiserver pkg/apihelpers SetCRDCondition
/** A definition with a condition; its time changes with its status only. */
export function withCondition(definition: CustomResourceDefinition, said: Said, now: string): CustomResourceDefinition {
  const conditions = definition.status.conditions ?? [];
  const before = conditionOf(definition, said.type);
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : now;
  const { type, status, reason, message } = said;
  const condition = { type, status, lastTransitionTime, reason, message };
  const next =
    before === undefined
      ? [...conditions, condition]
      : conditions.map((one) => (one.type === said.type ? condition : one));
  return { ...definition, status: { ...definition.status, conditions: next } };
}

export function conditionOf(
  { status }: CustomResourceDefinition,
  type: string,
): CustomResourceDefinitionCondition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}

export function isTrue(definition: CustomResourceDefinition, type: string): boolean {
  return conditionOf(definition, type)?.status === "True";
}
