import { isDns1123Label, isDns1123Subdomain } from "../meta/validation.ts";

/** Who a request comes from, as it was authenticated. Models apiserver pkg/authentication/user Info. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

/** Members may do everything, whatever the roles say. */
export const MASTERS = "system:masters";
export const AUTHENTICATED = "system:authenticated";
export const UNAUTHENTICATED = "system:unauthenticated";
export const ANONYMOUS = "system:anonymous";

/** The tab's own user, and whoever uses a door that asks for no credentials. */
export const ADMINISTRATOR: User = Object.freeze({
  name: "kubernetes-admin",
  groups: Object.freeze([MASTERS, AUTHENTICATED]),
});

/** In whose name the cluster's own parts write: nobody checks them. */
export const LOOPBACK: User = Object.freeze({ name: "system:apiserver", groups: Object.freeze([MASTERS]) });

export function isMaster({ groups }: User): boolean {
  return groups.includes(MASTERS);
}

const SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

// Models apiserver pkg/authentication/serviceaccount MakeUsername, MakeGroupNames, SplitUsername
export function serviceAccountUser(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`;
}

export function serviceAccountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** The namespace and name of the service account that a user name stands for, if it does. */
export function splitServiceAccountUser(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined;
  const [namespace = "", name, ...more] = user.slice(SERVICE_ACCOUNT_PREFIX.length).split(":");
  if (name === undefined || more.length > 0) return undefined;
  return isDns1123Label(namespace).length === 0 && isDns1123Subdomain(name).length === 0
    ? { namespace, name }
    : undefined;
}
