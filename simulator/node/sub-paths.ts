import type { Pod } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import type { Agent } from "./agent.ts";
import { expandReferences, plannedVariable } from "./environment.ts";
import type { RuntimePod } from "./runtime.ts";

// Models pkg/kubelet/container helpers.go ExpandContainerVolumeMounts, and pkg/kubelet kubelet_pods.go makeMounts
/**
 * Why a part of a volume that a container mounts, named by its variables, can't be mounted, or undefined. `files` are the
 * values that variables have from files.
 */
export function subPathProblem(
  { machines, machine }: Agent,
  runtime: RuntimePod | undefined,
  pod: Pod,
  container: Container,
  files: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const named = container.volumeMounts?.flatMap(({ subPathExpr }) => subPathExpr || []) ?? [];
  if (named.length === 0 || runtime === undefined) return undefined;
  const variable = plannedVariable(machines, machine, runtime, pod, container, files);
  for (const expression of named) {
    const missing = new Set<string>();
    const part = expandReferences(expression, (name) => {
      const value = variable(name);
      if (!value) missing.add(name);
      return value ?? "";
    });
    if (missing.size > 0) return `missing value for ${[...missing].sort().join(", ")}`;
    if (part.startsWith("/")) return `error SubPath \`${part}\` must not be an absolute path`;
    if (part.split("/").includes("..")) return `unable to provision SubPath \`${part}\`: must not contain '..'`;
  }
  return undefined;
}
