import type { Column } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";

/** The Table of a kind that nobody lists: what the real server falls back to. */
export function defaultColumns<T extends KubeObject>(): readonly Column<T>[] {
  return [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: { type: "ObjectMeta", field: "name" },
      priority: 0,
      cell: ({ metadata }) => metadata.name ?? "",
    },
    {
      name: "Created At",
      type: "date",
      description: { type: "ObjectMeta", field: "creationTimestamp" },
      priority: 0,
      cell: ({ metadata }) => metadata.creationTimestamp ?? "",
    },
  ];
}
