import type { Result } from "../../base/result.ts";
import { fail, ok } from "../../base/result.ts";
import type { ApiRequest } from "../http.ts";
import { API_AUDIENCES, type ServiceAccountTokens, type TokenUser } from "./service-account-tokens.ts";
import { ADMINISTRATOR, ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, type User } from "./user.ts";

/** Who a request comes from; undefined when it carries a token that is no good. */
export function authenticate(request: ApiRequest, tokens: ServiceAccountTokens): User | undefined {
  const { user: name, token, groups = [], uid, extra } = request;
  if (token !== undefined) {
    const checked = checkToken(tokens, token, API_AUDIENCES);
    return checked.ok ? checked.value.user : undefined;
  }
  if (name === undefined) return ADMINISTRATOR;
  return { name, groups: withStanding(name, groups), ...(uid && { uid }), ...(extra && { extra }) };
}

// Models apiserver pkg/authentication/group AuthenticatedGroupAdder: everybody is either known or unknown
export function withStanding(name: string, groups: readonly string[]): readonly string[] {
  if (groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED)) return groups;
  return [...groups, name === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED];
}

/** Who a token stands for, or why for nobody, in the words of the API server's authenticators together. */
export function checkToken(
  tokens: ServiceAccountTokens,
  token: string,
  audiences: readonly string[],
): Result<TokenUser, string> {
  const checked = tokens.check(token, audiences);
  if (!checked.ok) return fail(`[invalid bearer token, ${checked.error}]`);
  return checked.value === undefined ? fail("invalid bearer token") : ok(checked.value);
}
