import { API_AUDIENCES } from "../../../api/authentication/service-account-tokens.ts";
import { badRequest } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { TokenReview } from "../../../api/schema/generated/types.ts";
import { fail, ok } from "../../../base/result.ts";
import { defaultColumns } from "../../authorization/columns.ts";
import { userInfo } from "../user-info.ts";

type Review = Stored<TokenReview>;

/** Whose token is this? Models pkg/registry/authentication/tokenreview. */
export const tokenReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
  singular: "tokenreview",
  namespaced: false,
  type: "TokenReview",
  answer: (review, { authenticate }) => {
    const { token = "", audiences = [] } = review.spec ?? {};
    if (token === "") return fail(badRequest("token is required for TokenReview in authentication"));
    const checked = authenticate(token, audiences.length > 0 ? audiences : API_AUDIENCES);
    if (!checked.ok) return ok({ ...review, status: { user: {}, error: checked.error } });
    const { user, audiences: shared } = checked.value;
    return ok({ ...review, status: { authenticated: true, user: userInfo(user), audiences: shared } });
  },
  columns: defaultColumns(),
};
