import { certificateEnd } from "../../api/certificates/certificate.ts";
import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

const HOUR_MS = 3_600_000;
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

// Models pkg/controller/certificates/cleaner
/** Deletes requests that nobody needs any more: an hour after they were decided, a day after nobody did. Keys are names. */
export const certificateCleaner: Controller = {
  name: "certificatesigningrequest-cleaner-controller",
  watches: [
    watchRule(CERTIFICATE_SIGNING_REQUESTS, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
  ],
  create: (context) => ({
    reconcile(name): Outcome {
      const request = context.cache.get(CERTIFICATE_SIGNING_REQUESTS, name);
      const endMs = request && endOf(request, context);
      if (endMs === undefined) return undefined;
      if (endMs >= context.nowMs) return { againAfterMs: endMs - context.nowMs + 1 };
      const deleted = context.client.delete(CERTIFICATE_SIGNING_REQUESTS, name);
      return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
    },
  }),
};

/** When a request has stood long enough, in virtual milliseconds; undefined: never. */
function endOf({ metadata, status }: CertificateSigningRequest, context: ComponentContext): number | undefined {
  const { conditions = [], certificate } = status;
  if (conditions.length === 0) return context.parseMs(metadata.creationTimestamp) + PENDING_MS;
  const ends = conditions.flatMap(({ type, lastUpdateTime }) => {
    const isOver = type === "Denied" || (type === "Approved" && certificate !== undefined);
    return isOver && lastUpdateTime ? [context.parseMs(lastUpdateTime) + DECIDED_MS] : [];
  });
  const isApproved = conditions.some(({ type }) => type === "Approved");
  const expiry = isApproved && certificate !== undefined ? certificateEnd(certificate) : undefined;
  // Certificates speak of real times: those of virtual 0 are the difference.
  if (expiry !== undefined) ends.push(expiry - Date.parse(context.now) + context.nowMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
