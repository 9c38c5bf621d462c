import { AGGREGATING_INDEX } from "../../api/authorization/subjects.ts";
import { labelSelectorMatches } from "../../api/meta/labels.ts";
import { CLUSTER_ROLES, type ClusterRole } from "../../api/refs.ts";
import type { PolicyRule } from "../../api/schema/generated/types.ts";
import { equalJson } from "../../base/json.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

// Models pkg/controller/clusterroleaggregation
/**
 * Gives cluster roles that gather others the rules of these. Any change of any role may matter to each of them, and
 * there are few. Keys are names of gathering roles.
 */
export const clusterRoleAggregationController: Controller = {
  name: "clusterrole-aggregation-controller",
  watches: [
    watchRule(CLUSTER_ROLES, (_change, cache) =>
      [...cache.byIndex(CLUSTER_ROLES, AGGREGATING_INDEX, "true")].map(({ metadata }) => metadata.name),
    ),
  ],
  create: ({ cache, client }) => ({
    reconcile(name): Outcome {
      const role = cache.get(CLUSTER_ROLES, name);
      if (role?.aggregationRule === undefined) return undefined;
      const rules = gathered(role, [...cache.list(CLUSTER_ROLES)]);
      if (equalJson(rules, role.rules ?? [])) return undefined;
      const updated = client.update(CLUSTER_ROLES, { ...role, rules });
      return updated.ok ? undefined : { failed: updated.error };
    },
  }),
};

/** The rules of the roles that each selector selects, by name, each rule once. */
function gathered(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const others = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    for (const other of others) {
      if (!labelSelectorMatches(selector, other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
