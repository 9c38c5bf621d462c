import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { SelfSubjectAccessReview } from "../../../api/schema/generated/types.ts";
import { ok } from "../../../base/result.ts";
import { accessStatus, validateAccessSpec, validateNoMetadata } from "../access.ts";
import { defaultColumns } from "../columns.ts";

type Review = Stored<SelfSubjectAccessReview>;

/** May I do this? */
export const selfSubjectAccessReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
  singular: "selfsubjectaccessreview",
  namespaced: false,
  type: "SelfSubjectAccessReview",
  validate: ({ spec = {}, metadata }) => [
    ...validateAccessSpec(spec),
    ...validateNoMetadata(metadata, [], "must be empty"),
  ],
  answer: (review, context) => ok({ ...review, status: accessStatus(context, context.user, review.spec) }),
  columns: defaultColumns(),
};
