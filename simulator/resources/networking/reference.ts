import { child, type FieldError, invalid, required } from "../../api/meta/field-error.ts";
import { isDns1123Subdomain, isPathSegmentName } from "../../api/meta/validation.ts";
import type { TypedLocalObjectReference } from "../../api/schema/generated/types.ts";

// Models pkg/apis/networking/validation validateIngressTypedLocalObjectReference
/** A reference to some object by its group, kind and name. */
export function validateReference(reference: TypedLocalObjectReference, path: string): readonly FieldError[] {
  const { apiGroup } = reference;
  const group = apiGroup === undefined ? [] : isDns1123Subdomain(apiGroup);
  return [
    ...group.map((text) => invalid(child(path, "apiGroup"), apiGroup, text)),
    ...(["kind", "name"] as const).flatMap((field) => {
      const value = reference[field] ?? "";
      const here = child(path, field);
      if (value === "") return [required(here, `${field} is required`)];
      return isPathSegmentName(value).map((text) => invalid(here, value, text));
    }),
  ];
}
