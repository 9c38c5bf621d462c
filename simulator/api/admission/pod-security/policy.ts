import { type FieldError, invalid, key } from "../../meta/field-error.ts";
import type { ObjectMeta, PodSpec } from "../../schema/generated/types.ts";
import { baselineChecks } from "./baseline.ts";
import type { Check, CheckPod, Violation } from "./check.ts";
import { restrictedChecks } from "./restricted.ts";

const LEVELS = ["privileged", "baseline", "restricted"] as const;
const LABEL = "pod-security.kubernetes.io/";
/** The newest version that has rules of its own here; later ones mean it. */
const NEWEST = 36;

type Level = (typeof LEVELS)[number];

/** A profile as it was in a version; `minor` undefined: as it is. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number | undefined;
}

/** What a namespace's labels ask for. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
}

const PRIVILEGED: LevelVersion = { level: "privileged", minor: undefined };
const OPEN: Policy = { enforce: PRIVILEGED, warn: PRIVILEGED };

export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? "latest" : `v1.${minor}`}`;
}

export function isSame(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor;
}

/** Above zero: `a` is stricter. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

/**
 * What labels ask for, and what is wrong with them; a level that nobody knows enforces the strictest and warns of nothing.
 * Models pod-security-admission api PolicyToEvaluate. Audit levels are checked and lead to nothing: there is no audit log.
 */
export function policyOf(labels: ObjectMeta["labels"]): {
  readonly policy: Policy;
  readonly errors: readonly FieldError[];
} {
  if (labels === undefined || !Object.keys(labels).some((name) => name.startsWith(LABEL))) {
    return { policy: OPEN, errors: [] };
  }
  const errors: FieldError[] = [];
  const read = <T>(name: string, parse: (text: string) => T | undefined, problem: string): T | undefined => {
    const text = labels[LABEL + name];
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) errors.push(invalid(key("metadata.labels", LABEL + name), text, problem));
    return value;
  };
  const level = (mode: string) => read(mode, levelNamed, `must be one of ${LEVELS.join(", ")}`);
  const version = (mode: string) => read(`${mode}-version`, versionNamed, 'must be "latest" or "v1.x"');
  const enforceLevel = level("enforce");
  const enforceMinor = minorOf(version("enforce"));
  level("audit");
  version("audit");
  const warnLevel = level("warn");
  const warnMinor = minorOf(version("warn"));
  const isUnknown = labels[`${LABEL}enforce`] !== undefined && enforceLevel === undefined;
  const enforce: LevelVersion = {
    level: isUnknown ? "restricted" : (enforceLevel ?? "privileged"),
    minor: enforceMinor,
  };
  // Whoever enforces and does not say of what to warn is warned of what is enforced.
  const follows = labels[`${LABEL}warn`] === undefined && enforceLevel !== undefined && enforceLevel !== "privileged";
  const saysVersion = labels[`${LABEL}warn-version`] !== undefined;
  const warn: LevelVersion = {
    level: follows ? enforceLevel : (warnLevel ?? "privileged"),
    minor: follows && !saysVersion ? enforceMinor : warnMinor,
  };
  return { policy: { enforce, warn }, errors };
}

function levelNamed(text: string): Level | undefined {
  return LEVELS.find((level) => level === text);
}

function versionNamed(text: string): number | "latest" | undefined {
  if (text === "latest") return text;
  const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function minorOf(version: number | "latest" | undefined): number | undefined {
  return version === "latest" ? undefined : version;
}

/** The checks of a profile in a version, in the order in which they are told. */
function checksOf({ level, minor = NEWEST }: LevelVersion): readonly CheckPod[] {
  if (level === "privileged") return [];
  const version = Math.min(minor, NEWEST);
  const inForce = (checks: readonly Check[]) =>
    checks.flatMap(({ id, since, overrides }) => {
      const check = since.findLast(([from]) => from <= version)?.[1];
      return check === undefined ? [] : [{ id, check, overrides }];
    });
  const strict = level === "restricted" ? inForce(restrictedChecks) : [];
  const overridden = new Set(strict.map(({ overrides }) => overrides));
  const basic = inForce(baselineChecks).filter(({ id }) => !overridden.has(id));
  return [...basic, ...strict].map(({ check }) => check);
}

/** What in a pod is against a profile. */
export function violationsOf(asked: LevelVersion, spec: PodSpec, metadata: ObjectMeta): readonly Violation[] {
  return checksOf(asked).flatMap((check) => check(spec, metadata) ?? []);
}

export function detailText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === "" ? reason : `${reason} (${detail})`)).join(", ");
}
