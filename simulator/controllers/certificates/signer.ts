import { issueCertificate } from "../../api/certificates/certificate.ts";
import { parseCertificateRequest } from "../../api/certificates/request.ts";
import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { hasCondition, SIGNERS } from "./requests.ts";

const YEAR_SECONDS = 365 * 24 * 3600;
const LEAST_SECONDS = 600;
const BACKDATE_MS = 5 * 60_000;
const SHORT_SECONDS = 8 * 3600;

// Models pkg/controller/certificates/signer
/** Issues what was approved. Keys are names of requests. */
export const certificateSigner: Controller = {
  name: "certificate-controller",
  watches: [
    watchRule(CERTIFICATE_SIGNING_REQUESTS, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
  ],
  create: (context) => ({
    reconcile(name): Outcome {
      const request = context.cache.get(CERTIFICATE_SIGNING_REQUESTS, name);
      if (request === undefined || request.status.certificate || !hasCondition(request, "Approved")) return undefined;
      const problemOf = SIGNERS[request.spec.signerName];
      if (problemOf === undefined || hasCondition(request, "Denied") || hasCondition(request, "Failed"))
        return undefined;
      const parsed = parseCertificateRequest(request.spec.request);
      if (!parsed.ok) return undefined;
      const usages = request.spec.usages ?? [];
      const problem = problemOf(parsed.value, usages);
      const status =
        problem === undefined
          ? {
              ...request.status,
              certificate: issueCertificate(parsed.value, usages, validityOf(request, context), request.metadata.uid),
            }
          : withFailure(request, problem, context.now);
      const updated = context.client.updateStatus(CERTIFICATE_SIGNING_REQUESTS, { ...request, status });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};

function validityOf({ spec }: CertificateSigningRequest, { now }: ComponentContext) {
  const seconds = Math.max(LEAST_SECONDS, Math.min(spec.expirationSeconds ?? YEAR_SECONDS, YEAR_SECONDS));
  const present = Date.parse(now);
  const begins = present - BACKDATE_MS;
  // Short ones last as long as was asked for, from now on.
  const untilEpochMs = (seconds < SHORT_SECONDS ? present : begins) + seconds * 1000;
  return { fromEpochMs: begins, untilEpochMs };
}

function withFailure({ status }: CertificateSigningRequest, message: string, now: string) {
  const failed = {
    type: "Failed",
    status: "True",
    reason: "SignerValidationFailure",
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  };
  return { ...status, conditions: [...(status.conditions ?? []), failed] };
}
