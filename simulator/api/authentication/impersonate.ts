import { fail, ok, type Result } from "../../base/result.ts";
import type { ResourceAttributes } from "../authorization/attributes.ts";
import { authorize, refusal } from "../authorization/authorizer.ts";
import type { AccessView } from "../authorization/resolver.ts";
import { badRequest, type Status } from "../errors.ts";
import { withStanding } from "./authenticate.ts";
import { ANONYMOUS, serviceAccountGroups, splitServiceAccountUser, UNAUTHENTICATED, type User } from "./user.ts";

/** What the Impersonate-* headers ask for. Keys of `extra` are in lower case, unescaped. */
export interface Impersonation {
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

const AUTHENTICATION = "authentication.k8s.io";

/** One thing that is asked to be: what must be allowed, and how upstream prints it. */
interface Wish {
  readonly about: Pick<ResourceAttributes, "group" | "resource" | "subresource" | "namespace" | "name">;
  readonly kind: string;
}

// Models apiserver pkg/endpoints/filters/impersonation WithImpersonation
/** The user that a request acts as from here on. Each part of it must be allowed to `user`. */
export function impersonate(view: AccessView, user: User, asked: Impersonation): Result<User, Status> {
  const wishes = wishesOf(asked);
  if (wishes.length === 0) return ok(user);
  if (!asked.user) {
    return fail(badRequest(`requested [${wishes.map(wishText).join(" ")}] without impersonating a user`));
  }
  for (const { about } of wishes) {
    const attributes = { user, action: { verb: "impersonate", ...about } };
    const { allowed, reason } = authorize(view, attributes);
    if (!allowed) return fail(refusal(attributes, reason));
  }
  const { user: name, uid, groups = [], extra } = asked;
  const account = splitServiceAccountUser(name);
  const given = groups.length === 0 && account !== undefined ? serviceAccountGroups(account.namespace) : groups;
  const isUnknown = name === ANONYMOUS && !given.includes(UNAUTHENTICATED);
  const standing = isUnknown ? [...given, UNAUTHENTICATED] : withStanding(name, given);
  return ok({ name, groups: standing, ...(uid && { uid }), ...(extra && { extra }) });
}

function wishesOf({ user, groups = [], extra = {}, uid }: Impersonation): Wish[] {
  const wish = (kind: string, name: string, resource: string, group = "", subresource = "", namespace = ""): Wish => ({
    about: { group, resource, subresource, namespace, name },
    kind,
  });
  const account = user ? splitServiceAccountUser(user) : undefined;
  const wishes = groups.map((group) => wish("Group", group, "groups"));
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) wishes.push(wish("UserExtra", value, "userextras", AUTHENTICATION, key));
  }
  if (uid) wishes.push(wish("UID", uid, "uids", AUTHENTICATION));
  if (account !== undefined) {
    wishes.unshift(wish("ServiceAccount", account.name, "serviceaccounts", "", "", account.namespace));
  } else if (user) wishes.unshift(wish("User", user, "users"));
  return wishes;
}

/** As Go prints an object reference: kind, namespace, name, UID, version, resourceVersion, field path. */
function wishText({ about: { group, namespace, name, subresource }, kind }: Wish): string {
  const version = group === "" ? "" : `${group}/v1`;
  return `{${[kind, namespace, name, "", version, "", subresource].join(" ")}}`;
}
