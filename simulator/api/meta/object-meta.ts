import { equalJson } from "../../base/json.ts";
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from "../schema/generated/types.ts";
import { child, type FieldError, forbidden, index, invalid, notSupported, required, tooLong } from "./field-error.ts";
import { byteLength, goQuote } from "./go-text.ts";
import { validateLabels } from "./label-validation.ts";
import { validateFieldManager } from "./options-validation.ts";
import { IMMUTABLE_ERROR, isDns1123Label, isQualifiedName, type NameRule, NEGATIVE_ERROR } from "./validation.ts";

export const TOTAL_ANNOTATION_BYTES = 256 * 1024;
export const FINALIZER_ORPHAN = "orphan";
export const FINALIZER_FOREGROUND = "foregroundDeletion";
const MAX_SUBRESOURCE_BYTES = 256;

export function validateNonNegative(value: number, path: string): readonly FieldError[] {
  return value < 0 ? [invalid(path, value, NEGATIVE_ERROR)] : [];
}

/** The new value must equal the old one; `badValue` is what is printed where it is not the new value itself. */
export function validateImmutable(
  newValue: unknown,
  oldValue: unknown,
  path: string,
  badValue: unknown = newValue,
): readonly FieldError[] {
  return equalJson(newValue, oldValue) ? [] : [invalid(path, badValue, IMMUTABLE_ERROR)];
}

// Models apimachinery pkg/api/validation ValidateAnnotations
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): readonly FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const text of isQualifiedName(key.toLowerCase())) errors.push(invalid(path, key, text));
    bytes += byteLength(key) + byteLength(value);
  }
  if (bytes > TOTAL_ANNOTATION_BYTES) errors.push(tooLong(path, TOTAL_ANNOTATION_BYTES));
  return errors;
}

/** `[group, version]` of an apiVersion, or undefined when it has more than one slash. */
function groupVersion(apiVersion: string): readonly [string, string] | undefined {
  const parts = apiVersion.split("/");
  if (parts.length > 2) return undefined;
  return parts.length === 1 ? ["", parts[0] as string] : [parts[0] as string, parts[1] as string];
}

/** An owner reference in the order of Go's struct, as its text shows it. */
function printedOwner(ref: OwnerReference): Record<string, unknown> {
  const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = ref;
  return {
    apiVersion: apiVersion ?? "",
    kind: kind ?? "",
    name: name ?? "",
    uid: uid ?? "",
    controller,
    blockOwnerDeletion,
  };
}

function validateOwnerReference(ref: OwnerReference, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const version = groupVersion(ref.apiVersion ?? "")?.[1];
  if (!version) errors.push(invalid(child(path, "apiVersion"), ref.apiVersion ?? "", "version must not be empty"));
  for (const field of ["kind", "name", "uid"] as const) {
    if (!ref[field]) errors.push(invalid(child(path, field), "", "must not be empty"));
  }
  if (ref.apiVersion === "v1" && ref.kind === "Event") {
    errors.push(invalid(path, printedOwner(ref), "/v1, Kind=Event is disallowed from being an owner"));
  }
  return errors;
}

// Models apimachinery pkg/api/validation ValidateOwnerReferences
export function validateOwnerReferences(
  refs: readonly OwnerReference[] | undefined,
  path: string,
): readonly FieldError[] {
  if (!refs) return [];
  const errors: FieldError[] = [];
  let controller = "";
  for (const ref of refs) {
    // Upstream's paths name the list, not the reference.
    errors.push(...validateOwnerReference(ref, path));
    if (!ref.controller) continue;
    const name = `${ref.kind}/${ref.name}`;
    if (controller === "") controller = name;
    else {
      const found = `Found "true" in references for ${controller} and ${name}`;
      const text = `Only one reference can have Controller set to true. ${found}`;
      errors.push(invalid(path, refs.map(printedOwner), text));
    }
  }
  return errors;
}

// Models apimachinery pkg/api/validation ValidateFinalizers
export function validateFinalizers(finalizers: readonly string[] | undefined, path: string): readonly FieldError[] {
  if (!finalizers) return [];
  const errors: FieldError[] = [];
  for (const name of finalizers) for (const text of isQualifiedName(name)) errors.push(invalid(path, name, text));
  if (finalizers.includes(FINALIZER_ORPHAN) && finalizers.includes(FINALIZER_FOREGROUND)) {
    const text = `finalizer ${FINALIZER_ORPHAN} and ${FINALIZER_FOREGROUND} cannot be both set`;
    errors.push(invalid(path, finalizers, text));
  }
  return errors;
}

/** An object that is being deleted may lose finalizers but gain none. */
function validateNoNewFinalizers(
  finalizers: readonly string[],
  old: readonly string[],
  path: string,
): readonly FieldError[] {
  const extra = [...new Set(finalizers)].filter((name) => !old.includes(name)).sort();
  if (extra.length === 0) return [];
  const list = `[]string{${extra.map(goQuote).join(", ")}}`;
  const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbidden(path, text)];
}

export function validateManagedFields(
  entries: readonly ManagedFieldsEntry[] | undefined,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [at, entry] of (entries ?? []).entries()) {
    const here = index(path, at);
    const operation = entry.operation ?? "";
    if (operation === "") errors.push(required(child(here, "operation"), "must not be empty"));
    else if (operation !== "Apply" && operation !== "Update") {
      errors.push(notSupported(child(here, "operation"), operation, ["Apply", "Update"]));
    }
    if (entry.fieldsType && entry.fieldsType !== "FieldsV1") {
      errors.push(invalid(child(here, "fieldsType"), entry.fieldsType, "must be `FieldsV1`"));
    }
    errors.push(...validateFieldManager(entry.manager ?? "", child(here, "manager")));
    if (byteLength(entry.subresource ?? "") > MAX_SUBRESOURCE_BYTES) {
      errors.push(tooLong(child(here, "subresource"), MAX_SUBRESOURCE_BYTES));
    }
  }
  return errors;
}

function validateNamespaceOf(meta: ObjectMeta, namespaced: boolean, path: string): readonly FieldError[] {
  const at = child(path, "namespace");
  if (!namespaced) return meta.namespace ? [forbidden(at, "not allowed on this type")] : [];
  if (!meta.namespace) return [required(at)];
  return isDns1123Label(meta.namespace).map((text) => invalid(at, meta.namespace, text));
}

// Models apimachinery pkg/api/validation ValidateObjectMeta
/** Checks the metadata of a new object, after its name was generated. */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  nameRule: NameRule,
  path = "metadata",
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName) {
    for (const text of nameRule(meta.generateName, true)) {
      errors.push(invalid(child(path, "generateName"), meta.generateName, text));
    }
  }
  if (!meta.name) errors.push(required(child(path, "name"), "name or generateName is required"));
  else for (const text of nameRule(meta.name, false)) errors.push(invalid(child(path, "name"), meta.name, text));
  errors.push(
    ...validateNamespaceOf(meta, namespaced, path),
    ...validateNonNegative(meta.generation ?? 0, child(path, "generation")),
    ...validateLabels(meta.labels, child(path, "labels")),
    ...validateAnnotations(meta.annotations, child(path, "annotations")),
    ...validateOwnerReferences(meta.ownerReferences, child(path, "ownerReferences")),
    ...validateFinalizers(meta.finalizers, child(path, "finalizers")),
    ...validateManagedFields(meta.managedFields, child(path, "managedFields")),
  );
  return errors;
}

/** Metadata that an update may not change; an absent string is the empty string. */
const IMMUTABLE_STRINGS = ["name", "namespace", "uid"] as const;
const IMMUTABLE_POINTERS = ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

// Models apimachinery pkg/api/validation ValidateObjectMetaUpdate
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path = "metadata"): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    errors.push(...validateNoNewFinalizers(meta.finalizers ?? [], old.finalizers ?? [], child(path, "finalizers")));
  }
  if (!meta.resourceVersion) {
    errors.push(invalid(child(path, "resourceVersion"), "", "must be specified for an update"));
  }
  const generation = meta.generation ?? 0;
  errors.push(...validateNonNegative(generation, child(path, "generation")));
  if (generation < (old.generation ?? 0)) {
    errors.push(invalid(child(path, "generation"), generation, "must not be decremented"));
  }
  for (const name of IMMUTABLE_STRINGS) {
    errors.push(...validateImmutable(meta[name] ?? "", old[name] ?? "", child(path, name)));
  }
  for (const name of IMMUTABLE_POINTERS) errors.push(...validateImmutable(meta[name], old[name], child(path, name)));
  errors.push(
    ...validateLabels(meta.labels, child(path, "labels")),
    ...validateAnnotations(meta.annotations, child(path, "annotations")),
    ...validateOwnerReferences(meta.ownerReferences, child(path, "ownerReferences")),
    ...validateManagedFields(meta.managedFields, child(path, "managedFields")),
  );
  return errors;
}
