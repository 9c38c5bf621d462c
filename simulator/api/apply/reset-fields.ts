import type { Kind } from "../kind.ts";
import { EMPTY_SET, type FieldSet, fieldSetOfPaths, isEmptySet, recursiveDifference } from "./field-set.ts";
import { fieldElement, type PathElement } from "./path-element.ts";

// Models the GetResetFields and GetResetFieldsFilter of pkg/registry's strategies

/** Leaves of a set the fields that an endpoint lets its clients set: nobody who writes through it owns the others. */
export type FieldFilter = (set: FieldSet) => FieldSet;

/** What a write of the status sets back, where that is more than the spec. */
const STATUS_RESETS: Readonly<Record<string, readonly string[]>> = {
  "customresourcedefinitions.apiextensions.k8s.io": ["spec", "metadata"],
  "deployments.apps": ["spec", "metadata.labels"],
  "flowschemas.flowcontrol.apiserver.k8s.io": ["spec", "metadata"],
  pods: ["spec", "metadata.deletionTimestamp", "metadata.ownerReferences"],
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": ["spec", "metadata"],
};

/** Endpoints that change little of an object: what they let through, `*` for any item. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  "pods/ephemeralcontainers": ["spec.ephemeralContainers"],
  "pods/resize": [
    "spec.containers.*.resources",
    "spec.containers.*.resizePolicy",
    "spec.initContainers.*.resources",
    "spec.initContainers.*.resizePolicy",
  ],
};

/** The filter of a kind's main resource (`subresource` empty) or of one of its subresources. */
export function fieldFilter(kind: Kind, subresource: string): FieldFilter {
  const only = ONLY[`${kind.ref.id}/${subresource}`];
  if (only !== undefined) {
    const patterns = only.map((path) => path.split("."));
    return (set) => matching(set, patterns);
  }
  const resets = fieldSetOfPaths(resetPaths(kind, subresource).map((path) => path.split(".").map(fieldElement)));
  return (set) => recursiveDifference(set, resets);
}

function resetPaths(kind: Kind, subresource: string): readonly string[] {
  // Resources of our own are custom resources.
  if (subresource === "status") {
    return kind.types === undefined ? (STATUS_RESETS[kind.ref.id] ?? ["spec"]) : ["spec", "metadata"];
  }
  return kind.subresources?.status && subresource !== "scale" ? ["status"] : [];
}

/** The members of a set at or below one of the patterns. */
function matching(set: FieldSet, patterns: readonly (readonly string[])[]): FieldSet {
  const rest = (element: PathElement) =>
    patterns
      .filter(([first]) => first === "*" || fieldElement(first ?? "") === element)
      .map((pattern) => pattern.slice(1));
  const members = new Set<PathElement>();
  for (const element of set.members) if (rest(element).length > 0) members.add(element);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, below] of set.children) {
    const inner = rest(element);
    const kept = inner.some((pattern) => pattern.length === 0)
      ? below
      : inner.length > 0
        ? matching(below, inner)
        : EMPTY_SET;
    if (!isEmptySet(kept)) children.set(element, kept);
  }
  return { members, children };
}
