import { type FieldError, invalid, key as keyPath, required, tooLong } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isConfigMapKey } from "../../../api/meta/validation.ts";
import type { Secret } from "../../../api/refs.ts";
import { base64ByteLength, decodeBase64 } from "../base64.ts";
import { MAX_DATA_BYTES } from "../configmap/validation.ts";
import { validateFrozenWhenImmutable } from "../immutable.ts";

const SERVICE_ACCOUNT_NAME = "kubernetes.io/service-account.name";
const REDACTED = "<secret contents redacted>";

type Data = Readonly<Record<string, string>>;

// Models pkg/apis/core/validation ValidateSecret
export function validateSecret(object: Secret): readonly FieldError[] {
  const errors: FieldError[] = [];
  const data = object.data ?? {};
  let totalBytes = 0;
  for (const [name, value] of Object.entries(data)) {
    errors.push(...isConfigMapKey(name).map((text) => invalid(keyPath("data", name), name, text)));
    totalBytes += base64ByteLength(value);
  }
  if (totalBytes > MAX_DATA_BYTES) errors.push(tooLong("data", MAX_DATA_BYTES));
  return [...errors, ...validateByType(object, data)];
}

/** Each well-known type demands its keys. */
function validateByType(object: Secret, data: Data): readonly FieldError[] {
  const demand = (name: string) => required(keyPath("data", name));
  switch (object.type) {
    case "kubernetes.io/service-account-token": {
      const named = object.metadata.annotations?.[SERVICE_ACCOUNT_NAME];
      return named ? [] : [required(keyPath("metadata.annotations", SERVICE_ACCOUNT_NAME))];
    }
    case "kubernetes.io/dockercfg":
      return validateJson(data, ".dockercfg");
    case "kubernetes.io/dockerconfigjson":
      return validateJson(data, ".dockerconfigjson");
    case "kubernetes.io/basic-auth":
      // Either may be absent, and both may be empty.
      if (data.username !== undefined || data.password !== undefined) return [];
      return [demand("username"), demand("password")];
    case "kubernetes.io/ssh-auth":
      return data["ssh-privatekey"] ? [] : [demand("ssh-privatekey")];
    case "kubernetes.io/tls":
      return ["tls.crt", "tls.key"].filter((name) => data[name] === undefined).map(demand);
    default:
      return [];
  }
}

function validateJson(data: Data, name: string): readonly FieldError[] {
  const encoded = data[name];
  const path = keyPath("data", name);
  if (encoded === undefined) return [required(path)];
  const text = decodeBase64(encoded);
  try {
    JSON.parse(text);
    return [];
  } catch {
    return [invalid(path, REDACTED, goJsonError(text))];
  }
}

/** Go's words for text that is no JSON, exact where it breaks at the first character. */
function goJsonError(text: string): string {
  const first = text.trimStart().charAt(0);
  if (first === "") return "unexpected end of JSON input";
  if (/["{[\-0-9tfn]/.test(first)) return "unexpected end of JSON input";
  return `invalid character '${first}' looking for beginning of value`;
}

// Models pkg/apis/core/validation ValidateSecretUpdate
export function validateSecretUpdate(object: Secret, old: Secret): readonly FieldError[] {
  return [
    ...validateImmutable(object.type, old.type, "type"),
    ...validateFrozenWhenImmutable(object, old, ["data"]),
    ...validateSecret(object),
  ];
}
