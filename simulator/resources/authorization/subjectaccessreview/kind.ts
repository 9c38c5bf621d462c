import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { SubjectAccessReview } from "../../../api/schema/generated/types.ts";
import { ok } from "../../../base/result.ts";
import { accessStatus, subjectOf, validateAccessSpec, validateNoMetadata, validateSubject } from "../access.ts";
import { defaultColumns } from "../columns.ts";

type Review = Stored<SubjectAccessReview>;

/** May they do this? */
export const subjectAccessReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview"),
  singular: "subjectaccessreview",
  namespaced: false,
  type: "SubjectAccessReview",
  validate: ({ spec = {}, metadata }) => [
    ...validateAccessSpec(spec),
    ...validateSubject(spec),
    ...validateNoMetadata(metadata, [], "must be empty"),
  ],
  answer: (review, context) => ok({ ...review, status: accessStatus(context, subjectOf(review.spec), review.spec) }),
  columns: defaultColumns(),
};
