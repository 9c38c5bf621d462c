import { coversPath } from "../../api/authorization/rules.ts";
import { goQuote } from "../../api/meta/go-text.ts";
import type { PolicyRule } from "../../api/schema/generated/types.ts";

/** A rule about one thing: one verb on one resource (of one name, if it names any), or on one URL. */
interface AtomicRule {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly resourceName?: string;
  readonly url?: string;
}

// Models component-helpers auth/rbac/validation Covers, and pkg/registry/rbac/validation CompactRules
/** What of `wanted` nobody holds who has the rules `held`: as texts, in order; none when all is covered. */
export function missingRights(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly string[] {
  const missing = wanted.flatMap(brokenDown).filter((rule) => !held.some((owner) => covers(owner, rule)));
  const verbsOf = new Map<string, string[]>();
  const others: string[] = [];
  for (const rule of missing) {
    const { verb, group, resource, resourceName } = rule;
    if (group === undefined || resource === undefined || resourceName !== undefined)
      others.push(ruleText(rule, [verb]));
    else {
      const about = ruleText(rule, []);
      verbsOf.set(about, [...(verbsOf.get(about) ?? []), verb]);
    }
  }
  const compact = [...verbsOf].map(([about, verbs]) => withVerbs(about, verbs));
  return [...new Set([...others, ...compact])].sort();
}

function brokenDown(rule: PolicyRule): AtomicRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length > 0 ? resourceNames : [undefined];
  const onResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((resourceName) => ({ verb, group, resource, ...(resourceName !== undefined && { resourceName }) })),
      ),
    ),
  );
  return [...onResources, ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verb, url })))];
}

function covers(owner: PolicyRule, { verb, group, resource, resourceName, url }: AtomicRule): boolean {
  const has = (values: readonly string[] | undefined, value: string) =>
    values?.includes("*") === true || values?.includes(value) === true;
  if (!has(owner.verbs, verb)) return false;
  if (url !== undefined) return (owner.nonResourceURLs ?? []).some((held) => coversPath(held, url));
  if (group === undefined || resource === undefined || !has(owner.apiGroups, group)) return false;
  const { resources, resourceNames = [] } = owner;
  const slash = resource.indexOf("/");
  const anySubresource = slash >= 0 && resources?.includes(`*${resource.slice(slash)}`) === true;
  if (!has(resources, resource) && !anySubresource) return false;
  return resourceNames.length === 0 || (resourceName !== undefined && resourceNames.includes(resourceName));
}

/** As upstream's CompactString: what is there of it, each as a list. */
function ruleText({ group, resource, resourceName, url }: AtomicRule, verbs: readonly string[]): string {
  const parts = [
    ["APIGroups", group],
    ["Resources", resource],
    ["NonResourceURLs", url],
    ["ResourceNames", resourceName],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}:[${goQuote(value)}]`]));
  return withVerbs(`{${parts.join(", ")}}`, verbs);
}

function withVerbs(text: string, verbs: readonly string[]): string {
  return verbs.length === 0 ? text : `${text.slice(0, -1)}, Verbs:[${verbs.map(goQuote).join(" ")}]}`;
}
