import type {
  Container,
  ObjectMeta,
  PodSecurityContext,
  PodSpec,
  SecurityContext,
} from "../../schema/generated/types.ts";

/** What a check finds wrong: a short reason, and which parts of the pod are meant. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Looks at one side of a pod; undefined: it holds. */
export type CheckPod = (spec: PodSpec, metadata: ObjectMeta) => Violation | undefined;

/** A rule of a profile, in the forms that it had over the versions. */
export interface Check {
  readonly id: string;
  readonly level: "baseline" | "restricted";
  /** From the oldest on: the minor version from which each form counts, up to the next. */
  readonly since: readonly (readonly [minor: number, check: CheckPod])[];
  /** A weaker check of the baseline that is not made besides. */
  readonly overrides?: string;
}

/** All containers, in the order in which they are looked at. */
export function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec) {
  return [...initContainers, ...containers, ...ephemeralContainers] as readonly Container[];
}

/** Names of the containers for which something is so. */
export function offenders(spec: PodSpec, isBad: (container: Container) => boolean): readonly string[] {
  return containersOf(spec)
    .filter(isBad)
    .map(({ name }) => name);
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(", ");
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** `container "a"`, `containers "a", "b"`. */
export function counted(word: string, names: readonly string[]): string {
  return `${plural(word, names.length)} ${quoted(names)}`;
}

export function sorted(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].sort();
}

/** What a pod and its containers set: who set something bad, in words, and the bad values. */
export function badSettings(
  spec: PodSpec,
  valuesOf: (context: SecurityContext | PodSecurityContext) => readonly string[],
): { readonly setters: readonly string[]; readonly values: readonly string[] } {
  const ofPod = valuesOf(spec.securityContext ?? {});
  const bad = containersOf(spec).map(({ name, securityContext = {} }) => ({ name, values: valuesOf(securityContext) }));
  const names = bad.filter(({ values }) => values.length > 0).map(({ name }) => name);
  return {
    setters: [...(ofPod.length > 0 ? ["pod"] : []), ...(names.length > 0 ? [counted("container", names)] : [])],
    values: sorted([...ofPod, ...bad.flatMap(({ values }) => values)]),
  };
}

/** A check that Windows pods need not meet. */
export function exceptWindows(check: CheckPod): CheckPod {
  return (spec, metadata) => (spec.os?.name === "windows" ? undefined : check(spec, metadata));
}

/** A check that pods in a user namespace of their own need not meet. */
export function exceptUserNamespaces(check: CheckPod): CheckPod {
  return (spec, metadata) => (spec.hostUsers === false ? undefined : check(spec, metadata));
}
