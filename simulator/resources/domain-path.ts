import { type FieldError, invalid, required } from "../api/meta/field-error.ts";
import { isDns1123Subdomain, isHttpPath } from "../api/meta/validation.ts";

// Models apimachinery pkg/util/validation IsDomainPrefixedPath
/** A name such as `example.com/manager`. */
export function validateDomainPrefixedPath(value: string, path: string): readonly FieldError[] {
  if (value === "") return [required(path)];
  const slash = value.indexOf("/");
  const domain = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  if (slash <= 0 || rest === "") {
    return [invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  return [
    ...isDns1123Subdomain(domain).map((text) => invalid(path, domain, text)),
    ...isHttpPath(rest).map((text) => invalid(path, rest, text)),
  ];
}
