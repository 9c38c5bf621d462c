import type { Kind } from "../../../api/kind.ts";
import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { LocalSubjectAccessReview } from "../../../api/schema/generated/types.ts";
import { ok } from "../../../base/result.ts";
import {
  accessStatus,
  printedPath,
  subjectOf,
  validateAccessSpec,
  validateNoMetadata,
  validateSubject,
} from "../access.ts";
import { defaultColumns } from "../columns.ts";

type Review = Stored<LocalSubjectAccessReview>;

/** May they do this in this namespace? For who may not ask about others. */
export const localSubjectAccessReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authorization.k8s.io", "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview"),
  singular: "localsubjectaccessreview",
  namespaced: true,
  type: "LocalSubjectAccessReview",
  validate: ({ spec = {}, metadata }) => [
    ...validateAccessSpec(spec),
    ...validateSubject(spec),
    ...validateNoMetadata(metadata, ["namespace"], "must be empty except for namespace"),
    ...validatePlace(spec, metadata.namespace ?? ""),
  ],
  answer: (review, context) => ok({ ...review, status: accessStatus(context, subjectOf(review.spec), review.spec) }),
  columns: defaultColumns(),
};

function validatePlace(
  { resourceAttributes, nonResourceAttributes }: LocalSubjectAccessReview["spec"],
  home: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const namespace = resourceAttributes?.namespace ?? "";
  if (resourceAttributes !== undefined && namespace !== home) {
    errors.push(invalid("spec.resourceAttributes.namespace", namespace, "must match metadata.namespace"));
  }
  if (nonResourceAttributes !== undefined) {
    const why = "disallowed on this kind of request";
    errors.push(invalid("spec.nonResourceAttributes", printedPath(nonResourceAttributes), why));
  }
  return errors;
}
