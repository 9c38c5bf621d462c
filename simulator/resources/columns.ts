import type { Column } from "../api/kind.ts";
import { humanDuration } from "../api/meta/duration.ts";
import { timeOf } from "../api/meta/time.ts";
import type { KubeObject } from "../api/object.ts";
import type { Container } from "../api/schema/generated/types.ts";

/** What tables show where a time is not set. */
export const UNKNOWN = "<unknown>";
/** What tables show where a choice is not made. */
export const UNSET = "<unset>";
/** What tables show where a list or map is empty. */
export const NONE = "<none>";

/** The time since an RFC 3339 time, as age columns show it; `<unknown>` where the time is not set. */
export function ageSince(time: string | null | undefined, nowMs: number): string {
  const timeMs = timeOf(time);
  return timeMs === undefined ? UNKNOWN : humanDuration(nowMs - timeMs);
}

const NAME_DESCRIPTION = { type: "ObjectMeta", field: "name" };
const AGE_DESCRIPTION = { type: "ObjectMeta", field: "creationTimestamp" };

/** The Name column, first in most tables. */
export function nameColumn<T extends KubeObject>(priority: 0 | 1 = 0): Column<T> {
  return {
    name: "Name",
    type: "string",
    format: "name",
    description: NAME_DESCRIPTION,
    priority,
    cell: (object) => object.metadata.name,
  };
}

export function ageColumn<T extends KubeObject>(): Column<T> {
  return {
    name: "Age",
    type: "string",
    description: AGE_DESCRIPTION,
    priority: 0,
    cell: (object, nowMs) => ageSince(object.metadata.creationTimestamp, nowMs),
  };
}

/** The time as it stands, where other kinds show an age: the table of kinds without a printer of their own. */
export function createdAtColumn<T extends KubeObject>(): Column<T> {
  return {
    name: "Created At",
    type: "date",
    description: AGE_DESCRIPTION,
    priority: 0,
    cell: (object) => object.metadata.creationTimestamp,
  };
}

interface WithTemplate {
  readonly spec: { readonly template?: { readonly spec?: { readonly containers: readonly Container[] } } };
}

/** The wide columns of kinds with a pod template: names and images of its containers. */
export function containerColumns<T extends KubeObject & WithTemplate>(): readonly Column<T>[] {
  const containers = (object: T): readonly Container[] => object.spec.template?.spec?.containers ?? [];
  return [
    {
      name: "Containers",
      type: "string",
      description: "Names of each container in the template.",
      priority: 1,
      cell: (object) =>
        containers(object)
          .map((container) => container.name)
          .join(","),
    },
    {
      name: "Images",
      type: "string",
      description: "Images referenced by each container in the template.",
      priority: 1,
      cell: (object) =>
        containers(object)
          .map((container) => container.image ?? "")
          .join(","),
    },
  ];
}

// Models apimachinery pkg/labels FormatLabels
/** Labels as tables show them: `a=b,c=d`, sorted; `<none>` where there are none. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(",") || NONE;
}

/** The first three of a list, and how many more there are. */
export function firstThree(items: readonly string[], total: number): string {
  const shown = items.slice(0, 3).join(",");
  return total > 3 ? `${shown} + ${total - 3} more...` : shown;
}

/** A column that most tables show, with its label or the field whose documentation says what it is. */
export function column<T extends KubeObject>(
  name: string,
  type: Column<T>["type"],
  description: Column<T>["description"],
  cell: Column<T>["cell"],
): Column<T> {
  return { name, type, description, priority: 0, cell };
}
