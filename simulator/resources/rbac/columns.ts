import type { Column } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { ClusterRoleBinding, RoleBinding } from "../../api/refs.ts";
import type { RbacV1Subject as Subject } from "../../api/schema/generated/types.ts";
import { ageColumn, createdAtColumn, nameColumn } from "../columns.ts";

export function roleColumns<T extends KubeObject>(): readonly Column<T>[] {
  return [nameColumn(), createdAtColumn()];
}

/** `owner`: how descriptions name the kind. */
export function bindingColumns<T extends RoleBinding | ClusterRoleBinding>(
  owner: string,
  roleDescription: string,
): readonly Column<T>[] {
  const named = (name: string, kind: string, text: (subject: Subject) => string): Column<T> => ({
    name,
    type: "string",
    description: `${name} in the ${owner}`,
    priority: 1,
    cell: ({ subjects = [] }) =>
      subjects
        .filter((subject) => subject.kind === kind)
        .map(text)
        .join(", "),
  });
  return [
    nameColumn(),
    {
      name: "Role",
      type: "string",
      description: roleDescription,
      priority: 0,
      cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    },
    ageColumn(),
    named("Users", "User", ({ name }) => name),
    named("Groups", "Group", ({ name }) => name),
    named("ServiceAccounts", "ServiceAccount", ({ namespace = "", name }) => `${namespace}/${name}`),
  ];
}
