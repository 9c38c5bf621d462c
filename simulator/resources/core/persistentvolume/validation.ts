import {
  child,
  type FieldError,
  forbidden,
  invalid,
  key,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { formatQuantity, quantityOf, signOf, toBytes } from "../../../api/meta/quantity.ts";
import { nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import type { PersistentVolume } from "../../../api/refs.ts";
import type { PersistentVolumeSpec } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { validateAccessModes } from "../access-modes.ts";
import { internalForm } from "../pod/validation/internal-form.ts";
import { validateNodeSelector } from "../pod/validation/node-selector.ts";
import { prettyJson, unifiedDiff } from "../pod/validation/unified-diff.ts";
import { sourceOf, validateVolumeSource } from "./sources.ts";

const RECLAIM_POLICIES = ["Delete", "Recycle", "Retain"];
const VOLUME_MODES = ["Block", "Filesystem"];

// Models pkg/apis/core/validation ValidatePersistentVolumeSpec
export function validatePersistentVolume(object: PersistentVolume): readonly FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy = "", nodeAffinity, hostPath } = object.spec;
  const policyPath = "spec.persistentVolumeReclaimPolicy";
  const errors: FieldError[] = [];
  if (accessModes.length === 0) errors.push(required("spec.accessModes"));
  errors.push(...validateAccessModes(accessModes, "spec.accessModes"), ...validateCapacity(object.spec));
  if (policy !== "" && !RECLAIM_POLICIES.includes(policy)) {
    errors.push(notSupported(policyPath, policy, RECLAIM_POLICIES));
  }
  if (nodeAffinity) {
    const path = "spec.nodeAffinity.required";
    if (nodeAffinity.required) errors.push(...validateNodeSelector(nodeAffinity.required, path));
    else errors.push(required(path, "must specify required node constraints"));
  }
  errors.push(...validateVolumeSource(object));
  if (policy === "Recycle" && hostPath !== undefined && /^\/(\.?\/)*\.?$/.test(hostPath.path)) {
    errors.push(forbidden(policyPath, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  return [...errors, ...validateClasses(object.spec)];
}

function validateCapacity({ capacity = {} }: PersistentVolumeSpec): readonly FieldError[] {
  const path = "spec.capacity";
  const entries = Object.entries(capacity);
  const errors: FieldError[] = [];
  if (entries.length === 0) errors.push(required(path));
  if (capacity.storage === undefined || entries.length > 1) {
    errors.push(notSupported(path, entries.length > 0 ? sortedMap(capacity) : null, ["storage"]));
  }
  for (const [name, text] of entries) {
    const here = key(path, name);
    const amount = quantityOf(text);
    if (toBytes(amount) < 0) errors.push(invalid(here, toBytes(amount), "must be a valid resource quantity"));
    if (signOf(amount) <= 0) errors.push(invalid(here, formatQuantity(amount), "must be greater than zero"));
  }
  return errors;
}

function validateClasses(spec: PersistentVolumeSpec): readonly FieldError[] {
  const { storageClassName, volumeMode, volumeAttributesClassName: attributes, csi } = spec;
  const named = (name: string, field: string) =>
    nameIsDnsSubdomain(name, false).map((text) => invalid(child("spec", field), name, text));
  const errors = storageClassName ? named(storageClassName, "storageClassName") : [];
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported("spec.volumeMode", volumeMode, VOLUME_MODES));
  }
  if (attributes === undefined) return errors;
  if (attributes === "") errors.push(required("spec.volumeAttributesClassName", "an empty string is disallowed"));
  else errors.push(...named(attributes, "volumeAttributesClassName"));
  if (!csi) errors.push(required("spec.csi", "has to be specified when using volumeAttributesClassName"));
  return errors;
}

// Models pkg/apis/core/validation ValidatePersistentVolumeUpdate
export function validatePersistentVolumeUpdate(object: PersistentVolume, old: PersistentVolume): readonly FieldError[] {
  const { volumeMode, nodeAffinity, volumeAttributesClassName } = object.spec;
  const errors = [...validatePersistentVolume(object), ...validateSameSource(object.spec, old.spec)];
  errors.push(...validateImmutable(volumeMode, old.spec.volumeMode, "volumeMode", volumeMode ?? null));
  if (old.spec.nodeAffinity) {
    const printed = nodeAffinity ? internalForm("VolumeNodeAffinity", nodeAffinity) : null;
    errors.push(...validateImmutable(nodeAffinity, old.spec.nodeAffinity, "nodeAffinity", printed));
  }
  if (old.spec.volumeAttributesClassName !== undefined && volumeAttributesClassName === undefined) {
    const path = "spec.volumeAttributesClassName";
    errors.push(forbidden(path, "update from non-nil value to nil is forbidden"));
  }
  return errors;
}

/** What a volume is stays; the secret for growing it may be added. */
function validateSameSource(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): readonly FieldError[] {
  const now = sourceOf(spec);
  const before = sourceOf(old);
  const added = before.csi && !before.csi.controllerExpandSecretRef && now.csi?.controllerExpandSecretRef;
  const wanted = added && now.csi ? { ...now, csi: { ...now.csi, controllerExpandSecretRef: undefined } } : now;
  if (equalJson(wanted, before)) return [];
  const form = (source: object) => prettyJson(internalForm("PersistentVolumeSource", source));
  const diff = unifiedDiff(form(before), form(wanted));
  const text = `spec.persistentvolumesource is immutable after creation\n${diff}`;
  return [forbidden("spec.persistentvolumesource", text)];
}
