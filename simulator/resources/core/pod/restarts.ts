import type { Container, PodSpec } from "../../../api/schema/generated/types.ts";

// Models pkg/api/v1/pod ContainerShouldRestart and AllContainersCouldRestart: which containers start again.

/** The action of the first rule of a container that its exit code matches. */
export function restartRuleAction(container: Container, exitCode: number): string | undefined {
  const rule = container.restartPolicyRules?.find(({ exitCodes }) => {
    const listed = exitCodes?.values?.includes(exitCode) ?? false;
    return exitCodes?.operator === "In" ? listed : exitCodes?.operator === "NotIn" && !listed;
  });
  return rule?.action;
}

/** Whether a container that ended with this code starts again: by its rules, its own policy, or its pod's. */
export function containerShouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (restartRuleAction(container, exitCode) !== undefined) return true;
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/** Whether some container's end may restart all of the pod's. */
export function allContainersCouldRestart(spec: PodSpec): boolean {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].some((container) =>
    container.restartPolicyRules?.some(({ action }) => action === "RestartAllContainers"),
  );
}
