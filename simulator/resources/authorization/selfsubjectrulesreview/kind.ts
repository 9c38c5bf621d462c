import { grantsOf } from "../../../api/authorization/resolver.ts";
import { nodeOf } from "../../../api/authorization/subjects.ts";
import { badRequest } from "../../../api/errors.ts";
import type { Kind, QuestionContext } from "../../../api/kind.ts";
import { aggregateMessage } from "../../../api/meta/field-error.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { SelfSubjectRulesReview, SubjectRulesReviewStatus } from "../../../api/schema/generated/types.ts";
import { fail, ok } from "../../../base/result.ts";
import { defaultColumns } from "../columns.ts";

type Review = Stored<SelfSubjectRulesReview>;

const NO_NODES = "node authorizer does not support user rule resolution";

/** What may I do in this namespace? Models pkg/registry/authorization/selfsubjectrulesreview. */
export const selfSubjectRulesReviewKind: Kind<Review> = {
  ref: resourceRef<Review>("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
  singular: "selfsubjectrulesreview",
  namespaced: false,
  type: "SelfSubjectRulesReview",
  answer: (review, context) => {
    const namespace = review.spec?.namespace ?? "";
    if (namespace === "") return fail(badRequest("no namespace on request"));
    // The answer is a new object: the question is not in it.
    const { apiVersion, kind } = review;
    const metadata = {} as Review["metadata"];
    return ok({ apiVersion, kind, metadata, spec: {}, status: rulesStatus(context, namespace) });
  },
  columns: defaultColumns(),
};

function rulesStatus(context: QuestionContext, namespace: string): SubjectRulesReviewStatus {
  const grants = [...grantsOf(context, context.user, namespace)];
  const rules = grants.flatMap((grant) => grant.rules);
  const isNode = nodeOf(context.user) !== undefined;
  const problems = [...(isNode ? [NO_NODES] : []), ...grants.flatMap(({ problem }) => problem ?? [])];
  return {
    resourceRules: rules.flatMap(({ verbs, apiGroups, resources = [], resourceNames }) =>
      resources.length === 0 ? [] : [{ verbs, apiGroups, resources, ...(resourceNames && { resourceNames }) }],
    ),
    nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs = [] }) =>
      nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }],
    ),
    incomplete: isNode,
    ...(problems.length > 0 && { evaluationError: aggregateMessage(problems) }),
  };
}
