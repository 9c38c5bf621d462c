import type { Kind, WriteContext } from "../../../api/kind.ts";
import { humanDuration } from "../../../api/meta/duration.ts";
import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from "../../../api/refs.ts";
import { ageColumn, column, NONE, nameColumn } from "../../columns.ts";
import { datedConditions, kept } from "./conditions.ts";
import { validateRequest, validateRequestStatusUpdate } from "./validation.ts";

const SPEC = "CertificateSigningRequestSpec";

export const certificateSigningRequestKind: Kind<CertificateSigningRequest> = {
  ref: CERTIFICATE_SIGNING_REQUESTS,
  singular: "certificatesigningrequest",
  shortNames: ["csr"],
  namespaced: false,
  type: "CertificateSigningRequest",
  // Models pkg/apis/certificates/validation ValidateCertificateRequestName: any will do.
  validateName: () => [],
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.request ??= "";
    spec.signerName ??= "";
    object.spec = spec as typeof object.spec;
  },
  prepareCreate,
  // Models pkg/registry/certificates/certificates csrStrategy PrepareForUpdate
  prepareUpdate: (object, old) => ({ ...object, spec: old.spec }),
  // Models pkg/registry/certificates/certificates csrStatusStrategy PrepareForUpdate
  prepareStatusUpdate: (object, old, context) => ({
    ...object,
    metadata: object.metadata,
    spec: old.spec,
    status: { ...object.status, conditions: datedConditions(kept(object, old), old, context.now) },
  }),
  validate: validateRequest,
  validateUpdate: validateRequest,
  validateStatusUpdate: validateRequestStatusUpdate,
  subresources: {
    status: true,
    // Models pkg/registry/certificates/certificates csrApprovalStrategy: it may change conditions, and nothing else
    parts: [
      {
        name: "approval",
        prepareUpdate: (object, old, context) => ({
          ...old,
          metadata: object.metadata,
          status: { ...old.status, conditions: datedConditions(object.status?.conditions ?? [], old, context.now) },
        }),
        validateUpdate: validateRequestStatusUpdate,
      },
    ],
  },
  selectableFields: { "spec.signerName": ({ spec }) => spec.signerName },
  // Models pkg/printers/internalversion printCertificateSigningRequest
  columns: [
    nameColumn(),
    ageColumn(),
    column("SignerName", "string", { type: SPEC, field: "signerName" }, ({ spec }) => spec.signerName || NONE),
    column("Requestor", "string", { type: SPEC, field: "request" }, ({ spec }) => spec.username ?? ""),
    column("RequestedDuration", "string", { type: SPEC, field: "expirationSeconds" }, ({ spec }) => {
      return spec.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000);
    }),
    column("Condition", "string", { type: "CertificateSigningRequestStatus", field: "conditions" }, conditionText),
  ],
};

/** Who asks is written down by the server, whatever the request says. */
function prepareCreate(object: CertificateSigningRequest, { user }: WriteContext): CertificateSigningRequest {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = object.spec;
  const extra = Object.keys(user.extra ?? {}).length > 0 ? { extra: user.extra } : {};
  return {
    ...object,
    spec: {
      ...spec,
      username: user.name,
      ...(user.uid && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: user.groups }),
      ...extra,
    },
    status: {},
  };
}

// Models pkg/printers/internalversion extractCSRStatus
function conditionText({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status.conditions?.some((condition) => condition.type === type);
  const decision = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  return `${decision}${has("Failed") ? ",Failed" : ""}${status.certificate ? ",Issued" : ""}`;
}
