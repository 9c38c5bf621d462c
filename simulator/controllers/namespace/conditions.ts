import type { NamespaceCondition } from "../../api/schema/generated/types.ts";

/** What a pass over a namespace's content left behind. */
export interface Remains {
  /** Resource -> how many objects of it are still there. */
  readonly resources: ReadonlyMap<string, number>;
  /** Finalizer -> how many objects it holds. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
}

type Saying = Pick<NamespaceCondition, "type" | "status" | "reason" | "message">;

// Models pkg/controller/namespace/deletion status_condition_utils.go
/** The conditions that tell how a deletion goes on; the given ones themselves when nothing changed. */
export function deletionConditions(
  old: readonly NamespaceCondition[] | undefined,
  remains: Remains,
  now: string,
): readonly NamespaceCondition[] | undefined {
  let changed = false;
  const conditions = [...(old ?? [])];
  for (const saying of sayings(remains)) {
    const place = conditions.findIndex(({ type }) => type === saying.type);
    const before = conditions[place];
    if (before === undefined) {
      conditions.push({ ...saying, lastTransitionTime: now });
      changed = true;
    } else if (
      before.status !== saying.status ||
      before.reason !== saying.reason ||
      before.message !== saying.message
    ) {
      const lastTransitionTime = before.status === saying.status ? before.lastTransitionTime : now;
      conditions[place] = { ...saying, lastTransitionTime };
      changed = true;
    }
  }
  return changed ? conditions : old;
}

function sayings({ resources, finalizers, errors }: Remains): readonly Saying[] {
  const no = (type: string, reason: string, message: string): Saying => ({ type, status: "False", reason, message });
  const yes = (type: string, reason: string, message: string): Saying => ({ type, status: "True", reason, message });
  return [
    // What the API serves is known in the process: neither can fail.
    no("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    no(
      "NamespaceDeletionGroupVersionParsingFailure",
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    errors.length === 0
      ? no(
          "NamespaceDeletionContentFailure",
          "ContentDeleted",
          "All content successfully deleted, may be waiting on finalization",
        )
      : yes(
          "NamespaceDeletionContentFailure",
          "ContentDeletionFailed",
          `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(", ")}`,
        ),
    resources.size === 0
      ? no("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed")
      : yes(
          "NamespaceContentRemaining",
          "SomeResourcesRemain",
          `Some resources are remaining: ${list(resources, (name, count) => `${name} has ${count} resource instances`)}`,
        ),
    finalizers.size === 0
      ? no("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished")
      : yes(
          "NamespaceFinalizersRemaining",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${list(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        ),
  ];
}

function list(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...counts]
    .map(([name, count]) => text(name, count))
    .sort()
    .join(", ");
}
