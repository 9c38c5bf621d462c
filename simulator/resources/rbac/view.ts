import type { ClusterRole, Role } from "../../api/refs.ts";

/** Readers see a role without rules with `rules: null`: the one list that Go's JSON does not leave out. */
export function withRules<T extends Role | ClusterRole>(role: T): T {
  return role.rules === undefined ? { ...role, rules: null as unknown as undefined } : role;
}
