/** `v1`, `v1beta2`, `v2alpha1`: major, then how far from stable. */
const KUBE_VERSION = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;
const STABILITY: { readonly [word: string]: number } = { alpha: 1, beta: 2 };

// Models apimachinery pkg/version CompareKubeAwareVersionStrings
/** Sorts versions as discovery lists them: stable ones first, newer ones first; other words last, by the alphabet. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) {
    if (left === right) return a < b ? -1 : a > b ? 1 : 0;
    return left === undefined ? 1 : -1;
  }
  for (const at of [0, 1, 2] as const) {
    if (left[at] !== right[at]) return right[at] - left[at];
  }
  return 0;
}

function partsOf(version: string): readonly [number, number, number] | undefined {
  const match = KUBE_VERSION.exec(version);
  if (match === null) return undefined;
  const [, major, word, minor = "0"] = match;
  return [word === undefined ? 3 : (STABILITY[word] ?? 0), Number(major), Number(minor)];
}
