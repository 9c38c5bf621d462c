import type { Taint, Toleration } from "../../api/schema/generated/types.ts";

// Models k8s.io/api core/v1 Toleration.ToleratesTaint
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return (!operator || operator === "Equal") && (value ?? "") === (taint.value ?? "");
}

// Models pkg/apis/core/v1/helper GetMatchingTolerations
/** The first toleration of each taint; undefined when some taint has none. */
export function matchingTolerations(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): readonly Toleration[] | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const toleration = tolerations.find((candidate) => tolerates(candidate, taint));
    if (toleration === undefined) return undefined;
    used.push(toleration);
  }
  return used;
}
