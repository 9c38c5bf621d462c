import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { SelfSubjectReview } from "../../../api/schema/generated/types.ts";
import { ok } from "../../../base/result.ts";
import { defaultColumns } from "../../authorization/columns.ts";
import { userInfo } from "../user-info.ts";

type Review = Stored<SelfSubjectReview>;

/** Who am I? Models pkg/registry/authentication/selfsubjectreview. */
export const selfSubjectReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview"),
  singular: "selfsubjectreview",
  namespaced: false,
  type: "SelfSubjectReview",
  answer: ({ apiVersion, kind }, { now, user }) => {
    const metadata = { creationTimestamp: now } as Review["metadata"];
    return ok({ apiVersion, kind, metadata, status: { userInfo: userInfo(user) } });
  },
  columns: defaultColumns(),
};
