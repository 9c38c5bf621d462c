import { type FieldError, invalid, key as keyPath, tooLong } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { isConfigMapKey } from "../../../api/meta/validation.ts";
import type { ConfigMap } from "../../../api/refs.ts";
import { base64ByteLength } from "../base64.ts";
import { validateFrozenWhenImmutable } from "../immutable.ts";

/** What a ConfigMap or Secret may hold, in bytes. */
export const MAX_DATA_BYTES = 1024 * 1024;
/** How Go prints the path of the whole object. */
const WHOLE_OBJECT = "[]";

// Models pkg/apis/core/validation ValidateConfigMap
export function validateConfigMap(object: ConfigMap): readonly FieldError[] {
  const errors: FieldError[] = [];
  let totalBytes = 0;
  for (const [name, value] of Object.entries(object.data ?? {})) {
    const path = keyPath("data", name);
    errors.push(...isConfigMapKey(name).map((text) => invalid(path, name, text)));
    if (object.binaryData?.[name] !== undefined) {
      errors.push(invalid(path, name, "duplicate of key present in binaryData"));
    }
    totalBytes += byteLength(value);
  }
  for (const [name, value] of Object.entries(object.binaryData ?? {})) {
    errors.push(...isConfigMapKey(name).map((text) => invalid(keyPath("binaryData", name), name, text)));
    totalBytes += base64ByteLength(value);
  }
  if (totalBytes > MAX_DATA_BYTES) errors.push(tooLong(WHOLE_OBJECT, MAX_DATA_BYTES));
  return errors;
}

// Models pkg/apis/core/validation ValidateConfigMapUpdate
export function validateConfigMapUpdate(object: ConfigMap, old: ConfigMap): readonly FieldError[] {
  return [...validateFrozenWhenImmutable(object, old, ["data", "binaryData"]), ...validateConfigMap(object)];
}
