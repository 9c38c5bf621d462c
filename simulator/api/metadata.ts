import type { Kind } from "./kind.ts";
import type { FieldError } from "./meta/field-error.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "./meta/object-meta.ts";
import { nameIsDnsSubdomain } from "./meta/validation.ts";
import type { KubeObject } from "./object.ts";

export function validateNewMetadata<T extends KubeObject>(kind: Kind<T>, object: T): readonly FieldError[] {
  return validateObjectMeta(object.metadata, kind.namespaced, kind.validateName ?? nameIsDnsSubdomain);
}

export function validateMetadataChange<T extends KubeObject>(_kind: Kind<T>, object: T, old: T): readonly FieldError[] {
  return validateObjectMetaUpdate(object.metadata, old.metadata);
}
