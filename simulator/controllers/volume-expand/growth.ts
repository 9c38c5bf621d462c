import { compareQuantities, quantityOf } from "../../api/meta/quantity.ts";
import type { PersistentVolumeClaim } from "../../api/refs.ts";
import type { PersistentVolumeClaimCondition } from "../../api/schema/generated/types.ts";

export const requestOf = ({ spec }: PersistentVolumeClaim) => quantityOf(spec.resources?.requests?.storage);

/** Whether a bound claim asks for more than it has. */
export function wantsMore(claim: PersistentVolumeClaim): boolean {
  if (claim.status.phase !== "Bound") return false;
  return compareQuantities(requestOf(claim), quantityOf(claim.status.capacity?.storage)) > 0;
}

// Models pkg/volume/util MergeResizeConditionOnPVC
/** The status with this condition as the only word about the claim's size. */
export function withResizeCondition(
  { status }: PersistentVolumeClaim,
  condition: PersistentVolumeClaimCondition | undefined,
): PersistentVolumeClaim["status"] {
  const others = (status.conditions ?? []).filter(({ type }) => !RESIZE_CONDITIONS.includes(type));
  const conditions = condition === undefined ? others : [...others, condition];
  const { conditions: _, ...rest } = status;
  return { ...rest, ...(conditions.length > 0 && { conditions }) };
}

const RESIZE_CONDITIONS = ["Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError"];
