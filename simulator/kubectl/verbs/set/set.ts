import type { Selector } from "../../../api/meta/labels.ts";
import { parseQuantity } from "../../../api/meta/quantity.ts";
import { parseLabelSelector } from "../../../api/meta/selector-parser.ts";
import { createMergePatch } from "../../../api/patch/merge-patch.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { failWith, forEachOf } from "../../change/failures.ts";
import { dryRunOf } from "../../change/flags.ts";
import { listOf, partOf, withMetadata } from "../../change/object.ts";
import { mapContainers, matchesName, podSpecOf, withPodSpec } from "../../change/pod-template.ts";
import { typedForm } from "../../change/typed.ts";
import { patch } from "../../change/write.ts";
import { type Call, type Command, type CommandError, complaint } from "../../cli/command.ts";
import { env } from "./env.ts";
import { image } from "./image.ts";
import { changeTargets, checkAll, checkLocal, SET_FLAGS, type Target, targetsOf } from "./targets.ts";

/** `kubectl set resources`. Models kubectl pkg/cmd/set set_resources.go. */
const resources: Command = {
  name: "resources",
  use: "(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
  short: "Update resource requests/limits on objects with pod templates",
  flags: [
    ...SET_FLAGS,
    { name: "containers", short: "c", type: "string", default: "*", usage: "Containers; '*' may stand in the name." },
    { name: "limits", type: "string", default: "", usage: "Limits: cpu=100m,memory=256Mi." },
    { name: "requests", type: "string", default: "", usage: "Requests: cpu=100m,memory=256Mi." },
  ],
  run: runResources,
};

// Models kubectl pkg/generate/versioned HandleResourceRequirementsV1
function quantitiesOf(text: string): JsonObject {
  if (text === "") return {};
  return Object.fromEntries(
    text.split(",").map((pair): [string, string] => {
      const [name = "", value, ...more] = pair.split("=");
      if (value === undefined || more.length > 0) {
        throw complaint(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      }
      if (!parseQuantity(value).ok) {
        throw complaint("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      }
      return [name, value];
    }),
  );
}

async function runResources(call: Call): Promise<undefined> {
  const { flags, words } = call;
  dryRunOf(flags);
  const targets = await targetsOf(call, words);
  checkLocal(call);
  checkAll(call);
  if (flags.text("limits") === "" && flags.text("requests") === "") {
    throw complaint("you must specify an update to requests or limits (in the form of --requests/--limits)");
  }
  const [limits, requests] = [quantitiesOf(flags.text("limits")), quantitiesOf(flags.text("requests"))];
  const pattern = flags.text("containers");
  const missing: CommandError[] = [];
  const make = ({ mapping, object }: Target) => {
    const spec = podSpecOf(mapping, object);
    if (spec === undefined) return undefined;
    const all = [...listOf(spec, "containers"), ...listOf(spec, "initContainers")];
    if (!all.some(({ name }) => matchesName(pattern, name))) {
      missing.push(complaint(`unable to find container named ${pattern}`));
      return undefined;
    }
    const changed = mapContainers(spec, (container) =>
      matchesName(pattern, container.name) ? withResources(container, limits, requests) : container,
    );
    return withPodSpec(mapping, object, changed);
  };
  const failing = "failed to patch resources update to pod template";
  await changeTargets(call, targets, { make, operation: "resource requirements updated", failing });
  failWith(missing);
  return undefined;
}

function withResources(container: JsonObject, limits: JsonObject, requests: JsonObject): JsonObject {
  const merged = (field: string, more: JsonObject) => {
    const all = { ...partOf(container, "resources", field), ...more };
    return Object.keys(all).length > 0 ? { [field]: all } : {};
  };
  const others = partOf(container, "resources");
  return { ...container, resources: { ...others, ...merged("limits", limits), ...merged("requests", requests) } };
}

/** `kubectl set selector`. Models kubectl pkg/cmd/set set_selector.go. */
const selector: Command = {
  name: "selector",
  use: "(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version] [options]",
  short: "Set the selector on a resource",
  flags: [
    ...SET_FLAGS.filter(({ name }) => name !== "selector" && name !== "kustomize" && name !== "recursive"),
    { name: "recursive", short: "R", type: "bool", default: "true", usage: "Go through folders within folders." },
    { name: "resource-version", type: "string", default: "", usage: "Only change an object of this version." },
  ],
  run: runSelector,
};

const OPERATORS: { readonly [operator: string]: string } = {
  in: "In",
  notin: "NotIn",
  "!=": "NotIn",
  exists: "Exists",
  "!": "DoesNotExist",
};

/** The labels that a selector demands; a service can have no other demands. */
function labelPairs({ requirements }: Selector): JsonObject {
  const others = requirements.filter(({ operator }) => operator !== "=" && operator !== "==");
  if (others.length > 0) {
    const told = others.map(({ key, operator, values }) => `{${key} ${OPERATORS[operator]} [${values.join(" ")}]}`);
    throw complaint(`match expression [${told.join(" ")}] not supported on this object`);
  }
  return Object.fromEntries(requirements.map(({ key, values }): [string, string] => [key, values[0] ?? ""]));
}

async function runSelector(call: Call): Promise<undefined> {
  const { flags, words } = call;
  dryRunOf(flags);
  const [names, expression] = [words.slice(0, -1), words.at(-1)];
  checkLocal(call);
  if (expression === undefined) throw complaint("one selector is required");
  const parsed = parseLabelSelector(expression);
  if (!parsed.ok) throw complaint(parsed.error);
  const version = flags.text("resource-version");
  const targets = await targetsOf(call, names);
  const say = await announcer(call);
  const isShown = flags.on("local") || dryRunOf(flags) === "client";
  const failed = await forEachOf(targets, async (target) => {
    const { mapping, object } = target;
    if (mapping.kind !== "Service") throw complaint("setting a selector is only supported for Services");
    const pairs = labelPairs(parsed.value);
    const wanted = { ...object, spec: { ...partOf(object, "spec"), selector: pairs } };
    const guarded = version === "" ? wanted : withMetadata(wanted, { resourceVersion: version });
    if (isShown) return say.say(typedForm(mapping, guarded), "selector updated");
    const body = createMergePatch(object, guarded);
    const sent = version === "" || equalJson(body, {}) ? body : { ...body, metadata: { resourceVersion: version } };
    say.say(await patch(call, target, "merge", sent), "selector updated");
  });
  failWith(failed);
  return undefined;
}

/** `kubectl set serviceaccount`. Models kubectl pkg/cmd/set set_serviceaccount.go. */
const serviceAccount: Command = {
  name: "serviceaccount",
  aliases: ["sa"],
  use: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]",
  short: "Update the service account of a resource",
  flags: SET_FLAGS.filter(({ name }) => name !== "selector"),
  run: runServiceAccount,
};

async function runServiceAccount(call: Call): Promise<undefined> {
  const { words, flags } = call;
  dryRunOf(flags);
  checkLocal(call);
  const name = words.at(-1);
  if (name === undefined) throw complaint("serviceaccount is required");
  const make = ({ mapping, object }: Target) => {
    const spec = podSpecOf(mapping, object);
    return spec === undefined ? undefined : withPodSpec(mapping, object, { ...spec, serviceAccountName: name });
  };
  await changeTargets(call, await targetsOf(call, words.slice(0, -1)), {
    make,
    operation: "serviceaccount updated",
    failing: "failed to patch ServiceAccountName",
    tellsUnchanged: true,
  });
  return undefined;
}

/** `kubectl set subject`. Models kubectl pkg/cmd/set set_subject.go. */
const subject: Command = {
  name: "subject",
  use: "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
  short: "Update the user, group, or service account in a role binding or cluster role binding",
  flags: [
    ...SET_FLAGS,
    { name: "group", type: "stringArray", default: "", usage: "Groups to bind." },
    { name: "serviceaccount", type: "stringArray", default: "", usage: "Accounts to bind: namespace:name." },
    { name: "user", type: "stringArray", default: "", usage: "Users to bind." },
  ],
  run: runSubject,
};

async function runSubject(call: Call): Promise<undefined> {
  const { flags, words, client } = call;
  dryRunOf(flags);
  const targets = await targetsOf(call, words);
  checkAll(call);
  checkLocal(call);
  const [users, groups, accounts] = ["user", "group", "serviceaccount"].map((name) => flags.list(name));
  if (!users?.length && !groups?.length && !accounts?.length) {
    throw complaint("you must specify at least one value of user, group or serviceaccount");
  }
  const apiGroup = "rbac.authorization.k8s.io";
  const more: readonly JsonObject[] = [
    ...(users ?? []).map((name) => ({ apiGroup, kind: "User", name })),
    ...(groups ?? []).map((name) => ({ apiGroup, kind: "Group", name })),
    ...(accounts ?? []).map((text) => {
      const [namespace = "", name = "", ...rest] = text.split(":");
      if (name === "" || rest.length > 0) throw complaint("serviceaccount must be <namespace>:<name>");
      return { kind: "ServiceAccount", name, namespace: namespace || client.namespace };
    }),
  ];
  const make = ({ object, mapping, name }: Target) => {
    if (mapping.kind !== "RoleBinding" && mapping.kind !== "ClusterRoleBinding") {
      throw complaint(
        `${mapping.plural}/${name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`,
      );
    }
    const current = listOf(object, "subjects");
    const added = more.filter((each) => !current.some((there) => equalJson(there, each)));
    return { ...object, subjects: [...current, ...added] };
  };
  const failing = "failed to patch subjects to rolebinding:";
  await changeTargets(call, targets, { make, operation: "subjects updated", failing });
  return undefined;
}

/** `kubectl set`. Models kubectl pkg/cmd/set. */
export const set: Command = {
  name: "set",
  use: "SUBCOMMAND [options]",
  short: "Set specific features on objects",
  commands: [env, image, resources, selector, serviceAccount, subject],
};
