import { equalJson } from "../../base/json.ts";
import { authorize } from "../authorization/authorizer.ts";
import { parseCertificateRequest } from "../certificates/request.ts";
import { forbidden, type Status } from "../errors.ts";
import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from "../refs.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./plugin.ts";

const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
const MASTERS = "system:masters";

function refused({ object }: AdmissionRequest, why: string): Status {
  return forbidden(CERTIFICATE_SIGNING_REQUESTS, object.metadata.name, why);
}

// Models pkg/apis/certificates authorization IsAuthorizedForSignerName: by its name, or by its domain's
function mayUse({ writer, context }: AdmissionRequest, verb: string, signerName: string): boolean {
  if (writer.identity === undefined) return true;
  const [domain = ""] = signerName.split("/");
  return [signerName, `${domain}/*`].some((name) => {
    const action = { verb, group: "certificates.k8s.io", resource: "signers", subresource: "", namespace: "", name };
    return authorize(context, { user: context.user, action }).allowed;
  });
}

// Models plugin/pkg/admission/certificates/approval
/** Who approves needs the right to approve for the signer. */
export const certificateApproval: AdmissionPlugin = {
  name: "CertificateApproval",
  resources: [CERTIFICATE_SIGNING_REQUESTS.id],
  verbs: ["update"],
  validate: (request) => {
    if (request.subresource !== "approval") return undefined;
    const { signerName } = (request.old as CertificateSigningRequest).spec;
    if (mayUse(request, "approve", signerName)) return undefined;
    return refused(request, `user not permitted to approve requests with signerName "${signerName}"`);
  },
};

// Models plugin/pkg/admission/certificates/signing
/** Who writes the certificate, or its conditions, needs the right to sign for the signer. */
export const certificateSigning: AdmissionPlugin = {
  name: "CertificateSigning",
  resources: [CERTIFICATE_SIGNING_REQUESTS.id],
  verbs: ["update"],
  subresources: true,
  validate: (request) => {
    if (request.subresource !== "status") return undefined;
    const [now, before] = [request.object as CertificateSigningRequest, request.old as CertificateSigningRequest];
    const said = ({ status }: CertificateSigningRequest) => [status.certificate, status.conditions];
    if (equalJson(said(now), said(before))) return undefined;
    const { signerName } = before.spec;
    if (mayUse(request, "sign", signerName)) return undefined;
    return refused(request, `user not permitted to sign requests with signerName "${signerName}"`);
  },
};

// Models plugin/pkg/admission/certificates/subjectrestriction
/** Nobody becomes a master by a certificate that the cluster signs. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: "CertificateSubjectRestriction",
  resources: [CERTIFICATE_SIGNING_REQUESTS.id],
  verbs: ["create"],
  validate: (request) => {
    const { signerName, request: csr } = (request.object as CertificateSigningRequest).spec;
    if (signerName !== CLIENT_SIGNER) return undefined;
    const parsed = parseCertificateRequest(csr);
    if (!parsed.ok) return refused(request, `failed to parse CSR: ${parsed.error}`);
    if (!parsed.value.organizations.includes(MASTERS)) return undefined;
    return refused(request, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
  },
};
