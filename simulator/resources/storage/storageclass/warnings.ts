import { child, index } from "../../../api/meta/field-error.ts";
import type { StorageClass } from "../../../api/refs.ts";
import { REPLACED_LABELS } from "../../core/pod/warnings.ts";

// Models pkg/api/storage GetWarningsForStorageClass
export function storageClassWarnings({ allowedTopologies = [] }: StorageClass): readonly string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, termAt) =>
    matchLabelExpressions.flatMap((expression, at) => {
      const replaced = REPLACED_LABELS[expression.key];
      if (replaced === undefined) return [];
      const path = child(index(child(index("allowedTopologies", termAt), "matchLabelExpressions"), at), "key");
      return [`${path}: ${replaced}`];
    }),
  );
}
