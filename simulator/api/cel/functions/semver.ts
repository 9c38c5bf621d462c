import { CelError, CelOpaque } from "../values.ts";
import { define, method, type Overload } from "./overload.ts";

const TYPE = "kubernetes.Semver";

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];
}

const SHAPE =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** `v1.02` becomes `1.2.0`, as Kubernetes' library normalizes when asked to. */
function normalized(text: string): string {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/.exec(text);
  if (match === null) return text;
  const [, major = "0", minor = "0", patch = "0", rest = ""] = match;
  return `${BigInt(major)}.${BigInt(minor)}.${BigInt(patch)}${rest}`;
}

function parse(text: string, normalize = false): Version | undefined {
  const match = SHAPE.exec(normalize ? normalized(text) : text);
  if (match === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease = ""] = match;
  return {
    numbers: [BigInt(major), BigInt(minor), BigInt(patch)],
    prerelease: prerelease === "" ? [] : prerelease.split("."),
  };
}

function need(text: string, normalize = false): CelOpaque {
  const version = parse(text, normalize);
  if (version === undefined) throw new CelError(`semver string "${text}" is invalid`);
  return new CelOpaque(TYPE, version, `${version.numbers.join(".")}-${version.prerelease.join(".")}`);
}

const version = ({ value }: CelOpaque): Version => value as Version;

function compareParts(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return Number(BigInt(a) - BigInt(b));
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compare(one: CelOpaque, other: CelOpaque): number {
  const [a, b] = [version(one), version(other)];
  for (const at of [0, 1, 2] as const) {
    if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] < b.numbers[at] ? -1 : 1;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (const [at, part] of a.prerelease.entries()) {
    const order = at < b.prerelease.length ? compareParts(part, b.prerelease[at] as string) : 1;
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Kubernetes' library of semantic versions. */
export const semverFunctions: readonly Overload[] = [
  define("isSemver", "string", "bool", (text: string) => parse(text) !== undefined, "read"),
  define(
    "isSemver",
    "string, bool",
    "bool",
    (text: string, loose: boolean) => parse(text, loose) !== undefined,
    "read",
  ),
  define("semver", "string", TYPE, need, "read"),
  define("semver", "string, bool", TYPE, need, "read"),
  method(TYPE, "major", "", "int", (value: CelOpaque) => version(value).numbers[0]),
  method(TYPE, "minor", "", "int", (value: CelOpaque) => version(value).numbers[1]),
  method(TYPE, "patch", "", "int", (value: CelOpaque) => version(value).numbers[2]),
  method(TYPE, "isGreaterThan", TYPE, "bool", (a: CelOpaque, b: CelOpaque) => compare(a, b) > 0),
  method(TYPE, "isLessThan", TYPE, "bool", (a: CelOpaque, b: CelOpaque) => compare(a, b) < 0),
  method(TYPE, "compareTo", TYPE, "int", (a: CelOpaque, b: CelOpaque) => BigInt(Math.sign(compare(a, b)))),
];
