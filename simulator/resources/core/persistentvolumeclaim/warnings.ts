import { child } from "../../../api/meta/field-error.ts";
import type { PersistentVolumeClaimSpec } from "../../../api/schema/generated/types.ts";
import { fractionWarnings } from "../pod/warnings.ts";

// Models pkg/api/persistentvolumeclaim GetWarningsForPersistentVolumeClaimSpec
/** Warns of storage that is not a whole number of bytes; `path`: the spec's. */
export function claimSpecWarnings(spec: PersistentVolumeClaimSpec | undefined, path: string): readonly string[] {
  return fractionWarnings(spec?.resources?.requests, child(path, "resources", "requests"), ["storage"]);
}
