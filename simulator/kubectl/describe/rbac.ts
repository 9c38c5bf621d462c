import type { PolicyRule, Role, RoleBinding } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Describing } from "./describer.ts";
import { goList, writeAnnotations, writeLabels } from "./parts.ts";

/** A rule on one resource or one URL, with its verbs. */
export interface CompactRule {
  readonly group?: string;
  readonly resource?: string;
  readonly resourceNames: readonly string[];
  readonly urls: readonly string[];
  readonly verbs: readonly string[];
}

// Models kubectl pkg/util/rbac BreakdownRule, CompactRules and SortableRuleSlice
/** Rules as they are shown: one for each resource and name, one for each verb of a URL. */
export function compactRules(rules: readonly PolicyRule[]): readonly CompactRule[] {
  const byResource = new Map<string, CompactRule>();
  const onUrls: CompactRule[] = [];
  for (const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } of rules) {
    const names = resourceNames.length > 0 ? resourceNames : [undefined];
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const name of names) {
          const key = JSON.stringify([group, resource, name ?? null]);
          const has = byResource.get(key)?.verbs ?? [];
          const all = [...new Set([...has, ...verbs])];
          const named = name === undefined ? [] : [name];
          if (all.length > 0) byResource.set(key, { group, resource, resourceNames: named, urls: [], verbs: all });
        }
      }
    }
    for (const url of nonResourceURLs) {
      for (const verb of verbs) onUrls.push({ resourceNames: [], urls: [url], verbs: [verb] });
    }
  }
  const all = [...onUrls, ...byResource.values()].map((rule) => ({ rule, text: ruleText(rule) }));
  return all.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ rule }) => rule);
}

/** The text that Go sorts rules by. */
function ruleText({ group, resource, resourceNames, urls, verbs }: CompactRule): string {
  const [groups, resources] = [group, resource].map((each) => goList(each === undefined ? [] : [each]));
  const about = `APIGroups:${groups},Resources:${resources},ResourceNames:${goList(resourceNames)}`;
  return `&PolicyRule{Verbs:${goList(verbs)},${about},NonResourceURLs:${goList(urls)},}`;
}

/** `deployments.apps/scale`. */
export function resourceWithGroup({ group = "", resource = "" }: Pick<CompactRule, "group" | "resource">): string {
  const cut = resource.indexOf("/");
  const [name, rest] = cut < 0 ? [resource, ""] : [resource.slice(0, cut), resource.slice(cut)];
  return `${name}${group === "" ? "" : `.${group}`}${rest}`;
}

// Models kubectl pkg/describe RoleDescriber and ClusterRoleDescriber
export async function describeRole(object: JsonObject, { out }: Describing): Promise<void> {
  const { metadata = {}, rules } = object as Role;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, "PolicyRule:\n");
  out.write(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs\n");
  out.write(1, "---------\t-----------------\t--------------\t-----\n");
  for (const rule of compactRules(rules ?? [])) {
    const cells = [goList(rule.urls), goList(rule.resourceNames), goList(rule.verbs)].join("\t");
    out.write(1, `${resourceWithGroup(rule)}\t${cells}\n`);
  }
}

// Models kubectl pkg/describe RoleBindingDescriber and ClusterRoleBindingDescriber
export async function describeRoleBinding(object: JsonObject, { out }: Describing): Promise<void> {
  const { metadata = {}, roleRef, subjects = [] } = object as unknown as RoleBinding;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, "Role:\n");
  out.write(1, `Kind:\t${roleRef.kind}\n`);
  out.write(1, `Name:\t${roleRef.name}\n`);
  out.write(0, "Subjects:\n");
  out.write(1, "Kind\tName\tNamespace\n");
  out.write(1, "----\t----\t---------\n");
  for (const { kind, name, namespace = "" } of subjects) out.write(1, `${kind}\t${name}\t${namespace}\n`);
}
