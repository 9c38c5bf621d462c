import type { User } from "../authentication/user.ts";
import { type FieldTerm, parseFieldSelector, requiredFieldValue } from "../meta/field-selector.ts";
import { isPathSegmentName } from "../meta/validation.ts";
import type { Query } from "../routing.ts";

/** What somebody wants to do to a resource. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty: all namespaces, or a resource that has none. */
  readonly namespace: string;
  /** Empty: the collection. */
  readonly name: string;
  /** Which fields a list or watch selects by, where it can be read. */
  readonly fields?: readonly FieldTerm[];
}

/** What somebody wants to do to a path that is no resource, such as `/healthz`. */
export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export type Action = ResourceAttributes | PathAttributes;

/** Who wants to do what. */
export interface Attributes {
  readonly user: User;
  readonly action: Action;
}

export function isPathAction(action: Action): action is PathAttributes {
  return "path" in action;
}

const VERBS: { readonly [method: string]: string } = {
  POST: "create",
  GET: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};
/** What follows a namespace's name and is not a resource within it. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/**
 * What a request wants to do, read from its path alone: whether anything is served there is not asked yet.
 * Models apiserver pkg/endpoints/request RequestInfoFactory.NewRequestInfo.
 */
export function actionOf(method: string, path: string, query: Query, isWatch: boolean): Action {
  const parts = path.split("/").filter((part) => part !== "");
  const [root] = parts;
  const start = root === "api" ? 2 : root === "apis" ? 3 : Number.POSITIVE_INFINITY;
  if (parts.length <= start) return { verb: method.toLowerCase(), path };
  const group = root === "apis" ? decoded(parts[1]) : "";
  let rest = parts.slice(start).map(decoded);
  let verb = VERBS[method] ?? "";
  if (rest[0] === "watch" && rest.length > 1) {
    verb = "watch";
    rest = rest.slice(1);
  }
  let namespace = "";
  if (rest[0] === "namespaces" && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && !NAMESPACE_SUBRESOURCES.has(rest[2])) rest = rest.slice(2);
  }
  const [resource = "", name = "", subresource = ""] = rest;
  const about = { group, resource, subresource, namespace };
  if (name !== "" || verb === "watch") return { verb, ...about, name };
  if (verb === "delete") return { verb: "deletecollection", ...about, name };
  if (verb !== "get") return { verb, ...about, name };
  const fields = selectedFields(query);
  const many = isWatch || asksToWatch(query) ? "watch" : "list";
  return { verb: many, ...about, name: selectedName(fields), ...(fields.length > 0 && { fields }) };
}

function decoded(part = ""): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function asksToWatch(query: Query): boolean {
  const text = query.get("watch")?.[0]?.toLowerCase();
  return text !== undefined && text !== "false" && text !== "0";
}

function selectedFields(query: Query): readonly FieldTerm[] {
  const text = query.get("fieldSelector")?.[0] ?? "";
  const terms = text === "" ? undefined : parseFieldSelector(text);
  return terms?.ok ? terms.value : [];
}

/** A list of the one object with this name is as good as a get of it, for rules that name what they allow. */
function selectedName(fields: readonly FieldTerm[]): string {
  const name = requiredFieldValue(fields, "metadata.name") ?? "";
  return isPathSegmentName(name).length === 0 ? name : "";
}
