import type { Kind } from "../../../api/kind.ts";
import { type FieldError, index, invalid, required } from "../../../api/meta/field-error.ts";
import { isIpv4, parseCidr, validateCidr } from "../../../api/meta/ip.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { SERVICE_CIDRS, type ServiceCidr } from "../../../api/refs.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";

const PATH = "spec.cidrs";

export const serviceCidrKind: Kind<ServiceCidr> = {
  ref: SERVICE_CIDRS,
  singular: "servicecidr",
  namespaced: false,
  type: "ServiceCIDR",
  defaults: (object) => {
    object.spec ??= {};
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  validate: ({ spec }) => validateCidrs(spec.cidrs ?? []),
  validateUpdate,
  subresources: { status: true },
  // Models pkg/printers/internalversion printServiceCIDR
  columns: [
    nameColumn(),
    column("CIDRs", "string", { type: "ServiceCIDRSpec", field: "cidrs" }, (object) => {
      return (object.spec.cidrs ?? []).join(",");
    }),
    ageColumn(),
  ],
};

// Models pkg/apis/networking/validation validateServiceCIDRSpec
function validateCidrs(cidrs: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (cidrs.length === 0) return [required(PATH, "at least one CIDR required")];
  if (cidrs.length > 2) errors.push(invalid(PATH, cidrs, "may only hold up to 2 values"));
  if (cidrs.length === 2) {
    const families = cidrs.map((text) => parseCidr(text)).map((cidr) => cidr && isIpv4(cidr));
    const wrong = cidrs[families.indexOf(undefined)];
    if (wrong !== undefined) errors.push(invalid(PATH, cidrs, `invalid CIDR address: ${wrong}`));
    else if (families[0] === families[1]) {
      const text = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
      errors.push(invalid(PATH, cidrs, text));
    }
  }
  return [...errors, ...cidrs.flatMap((cidr, at) => validateCidr(index(PATH, at), cidr))];
}

// Models pkg/apis/networking/validation ValidateServiceCIDRUpdate: a second family may be added, or taken away again.
function validateUpdate(object: ServiceCidr, old: ServiceCidr): readonly FieldError[] {
  const cidrs = object.spec.cidrs ?? [];
  const before = old.spec.cidrs ?? [];
  const pairs = cidrs.slice(0, before.length);
  return [
    ...pairs.flatMap((cidr, at) => validateImmutable(cidr, before[at], index(PATH, at))),
    ...(cidrs.length === before.length ? [] : validateCidrs(cidrs)),
  ];
}
