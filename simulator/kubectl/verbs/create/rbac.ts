import type { JsonObject } from "../../../base/json.ts";
import { type Call, CommandError, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { type Generator, known } from "./generator.ts";

const RBAC = "rbac.authorization.k8s.io";
const VERBS = [
  "*",
  "get",
  "delete",
  "list",
  "create",
  "update",
  "patch",
  "watch",
  "proxy",
  "deletecollection",
  "use",
  "bind",
  "escalate",
  "impersonate",
];
const NON_RESOURCE_VERBS = ["*", "get", "post", "put", "delete", "patch", "head", "options"];
/** Verbs that only make sense for these: group and resource. */
const SPECIAL: { readonly [verb: string]: readonly string[] } = {
  use: ["policy/podsecuritypolicies", "extensions/podsecuritypolicies"],
  bind: [`${RBAC}/roles`, `${RBAC}/clusterroles`],
  escalate: [`${RBAC}/roles`, `${RBAC}/clusterroles`],
  impersonate: ["/users", "/serviceaccounts", "/groups", "authentication.k8s.io/userextras"],
};

const VERB = { name: "verb", type: "stringSlice", default: "", usage: "Verbs that the rule allows." } as const;
const RESOURCE = { name: "resource", type: "stringSlice", default: "", usage: "Resources that it is for." } as const;
const RESOURCE_NAME = { name: "resource-name", type: "stringArray", default: "", usage: "Their names." } as const;

/** `deployments.apps/scale`, in parts. */
interface ResourceWord {
  readonly resource: string;
  readonly group: string;
  readonly subresource: string;
}

function resourceWord(text: string): ResourceWord {
  const [path = "", subresource = ""] = text.split(/\/(.*)/s);
  const [resource = "", group = ""] = path.split(/\.(.*)/s);
  return { resource, group, subresource };
}

/** Verbs as given, without doubles; `*` stands for all. */
function verbsOf(given: readonly string[]): readonly string[] {
  return given.includes("*") ? ["*"] : [...new Set(given)];
}

async function rulesOf(call: Call, verbs: readonly string[]): Promise<readonly JsonObject[]> {
  const words = [...new Set(call.flags.list("resource"))].map(resourceWord);
  const wanted = words.some(({ resource }) => resource === "*")
    ? words.filter(({ resource }) => resource === "*")
    : words;
  const discovery = new Discovery(call.client);
  const groups = new Map<string, string[]>();
  for (const word of wanted) {
    const { group, resource } = await groupOf(discovery, word, verbs);
    const plural = word.subresource === "" ? resource : `${resource}/${word.subresource}`;
    groups.set(group, [...new Set([...(groups.get(group) ?? []), plural])]);
  }
  const names = [...new Set(call.flags.list("resource-name"))];
  return [...groups].sort().map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    ...(names.length > 0 && { resourceNames: names }),
    verbs,
  }));
}

async function groupOf(discovery: Discovery, { resource, group }: ResourceWord, verbs: readonly string[]) {
  if (resource === "") throw complaint("resource must be specified if apiGroup/subresource specified");
  if (resource === "*") return { group, resource };
  const found = (await discovery.lookUp(group === "" ? resource : `${resource}.${group}`))?.mapping;
  const place = found === undefined ? { group, resource } : { group: found.group, resource: found.plural };
  const special = verbs.filter((verb) => SPECIAL[verb] !== undefined);
  for (const verb of special) {
    if (SPECIAL[verb]?.includes(`${place.group}/${place.resource}`)) continue;
    throw complaint(`can not perform '${verb}' on '${place.resource}' in group '${place.group}'`);
  }
  if (found === undefined && special.length === 0) {
    const where = group === "" ? "" : ` in group ${JSON.stringify(group)}`;
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(resource)}${where}`);
  }
  return place;
}

function warnOfVerbs({ host }: Call, verbs: readonly string[]): void {
  for (const verb of verbs) {
    if (!VERBS.includes(verb)) host.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
}

// Models kubectl pkg/cmd/create create_role.go
export const role: Generator = {
  name: "role",
  use: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
  short: "Create a role with single rule",
  flags: [VERB, RESOURCE, RESOURCE_NAME],
  mapping: known(`${RBAC}/v1`, "Role", "roles"),
  async make(call, name) {
    const verbs = verbsOf(call.flags.list("verb"));
    if (verbs.length === 0) throw complaint("at least one verb must be specified");
    warnOfVerbs(call, verbs);
    if (call.flags.list("resource").length === 0) throw complaint("at least one resource must be specified");
    return { apiVersion: `${RBAC}/v1`, kind: "Role", metadata: { name }, rules: await rulesOf(call, verbs) };
  },
};

// Models kubectl pkg/cmd/create create_clusterrole.go
export const clusterRole: Generator = {
  name: "clusterrole",
  use: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
  short: "Create a cluster role",
  flags: [
    VERB,
    RESOURCE,
    RESOURCE_NAME,
    { name: "non-resource-url", type: "stringSlice", default: "", usage: "Paths of the API that are no resources." },
    {
      name: "aggregation-rule",
      type: "mapStringString",
      default: "",
      usage: "Labels of roles to be put together.",
      shown: "",
    },
  ],
  mapping: known(`${RBAC}/v1`, "ClusterRole", "clusterroles", false),
  async make(call, name) {
    const { flags } = call;
    const base = { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name } };
    const urls = flags.list("non-resource-url");
    const resources = flags.list("resource");
    const verbs = verbsOf(flags.list("verb"));
    if (flags.text("aggregation-rule") !== "") {
      if (urls.length + resources.length + verbs.length + flags.list("resource-name").length > 0) {
        throw complaint(
          "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
        );
      }
      const selector = { matchLabels: flags.pairs("aggregation-rule") };
      return { ...base, aggregationRule: { clusterRoleSelectors: [selector] }, rules: null };
    }
    if (verbs.length === 0) throw complaint("at least one verb must be specified");
    if (resources.length === 0 && urls.length === 0) {
      throw complaint("one of resource or nonResourceURL must be specified");
    }
    if (resources.length > 0) warnOfVerbs(call, verbs);
    const rules = resources.length > 0 ? await rulesOf(call, verbs) : [];
    if (urls.length === 0) return { ...base, rules };
    const bad = verbs.find((verb) => !NON_RESOURCE_VERBS.includes(verb));
    if (bad !== undefined) throw complaint(`invalid verb: '${bad}' for nonResourceURL`);
    for (const url of urls) {
      if (url !== "*" && !url.startsWith("/")) throw complaint("nonResourceURL should start with /");
      if (/\*./.test(url)) throw complaint("nonResourceURL only supports wildcard matches when '*' is at the end");
    }
    if (flags.list("resource-name").length > 0 && resources.length === 0) {
      throw complaint("resourceNames are not allowed for nonResourceURLs");
    }
    return { ...base, rules: [...rules, { nonResourceURLs: urls, verbs }] };
  },
};

const SUBJECT_FLAGS = [
  { name: "user", type: "stringArray", default: "", usage: "Users to bind." },
  { name: "group", type: "stringArray", default: "", usage: "Groups to bind." },
  { name: "serviceaccount", type: "stringArray", default: "", usage: "Accounts to bind: <namespace>:<name>." },
] as const;

function subjectsOf({ flags }: Call): readonly JsonObject[] {
  const named = (kind: string) => (name: string) => ({ apiGroup: RBAC, kind, name });
  const accounts = flags.list("serviceaccount").map((text) => {
    const [namespace = "", name = "", ...more] = text.split(":");
    if (namespace === "" || name === "" || more.length > 0)
      throw complaint("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...flags.list("user").map(named("User")), ...flags.list("group").map(named("Group")), ...accounts];
}

function binding(kind: string, name: string, role: string, roleName: string, subjects: readonly JsonObject[]) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: role, name: roleName },
    ...(subjects.length > 0 && { subjects }),
  };
}

// Models kubectl pkg/cmd/create create_rolebinding.go
export const roleBinding: Generator = {
  name: "rolebinding",
  use: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
  short: "Create a role binding for a particular role or cluster role",
  flags: [
    { name: "clusterrole", type: "string", default: "", usage: "The cluster role that is bound." },
    { name: "role", type: "string", default: "", usage: "The role that is bound." },
    ...SUBJECT_FLAGS,
  ],
  mapping: known(`${RBAC}/v1`, "RoleBinding", "rolebindings"),
  failing: "failed to create rolebinding:",
  make(call, name) {
    const [role, clusterRole] = [call.flags.text("role"), call.flags.text("clusterrole")];
    if ((role === "") === (clusterRole === "")) throw complaint("exactly one of clusterrole or role must be specified");
    return binding("RoleBinding", name, role === "" ? "ClusterRole" : "Role", role || clusterRole, subjectsOf(call));
  },
};

// Models kubectl pkg/cmd/create create_clusterrolebinding.go
export const clusterRoleBinding: Generator = {
  name: "clusterrolebinding",
  use: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
  short: "Create a cluster role binding for a particular cluster role",
  flags: [
    { name: "clusterrole", type: "string", default: "", usage: "The cluster role that is bound." },
    ...SUBJECT_FLAGS,
  ],
  required: ["clusterrole"],
  mapping: known(`${RBAC}/v1`, "ClusterRoleBinding", "clusterrolebindings", false),
  failing: "failed to create clusterrolebinding:",
  make: (call, name) =>
    binding("ClusterRoleBinding", name, "ClusterRole", call.flags.text("clusterrole"), subjectsOf(call)),
};
