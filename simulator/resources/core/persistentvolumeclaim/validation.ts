import { type FieldError, forbidden, invalid, key, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { compareQuantities, quantityOf, toBytes } from "../../../api/meta/quantity.ts";
import { IMMUTABLE_ERROR, isQualifiedName } from "../../../api/meta/validation.ts";
import type { PersistentVolumeClaim } from "../../../api/refs.ts";
import { CLASS_ANNOTATION } from "../../../api/volumes/annotations.ts";
import { equalJson } from "../../../base/json.ts";
import { isNativeResource } from "../pod/resource-names.ts";
import { internalForm } from "../pod/validation/internal-form.ts";
import { prettyJson, unifiedDiff } from "../pod/validation/unified-diff.ts";
import { validateClaimSpec } from "../pod/validation/volume-claims.ts";

type Spec = PersistentVolumeClaim["spec"];

const RESIZE_STATUSES = [
  "ControllerResizeInProgress",
  "ControllerResizeInfeasible",
  "NodeResizeInProgress",
  "NodeResizeInfeasible",
  "NodeResizePending",
];

// Models pkg/apis/core/validation ValidatePersistentVolumeClaim
export function validateClaim(object: PersistentVolumeClaim): readonly FieldError[] {
  return validateClaimSpec(object.spec, "spec");
}

// Models pkg/apis/core/validation ValidatePersistentVolumeClaimUpdate
export function validateClaimUpdate(object: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const { spec } = object;
  const errors = [...validateClaim(object)];
  let now: Spec = spec;
  // A volume is bound once.
  const before: Spec = old.spec.volumeName ? old.spec : { ...old.spec, volumeName: spec.volumeName };
  if (isClassMoved(object, old)) now = { ...now, storageClassName: undefined };
  else {
    errors.push(...validateClassAnnotation(object, old));
    if (isClassAdded(object, old)) now = { ...now, storageClassName: undefined };
  }
  if (object.status.phase === "Bound") now = withBoundChanges(now, old.spec);
  if (!equalJson(withoutEmpty(now), withoutEmpty(before))) {
    const form = (one: Spec) => prettyJson(internalForm("PersistentVolumeClaimSpec", one));
    const diff = unifiedDiff(form(before), form(now));
    const text =
      "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
    errors.push(forbidden("spec", `${text}\n${diff}`));
  }
  errors.push(...validateSize(object, old));
  errors.push(...validateImmutable(spec.volumeMode, old.spec.volumeMode, "volumeMode", spec.volumeMode ?? null));
  return [...errors, ...validateAttributesChange(spec, old.spec)];
}

/** A bound claim may ask for more room, and for another class of attributes. */
function withBoundChanges(spec: Spec, old: Spec): Spec {
  const requests = spec.resources?.requests;
  const storage = old.resources?.requests?.storage;
  const { volumeAttributesClassName } = old;
  return {
    ...spec,
    ...(requests && { resources: { ...spec.resources, requests: { ...requests, ...(storage && { storage }) } } }),
    ...(spec.volumeAttributesClassName !== undefined && { volumeAttributesClassName }),
  };
}

/** An empty list is none. */
function withoutEmpty(spec: Spec): Spec {
  const entries = Object.entries(spec).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(entries) as Spec;
}

/** The class went from the old annotation to the field. */
function isClassMoved(object: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[CLASS_ANNOTATION];
  const now = object.metadata.annotations?.[CLASS_ANNOTATION];
  if (before === undefined || old.spec.storageClassName !== undefined) return false;
  return object.spec.storageClassName === before && (now === undefined || now === before);
}

/** A claim without a class may be given one. */
function isClassAdded(object: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const before = old.metadata.annotations?.[CLASS_ANNOTATION];
  const { storageClassName } = object.spec;
  if (storageClassName === undefined || old.spec.storageClassName !== undefined) return false;
  return before === undefined || before === storageClassName;
}

function validateClassAnnotation(object: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const now = object.metadata.annotations?.[CLASS_ANNOTATION] ?? "";
  if (now === (old.metadata.annotations?.[CLASS_ANNOTATION] ?? "")) return [];
  return [invalid(key("metadata.annotations", CLASS_ANNOTATION), now, IMMUTABLE_ERROR)];
}

/** Less room may be asked for only to take back what was not granted yet. */
function validateSize(object: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const size = quantityOf(object.spec.resources?.requests?.storage);
  if (compareQuantities(size, quantityOf(old.spec.resources?.requests?.storage)) >= 0) return [];
  if (compareQuantities(size, quantityOf(old.status.capacity?.storage)) > 0) return [];
  return [forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")];
}

function validateAttributesChange(spec: Spec, old: Spec): readonly FieldError[] {
  const path = "spec.volumeAttributesClassName";
  const name = spec.volumeAttributesClassName;
  if (old.volumeAttributesClassName === undefined || name === old.volumeAttributesClassName) return [];
  if (name === undefined) return [forbidden(path, "update from non-nil value to nil is forbidden")];
  return name === "" ? [forbidden(path, "update from non-nil value to an empty string is forbidden")] : [];
}

// Models pkg/apis/core/validation ValidatePersistentVolumeClaimStatusUpdate
export function validateClaimStatusUpdate({ spec, status }: PersistentVolumeClaim): readonly FieldError[] {
  const { capacity = {}, allocatedResourceStatuses = {}, allocatedResources = {} } = status;
  const statusPath = "status.allocatedResourceStatus";
  const errors: FieldError[] = [];
  if (!spec.accessModes?.length) errors.push(required("Spec.accessModes"));
  errors.push(...validateAmounts(capacity, "status.capacity"));
  for (const [name, state] of Object.entries(allocatedResourceStatuses)) {
    errors.push(...validateResourceKey(name, statusPath));
    if (!RESIZE_STATUSES.includes(state)) errors.push(notSupported(statusPath, name, RESIZE_STATUSES));
  }
  const allocatedPath = "status.allocatedResources";
  for (const [name, text] of Object.entries(allocatedResources)) {
    const wrong = validateResourceKey(name, allocatedPath);
    errors.push(...(wrong.length > 0 ? wrong : validateAmounts({ [name]: text }, allocatedPath)));
  }
  return errors;
}

function validateAmounts(amounts: Readonly<Record<string, string>>, path: string): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, text]) => {
    const bytes = toBytes(quantityOf(text));
    return bytes < 0 ? [invalid(key(path, name), bytes, "must be a valid resource quantity")] : [];
  });
}

function validateResourceKey(name: string, path: string): readonly FieldError[] {
  const wrong = isQualifiedName(name).map((text) => invalid(path, name, text));
  if (wrong.length > 0 || name === "storage" || !isNativeResource(name)) return wrong;
  return [notSupported(path, name, ["storage"])];
}
