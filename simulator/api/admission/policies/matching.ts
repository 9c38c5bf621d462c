import { type Labels, labelSelectorMatches } from "../../meta/labels.ts";
import { NAMESPACES } from "../../refs.ts";
import type { LabelSelector, MatchResources, NamedRuleWithOperations } from "../../schema/generated/types.ts";
import type { AdmissionAttributes, Names } from "./attributes.ts";

/**
 * What of a request is meant by rules and selectors: the resource in the version that a rule names, or undefined when
 * none does. Models apiserver pkg/admission/plugin/policy/matching Matcher.Matches.
 */
export function matchedNames(match: MatchResources, attributes: AdmissionAttributes): Names | undefined {
  const { matchPolicy, resourceRules = [], excludeResourceRules = [] } = match;
  if (!namespaceMatches(match.namespaceSelector, attributes) || !objectMatches(match.objectSelector, attributes)) {
    return undefined;
  }
  if (ruleMatch(excludeResourceRules, matchPolicy, attributes) !== undefined) return undefined;
  return resourceRules.length === 0 ? attributes.asked : ruleMatch(resourceRules, matchPolicy, attributes);
}

/** The names by which one of the rules means a request; by those of another version where equivalents count. */
export function ruleMatch(
  rules: readonly NamedRuleWithOperations[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
): Names | undefined {
  const meant = (names: Names) =>
    rules.some(
      (rule) =>
        ruleMeans(rule, names, attributes) &&
        (!rule.resourceNames?.length || rule.resourceNames.includes(attributes.name)),
    );
  if (meant(attributes.asked)) return attributes.asked;
  return matchPolicy === "Equivalent" ? attributes.equivalents.find(meant) : undefined;
}

// Models apiserver pkg/admission/plugin/webhook/predicates/rules Matcher.Matches
function ruleMeans(rule: NamedRuleWithOperations, names: Names, attributes: AdmissionAttributes): boolean {
  const has = (values: readonly string[] | undefined, wanted: string) =>
    values?.some((value) => value === "*" || value === wanted) === true;
  return (
    scopeMeans(rule.scope, names, attributes) &&
    has(rule.operations, attributes.operation) &&
    has(rule.apiGroups, names.group) &&
    has(rule.apiVersions, names.version) &&
    (rule.resources ?? []).some((text) => {
      const [resource = "", subresource = ""] = text.split("/", 2);
      return has([resource], names.plural) && has([subresource], attributes.subresource);
    })
  );
}

function scopeMeans(scope: string | undefined, names: Names, { namespace }: AdmissionAttributes): boolean {
  if (scope === undefined || scope === "*") return true;
  const isClusterWide = namespace === "" || (names.group === "" && names.plural === NAMESPACES.plural);
  return isClusterWide === (scope === "Cluster");
}

// Models apiserver pkg/admission/plugin/webhook/predicates/namespace Matcher.MatchNamespaceSelector
export function namespaceMatches(selector: LabelSelector | undefined, attributes: AdmissionAttributes): boolean {
  const { namespace, asked, operation, subresource, object, request } = attributes;
  const isNamespace = asked.plural === NAMESPACES.plural && asked.group === "";
  if ((namespace === "" && !isNamespace) || isEmpty(selector)) return true;
  const isWritten = isNamespace && subresource === "" && operation !== "DELETE";
  const labels: Labels | undefined = isWritten
    ? object?.metadata.labels
    : request.context.find(NAMESPACES, undefined, namespace)?.metadata.labels;
  return labelSelectorMatches(selector, labels);
}

export function objectMatches(selector: LabelSelector | undefined, { object, old }: AdmissionAttributes): boolean {
  if (isEmpty(selector)) return true;
  return [object, old].some((one) => one !== undefined && labelSelectorMatches(selector, one.metadata.labels));
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return !selector?.matchExpressions?.length && Object.keys(selector?.matchLabels ?? {}).length === 0;
}
