import { child, type FieldError, forbidden, index, invalid, required } from "../../../../api/meta/field-error.ts";
import { validateLabelName, validateLabelSelector } from "../../../../api/meta/label-validation.ts";
import { nameIsDnsLabel } from "../../../../api/meta/validation.ts";
import type {
  Affinity,
  LabelSelector,
  NodeAffinity,
  PodAffinity,
  PodAffinityTerm,
} from "../../../../api/schema/generated/types.ts";
import { validateNodeSelector, validateNodeSelectorTerm } from "./node-selector.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

// Models pkg/apis/core/validation validateAffinity
export function validateAffinity(affinity: Affinity | undefined, path: string): readonly FieldError[] {
  if (affinity === undefined) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  return [
    ...(nodeAffinity ? validateNodeAffinity(nodeAffinity, child(path, "nodeAffinity")) : []),
    ...(podAffinity ? validatePodAffinity(podAffinity, child(path, "podAffinity")) : []),
    ...(podAntiAffinity ? validatePodAffinity(podAntiAffinity, child(path, "podAntiAffinity")) : []),
  ];
}

function validateWeight(weight: number | undefined, path: string): readonly FieldError[] {
  const value = weight ?? 0;
  return value <= 0 || value > 100 ? [invalid(child(path, "weight"), value, "must be in the range 1-100")] : [];
}

function validateNodeAffinity(affinity: NodeAffinity, path: string): readonly FieldError[] {
  const selector = affinity[REQUIRED];
  const preferred = (affinity[PREFERRED] ?? []).flatMap((term, at) => {
    const here = index(child(path, PREFERRED), at);
    // A preference for what cannot be is harmless.
    const preference = validateNodeSelectorTerm(term.preference ?? {}, true, child(here, "preference"));
    return [...validateWeight(term.weight, here), ...preference];
  });
  return [...(selector ? validateNodeSelector(selector, child(path, REQUIRED)) : []), ...preferred];
}

function validatePodAffinity(affinity: PodAffinity, path: string): readonly FieldError[] {
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term, at) => validateTerm(term, index(child(path, REQUIRED), at))),
    ...(affinity[PREFERRED] ?? []).flatMap((weighted, at) => {
      const here = index(child(path, PREFERRED), at);
      const term = weighted.podAffinityTerm ?? { topologyKey: "" };
      return [...validateWeight(weighted.weight, here), ...validateTerm(term, child(here, "podAffinityTerm"))];
    }),
  ];
}

// Models pkg/apis/core/validation validatePodAffinityTerm
function validateTerm(term: PodAffinityTerm, path: string): readonly FieldError[] {
  const { labelSelector, matchLabelKeys, mismatchLabelKeys, namespaces = [], topologyKey = "" } = term;
  const keyPath = child(path, "topologyKey");
  const wrongNamespaces = namespaces.flatMap((name) =>
    nameIsDnsLabel(name, false).map((text) => invalid(child(path, "namespace"), name, text)),
  );
  return [
    ...validateLabelSelector(labelSelector, child(path, "labelSelector")),
    ...validateLabelSelector(term.namespaceSelector, child(path, "namespaceSelector")),
    ...wrongNamespaces,
    ...validateLabelKeys(matchLabelKeys, mismatchLabelKeys, labelSelector, path),
    ...(topologyKey === "" ? [required(keyPath, "can not be empty")] : []),
    ...validateLabelName(topologyKey, keyPath),
  ];
}

// Models pkg/apis/core/validation ValidateMatchLabelKeysAndMismatchLabelKeys
/**
 * Labels whose values are taken from the pod itself. The selector has them merged in by now: a key that stands there
 * twice was given both ways.
 */
export function validateLabelKeys(
  matchKeys: readonly string[] = [],
  mismatchKeys: readonly string[] = [],
  selector: LabelSelector | undefined,
  path: string,
): readonly FieldError[] {
  const errors = [
    ...validateKeyList(matchKeys, selector, child(path, "matchLabelKeys")),
    ...validateKeyList(mismatchKeys, selector, child(path, "mismatchLabelKeys")),
  ];
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const at = matchKeys.lastIndexOf(key);
    if (at >= 0 && seen.has(key)) {
      errors.push(invalid(index(path, at), key, "exists in both matchLabelKeys and labelSelector"));
    }
    seen.add(key);
  }
  for (const [at, key] of matchKeys.entries()) {
    if (!mismatchKeys.includes(key)) continue;
    const here = index(child(path, "matchLabelKeys"), at);
    errors.push(invalid(here, key, "exists in both matchLabelKeys and mismatchLabelKeys"));
  }
  return errors;
}

function validateKeyList(
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: string,
): readonly FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbidden(path, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, at) => validateLabelName(key, index(path, at)));
}
