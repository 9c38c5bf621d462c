import type { PolicyRule } from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { ALL_NAMESPACES } from "../../cli/select-flags.ts";
import { goList } from "../../describe/parts.ts";
import { compactRules, resourceWithGroup } from "../../describe/rbac.ts";
import { ColumnsText } from "../../print/columns-text.ts";

const REVIEWS = "/apis/authorization.k8s.io/v1";
const RESOURCE_VERBS =
  "get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest".split(
    " ",
  );
const URL_VERBS = ["get", "put", "post", "head", "options", "delete", "patch", "*"];
const NO_RESOURCES = ["users", "groups"];

/** `kubectl auth can-i`. Models kubectl pkg/cmd/auth cani.go. */
export const canI: Command = {
  name: "can-i",
  lookUps: 2,
  use: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
  short: "Check whether an action is allowed",
  flags: [
    ALL_NAMESPACES,
    { name: "list", type: "bool", default: "false", usage: "List all that is allowed." },
    { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
    { name: "quiet", short: "q", type: "bool", default: "false", usage: "Only the exit code tells." },
    { name: "subresource", type: "string", default: "", usage: "A subresource, such as log or scale." },
  ],
  run: runCanI,
};

async function runCanI(call: Call): Promise<number | undefined> {
  const { flags, words } = call;
  if (flags.on("list")) {
    if (words.length > 0) throw complaint("list option must be specified with no arguments");
    if (flags.on("quiet") || flags.on("all-namespaces") || flags.text("subresource") !== "") {
      throw complaint("list option can't be specified with neither quiet, all-namespaces nor subresource options");
    }
    return listRules(call);
  }
  const [verb, target, ...more] = words;
  if (verb === undefined || target === undefined || more.length > 0) {
    throw complaint(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const spec = target.startsWith("/") ? urlSpec(call, verb, target) : await resourceSpec(call, verb, target);
  return review(call, spec);
}

function warn({ host }: Call, text: string): void {
  host.err(`Warning: ${text}\n\n`);
}

function urlSpec(call: Call, verb: string, path: string): JsonObject {
  if (call.flags.text("subresource") !== "") throw complaint("--subresource can not be used with NonResourceURL");
  if (!URL_VERBS.includes(verb)) warn(call, `verb '${verb}' is not a known verb`);
  return { nonResourceAttributes: { verb, path } };
}

async function resourceSpec(call: Call, verb: string, target: string): Promise<JsonObject> {
  const { flags, client } = call;
  const cut = target.indexOf("/");
  const [type, name] = cut < 0 ? [target, ""] : [target.slice(0, cut), target.slice(cut + 1)];
  const everywhere = flags.on("all-namespaces");
  let place = { group: "", version: "", resource: type };
  if (type !== "*" && !NO_RESOURCES.includes(type)) {
    const found = await lookedUp(call, type);
    if (found === undefined) {
      const dot = type.indexOf(".");
      const [resource, group] = dot < 0 ? [type, ""] : [type.slice(0, dot), type.slice(dot + 1)];
      warn(
        call,
        group === ""
          ? `the server doesn't have a resource type '${resource}'`
          : `the server doesn't have a resource type '${resource}' in group '${group}'`,
      );
      place = { group, version: "", resource };
    } else {
      const { group, version, plural, namespaced } = found.mapping;
      place = { group, version, resource: plural };
      const where = group === "" ? "" : ` in group '${group}'`;
      if (!namespaced && !everywhere) warn(call, `resource '${plural}' is not namespace scoped${where}`);
    }
  }
  if (!RESOURCE_VERBS.includes(verb)) warn(call, `verb '${verb}' is not a known verb`);
  const subresource = flags.text("subresource");
  const attributes = {
    namespace: everywhere ? "" : client.namespace,
    verb,
    group: place.group,
    resource: place.resource,
    subresource,
    name,
  };
  return { resourceAttributes: attributes };
}

/** What a type is; a server that is not there has none. */
async function lookedUp({ client }: Call, type: string) {
  try {
    return await new Discovery(client).lookUp(type);
  } catch (error) {
    if (error instanceof ApiError && client.lookUpProblem("/api", error.response) !== undefined) return undefined;
    throw error;
  }
}

async function review(call: Call, spec: JsonObject): Promise<number | undefined> {
  const { client, host, flags } = call;
  const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
  const response = await client.demand({ method: "POST", path: `${REVIEWS}/selfsubjectaccessreviews`, body });
  const { allowed, reason = "", evaluationError = "" } = isObject(response.body.status) ? response.body.status : {};
  if (allowed === true) {
    if (!flags.on("quiet")) host.out("yes\n");
    return undefined;
  }
  const why = [reason, evaluationError].filter((part) => part !== "").map((part) => ` - ${String(part)}`);
  if (!flags.on("quiet")) host.out(`no${why.join("")}\n`);
  throw new CommandError("", 1);
}

async function listRules({ client, host, flags }: Call): Promise<undefined> {
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace: client.namespace },
  };
  const response = await client.demand({ method: "POST", path: `${REVIEWS}/selfsubjectrulesreviews`, body });
  const { resourceRules, nonResourceRules, incomplete, evaluationError } = isObject(response.body.status)
    ? response.body.status
    : {};
  if (incomplete === true && evaluationError) {
    host.err(`warning: the list may be incomplete: ${String(evaluationError)}\n`);
  }
  const all = [resourceRules, nonResourceRules].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
  const rows = compactRules(all as unknown as readonly PolicyRule[]).map((rule) => [
    resourceWithGroup(rule),
    goList(rule.urls),
    goList(rule.resourceNames),
    goList(rule.verbs),
  ]);
  const head = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"];
  for (const line of new ColumnsText().lines(flags.on("no-headers") ? rows : [head, ...rows])) host.out(`${line}\n`);
  return undefined;
}
