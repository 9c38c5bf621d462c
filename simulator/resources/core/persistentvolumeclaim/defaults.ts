import type { PersistentVolumeClaim } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { roundResourceLists, roundResources } from "../pod/container-defaults.ts";

// Models pkg/apis/core/v1 SetDefaults_PersistentVolumeClaim
/** Defaults of a claim, or of a claim template. */
export function defaultClaim(claim: Draft<PersistentVolumeClaim>): void {
  claim.spec ??= {};
  claim.spec.resources ??= {};
  roundResourceLists(claim.spec.resources);
  claim.spec.volumeMode ??= "Filesystem";
  claim.status ??= {};
  claim.status.phase ||= "Pending";
  if (claim.status.capacity) claim.status.capacity = roundResources(claim.status.capacity);
  if (claim.status.allocatedResources) {
    claim.status.allocatedResources = roundResources(claim.status.allocatedResources);
  }
}
