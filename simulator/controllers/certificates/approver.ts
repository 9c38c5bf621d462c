import { authorize } from "../../api/authorization/authorizer.ts";
import type { AccessView } from "../../api/authorization/resolver.ts";
import { parseCertificateRequest } from "../../api/certificates/request.ts";
import { joinKey } from "../../api/object.ts";
import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { KUBELET_CLIENT_SIGNER, kubeletClientProblem } from "./requests.ts";

// Models pkg/controller/certificates/approver
/** Approves kubelets' requests for client certificates, of whom may make them. Keys are names of requests. */
export const certificateApprover: Controller = {
  name: "csrapproving",
  watches: [
    watchRule(CERTIFICATE_SIGNING_REQUESTS, ({ type, object }) => (type === "ADDED" ? [object.metadata.name] : [])),
  ],
  create: (context) => ({
    reconcile(name): Outcome {
      const request = context.cache.get(CERTIFICATE_SIGNING_REQUESTS, name);
      if (request === undefined || request.status.certificate || isDecided(request)) return undefined;
      const message = approvalOf(request, context);
      if (message === undefined) return undefined;
      const approved = {
        type: "Approved",
        status: "True",
        reason: "AutoApproved",
        message,
        lastUpdateTime: context.now,
        lastTransitionTime: context.now,
      };
      const conditions = [...(request.status.conditions ?? []), approved];
      const updated = context.client.updatePart(CERTIFICATE_SIGNING_REQUESTS, "approval", {
        ...request,
        status: { ...request.status, conditions },
      });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};

function isDecided({ status }: CertificateSigningRequest): boolean {
  return status.conditions?.some(({ type }) => type === "Approved" || type === "Denied") === true;
}

/** Why a request is approved; undefined: it is not. */
function approvalOf({ spec }: CertificateSigningRequest, { cache }: ComponentContext): string | undefined {
  const parsed = parseCertificateRequest(spec.request);
  if (!parsed.ok || spec.signerName !== KUBELET_CLIENT_SIGNER) return undefined;
  if (kubeletClientProblem(parsed.value, spec.usages ?? []) !== undefined) return undefined;
  const user = { name: spec.username ?? "", groups: spec.groups ?? [] };
  const view: AccessView = {
    find: (ref, namespace, name) => cache.get(ref, joinKey(namespace, name)),
    byIndex: (ref, index, value) => cache.byIndex(ref, index, value),
  };
  const may = (subresource: string) => {
    const about = { group: "certificates.k8s.io", resource: "certificatesigningrequests", namespace: "", name: "" };
    return authorize(view, { user, action: { verb: "create", ...about, subresource } }).allowed;
  };
  if (spec.username === parsed.value.commonName && may("selfnodeclient")) {
    return "Auto approving self kubelet client certificate after SubjectAccessReview.";
  }
  return may("nodeclient") ? "Auto approving kubelet client certificate after SubjectAccessReview." : undefined;
}
