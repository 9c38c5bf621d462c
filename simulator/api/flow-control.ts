import type { User } from "./authentication/user.ts";
import { serviceAccountUser } from "./authentication/user.ts";
import { type Action, isPathAction, type ResourceAttributes } from "./authorization/attributes.ts";
import { coversPath } from "./authorization/rules.ts";
import { FLOW_SCHEMAS, type FlowSchema, PRIORITY_LEVELS } from "./refs.ts";
import type { FlowcontrolV1Subject, PolicyRulesWithSubjects, ResourcePolicyRule } from "./schema/generated/types.ts";
import type { Store } from "./store.ts";

/** Which FlowSchema a request belongs to, and that one's PriorityLevelConfiguration, by their uids. */
export interface Flow {
  readonly schemaUid: string;
  readonly levelUid: string;
}

const EVERY = "*";
const SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";
const DEFAULT_PRECEDENCE = 1000;

/** Schemas in the order in which they are asked, as of a revision of theirs. */
const ordered = new WeakMap<object, { readonly revision: number; readonly schemas: readonly FlowSchema[] }>();

// Models apiserver pkg/util/flowcontrol apf_controller.go match, rule.go
/** Sorts a request into its flow. Nobody waits here: requests are answered in no time. */
export function flowOf(store: Store, user: User, action: Action): Flow | undefined {
  for (const schema of schemasInOrder(store)) {
    // A schema whose level is missing is passed over.
    const level = store.of(PRIORITY_LEVELS).get(schema.spec.priorityLevelConfiguration.name);
    if (level !== undefined && schema.spec.rules?.some((rule) => matches(rule, user, action))) {
      return { schemaUid: schema.metadata.uid, levelUid: level.metadata.uid };
    }
  }
  return undefined;
}

function schemasInOrder(store: Store): readonly FlowSchema[] {
  const collection = store.of(FLOW_SCHEMAS);
  const revision = collection.newestRevision;
  let known = ordered.get(collection);
  if (known?.revision !== revision) {
    const precedence = ({ spec }: FlowSchema) => spec.matchingPrecedence ?? DEFAULT_PRECEDENCE;
    const schemas = [...collection.values()].sort(
      (a, b) => precedence(a) - precedence(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
    );
    known = { revision, schemas };
    ordered.set(collection, known);
  }
  return known.schemas;
}

function matches({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, user: User, action: Action) {
  if (!subjects.some((subject) => isAbout(subject, user))) return false;
  if (!isPathAction(action)) return resourceRules?.some((rule) => coversResource(rule, action)) === true;
  const covers = (url: string) => url === EVERY || coversPath(url, action.path);
  return nonResourceRules?.some(
    ({ verbs, nonResourceURLs }) => has(verbs, action.verb) && nonResourceURLs.some(covers),
  );
}

function isAbout({ kind, user, group, serviceAccount }: FlowcontrolV1Subject, { name, groups }: User): boolean {
  if (kind === "User") return user?.name === EVERY || user?.name === name;
  if (kind === "Group") return group?.name === EVERY || groups.includes(group?.name ?? "");
  if (serviceAccount === undefined) return false;
  if (serviceAccount.name === EVERY) return name.startsWith(`${SERVICE_ACCOUNT_PREFIX}${serviceAccount.namespace}:`);
  return name === serviceAccountUser(serviceAccount.namespace, serviceAccount.name);
}

function coversResource(
  rule: ResourcePolicyRule,
  { verb, group, resource, subresource, namespace }: ResourceAttributes,
) {
  return (
    has(rule.verbs, verb) &&
    has(rule.resources, subresource === "" ? resource : `${resource}/${subresource}`) &&
    has(rule.apiGroups, group) &&
    (namespace === "" ? rule.clusterScope === true : has(rule.namespaces ?? [], namespace))
  );
}

function has(list: readonly string[], value: string): boolean {
  return list.includes(value) || list.includes(EVERY);
}
