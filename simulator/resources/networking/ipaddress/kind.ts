import type { Kind } from "../../../api/kind.ts";
import { child, type FieldError, invalid, required } from "../../../api/meta/field-error.ts";
import { validateIp } from "../../../api/meta/ip.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isDns1123Subdomain, isPathSegmentName } from "../../../api/meta/validation.ts";
import { IP_ADDRESSES, type IpAddressObject } from "../../../api/refs.ts";
import { column, NONE, nameColumn } from "../../columns.ts";

/** The dependency that has upstream's words for fields has none for structs. */
const PARENT_WORDS =
  "ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.";

export const ipAddressKind: Kind<IpAddressObject> = {
  ref: IP_ADDRESSES,
  singular: "ipaddress",
  shortNames: ["ip"],
  namespaced: false,
  type: "IPAddress",
  // Models pkg/apis/networking/validation ValidateIPAddressName
  validateName: (name) => validateIp("", name).map(({ detail = "" }) => detail),
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    object.spec = spec as typeof object.spec;
  },
  validate: ({ spec }) => validateParent(spec.parentRef),
  // Models pkg/apis/networking/validation ValidateIPAddressUpdate
  validateUpdate: (object, old) => validateImmutable(object.spec.parentRef, old.spec.parentRef, "spec.parentRef"),
  // Models pkg/printers/internalversion printIPAddress
  columns: [
    nameColumn(),
    column("ParentRef", "string", PARENT_WORDS, ({ spec: { parentRef } }) => {
      if (parentRef === undefined) return NONE;
      const { group, resource, namespace, name } = parentRef;
      const path = [group ? `${resource}.${group}` : resource, ...(namespace ? [namespace] : []), name];
      return path.join("/");
    }),
  ],
};

// Models pkg/apis/networking/validation validateIPAddressParentReference
function validateParent(parent: IpAddressObject["spec"]["parentRef"] | undefined): readonly FieldError[] {
  if (parent === undefined) return [required("spec.parentRef")];
  const { group = "", resource = "", name = "", namespace = "" } = parent;
  const at = (field: string) => child("spec.parentRef", field);
  const segment = (field: string, value: string) =>
    isPathSegmentName(value).map((text) => invalid(at(field), value, text));
  return [
    ...(group === "" ? [] : isDns1123Subdomain(group).map((text) => invalid(at("group"), group, text))),
    ...(resource === "" ? [required(at("resource"))] : segment("resource", resource)),
    ...(name === "" ? [required(at("name"))] : segment("name", name)),
    ...(namespace === "" ? [] : segment("namespace", namespace)),
  ];
}
