import { serviceAccountUser, type User } from "../authentication/user.ts";
import type { RbacV1Subject as Subject } from "../schema/generated/types.ts";

/** The index of role bindings by whom they name. */
export const SUBJECT_INDEX = "subject";
/** The index of cluster roles that gather the rules of others. */
export const AGGREGATING_INDEX = "aggregating";

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly subjects?: readonly Subject[];
}

/** The values of the index for one binding: `User/jane`, within its namespace `default/User/jane`. */
export function subjectKeys({ metadata: { namespace }, subjects = [] }: Binding): readonly string[] {
  const keys = subjects.flatMap((subject) => subjectKey(subject, namespace ?? "") ?? []);
  return [...new Set(namespace === undefined ? keys : keys.map((key) => `${namespace}/${key}`))];
}

/** What to look a user up by. */
export function userKeys({ name, groups }: User): readonly string[] {
  return [`User/${name}`, ...new Set(groups.map((group) => `Group/${group}`))];
}

/** A service account is the user of its name; in the namespace of the binding unless it says another. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === "User" || kind === "Group") return `${kind}/${name}`;
  const home = namespace || bindingNamespace;
  return kind === "ServiceAccount" && home !== "" ? `User/${serviceAccountUser(home, name)}` : undefined;
}

/** The first subject of a binding that is the user, or a group of it. */
export function subjectFor({ metadata: { namespace = "" }, subjects = [] }: Binding, user: User): Subject | undefined {
  const keys = userKeys(user);
  return subjects.find((subject) => keys.includes(subjectKey(subject, namespace) ?? ""));
}

/** How reasons name a subject. */
export function subjectText({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return kind === "ServiceAccount"
    ? `${kind} "${name}/${namespace || bindingNamespace}"`
    : `${kind} ${JSON.stringify(name)}`;
}

/** The node that a user name stands for, if it does. Models pkg/auth/nodeidentifier NodeIdentity. */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith("system:node:") && groups.includes("system:nodes")
    ? name.slice("system:node:".length)
    : undefined;
}
