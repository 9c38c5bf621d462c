import { child, type FieldError, invalid, required } from "../../../api/meta/field-error.ts";
import { isDns1123Subdomain, nameIsDnsLabel } from "../../../api/meta/validation.ts";
import type { PersistentVolumeClaimSpec, TypedObjectReference } from "../../../api/schema/generated/types.ts";

const CLAIM = "PersistentVolumeClaim";

/** A claim, or a snapshot: what the old field could name. */
function isOldSource({ apiGroup = "", kind }: TypedObjectReference): boolean {
  if (apiGroup === "") return kind === CLAIM;
  return apiGroup === "snapshot.storage.k8s.io" && kind === "VolumeSnapshot";
}

// Models pkg/api/persistentvolumeclaim DropDisabledFields, EnforceDataSourceBackwardsCompatibility and NormalizeDataSources
/**
 * The spec with its two data sources brought together: what the old field may not name is dropped, a source in another
 * namespace is too (its feature gate is off), and each field is filled from the other.
 */
export function withDataSources(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec | undefined,
): PersistentVolumeClaimSpec {
  let { dataSource, dataSourceRef } = spec;
  if (dataSource && !old?.dataSource && !isOldSource(dataSource)) dataSource = undefined;
  if (dataSourceRef?.namespace && !old?.dataSourceRef) dataSourceRef = undefined;
  if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { apiGroup, kind, name } = dataSourceRef;
    dataSource = { ...(apiGroup !== undefined && { apiGroup }), kind, name };
  } else if (dataSource && !dataSourceRef) dataSourceRef = { ...dataSource };
  if (dataSource === spec.dataSource && dataSourceRef === spec.dataSourceRef) return spec;
  return { ...spec, dataSource, dataSourceRef };
}

// Models pkg/apis/core/validation validateDataSource and validateDataSourceRef
/** Both fields, each by itself and against the other; `path`: the claim spec's. */
export function validateDataSources(spec: PersistentVolumeClaimSpec, path: string): readonly FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const errors: FieldError[] = [];
  if (dataSource) errors.push(...validateSource(dataSource, child(path, "dataSource")));
  if (dataSourceRef) errors.push(...validateSource(dataSourceRef, child(path, "dataSourceRef")));
  if (!dataSource || !dataSourceRef) return errors;
  // Upstream prints the path as the bad value, which has no fields of its own to print.
  const refuse = (text: string) => invalid(path, {}, text);
  if (dataSourceRef.namespace) {
    return [...errors, refuse("may not be specified when dataSourceRef.namespace is specified")];
  }
  const same = (["apiGroup", "kind", "name"] as const).every((field) => dataSource[field] === dataSourceRef[field]);
  return same ? errors : [...errors, refuse("must match dataSourceRef")];
}

function validateSource(source: TypedObjectReference, path: string): readonly FieldError[] {
  const { name = "", kind = "", apiGroup = "", namespace = "" } = source;
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(child(path, "name")));
  if (kind === "") errors.push(required(child(path, "kind")));
  if (apiGroup === "" && kind !== CLAIM) {
    errors.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup !== "") {
    errors.push(...isDns1123Subdomain(apiGroup).map((text) => invalid(child(path, "apiGroup"), apiGroup, text)));
  }
  if (namespace === "") return errors;
  const wrong = nameIsDnsLabel(namespace, false);
  return [...errors, ...wrong.map((text) => invalid(child(path, "namespace"), namespace, text))];
}
