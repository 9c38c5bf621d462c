import type { User } from "../../api/authentication/user.ts";
import type { Action } from "../../api/authorization/attributes.ts";
import { authorize } from "../../api/authorization/authorizer.ts";
import type { AccessView } from "../../api/authorization/resolver.ts";
import { type FieldError, invalid } from "../../api/meta/field-error.ts";
import type { Metadata } from "../../api/object.ts";
import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from "../../api/schema/generated/types.ts";

/** What an access review asks about. */
export interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

// Models pkg/registry/authorization/util AuthorizationAttributesFrom
function actionOf({ resourceAttributes: about, nonResourceAttributes: path }: AccessSpec): Action {
  if (about === undefined) return { verb: path?.verb ?? "", path: path?.path ?? "" };
  const { verb = "", group = "", resource = "", subresource = "", namespace = "", name = "" } = about;
  return { verb, group, resource, subresource, namespace, name };
}

/** The status of an access review: may this user do this? */
export function accessStatus(view: AccessView, user: User, spec: AccessSpec): SubjectAccessReviewStatus {
  const { allowed, reason } = authorize(view, { user, action: actionOf(spec) });
  return { allowed, ...(reason !== "" && { reason }) };
}

/** The user that a review asks about. */
export function subjectOf({ user = "", groups = [], uid, extra }: SubjectAccessReviewSpec): User {
  return { name: user, groups, ...(uid && { uid }), ...(extra && { extra }) };
}

// Models pkg/apis/authorization/validation

export function validateAccessSpec({ resourceAttributes, nonResourceAttributes }: AccessSpec): FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const why = "cannot be specified in combination with resourceAttributes";
    return [invalid("spec.nonResourceAttributes", printedPath(nonResourceAttributes), why)];
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
  const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  return [invalid("spec.resourceAttributes", undefined, why)];
}

/** As the API server holds it inside. */
export function printedPath({ path = "", verb = "" }: NonResourceAttributes) {
  return { Path: path, Verb: verb };
}

export function validateSubject({ user = "", groups = [] }: SubjectAccessReviewSpec): FieldError[] {
  return user === "" && groups.length === 0
    ? [invalid("spec.user", user, "at least one of user or group must be specified")]
    : [];
}

/** A question is no object: it has no name and no labels. */
export function validateNoMetadata(metadata: Metadata, allowed: readonly string[], why: string): FieldError[] {
  const ignored = [...allowed, "managedFields"];
  const given = Object.entries(metadata).filter(([key, value]) => value !== undefined && !ignored.includes(key));
  return given.length === 0 ? [] : [invalid("metadata", metadata, why)];
}
