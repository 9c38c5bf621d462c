import type { JsonObject } from "../../base/json.ts";
import type { Reply } from "../server.ts";
import { ISSUER } from "./service-account-tokens.ts";

const CONFIGURATION = "/.well-known/openid-configuration";
const KEYS = "/openid/v1/jwks";

export const issuerPaths: readonly string[] = [CONFIGURATION, KEYS];

// Models pkg/serviceaccount openidmetadata.go
/**
 * What others need to know to check service accounts' tokens; undefined for another path. Tokens here are sealed by the
 * cluster for itself: there are no public keys, so whoever wants to check one elsewhere has to refuse it.
 */
export function issuerDocument(path: string, address: string): Reply | undefined {
  if (path === KEYS) return { code: 200, body: { keys: [] }, contentType: "application/jwk-set+json" };
  if (path !== CONFIGURATION) return undefined;
  const body: JsonObject = {
    issuer: ISSUER,
    jwks_uri: `https://${address}${KEYS}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
  return { code: 200, body };
}
