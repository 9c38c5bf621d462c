import { equalJson, type JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { filesOf, placed, requireFiles } from "../change/files.ts";
import { DRY_RUN, dryRunOf } from "../change/flags.ts";
import { listOf, metadataOf, partOf } from "../change/object.ts";
import { create, replace } from "../change/write.ts";
import type { Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../cli/command.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { pathOf } from "../mapping.ts";
import { OBJECT_FORMATS, PRINT_FLAGS, printerFor } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

const GROUP = "rbac.authorization.k8s.io";

/** `kubectl auth reconcile`. Models kubectl pkg/cmd/auth reconcile.go. */
export const reconcile: Command = {
  name: "reconcile",
  use: "-f FILENAME [options]",
  short: "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN,
    { name: "remove-extra-permissions", type: "bool", default: "false", usage: "Take away what the file lacks." },
    { name: "remove-extra-subjects", type: "bool", default: "false", usage: "Take away whom the file lacks." },
  ],
  run: runReconcile,
};

async function runReconcile(call: Call): Promise<undefined> {
  const { flags, words, host } = call;
  requireFiles(call);
  if (words.length > 0) throw usageComplaint(call, "no arguments allowed");
  const say = await announcer(call);
  if (flags.text("output") !== "") await printerFor(flags, host, OBJECT_FORMATS);
  const { infos, problems } = await filesOf(call);
  const failed = await forEachOf(infos, async (info) => {
    // What is no object of this group is passed over.
    if (info.mapping.group !== GROUP) return;
    say.say(await reconciled(call, info), "reconciled");
  });
  failWith([...problems, ...failed]);
  return undefined;
}

async function reconciled(call: Call, info: Info): Promise<JsonObject> {
  const { client, flags } = call;
  const wanted = placed(info);
  const isTried = dryRunOf(flags) === "client";
  const response = await client.ask({ method: "GET", path: pathOf(info.mapping, info.namespace, info.name) });
  if (response.code === 404) return isTried ? wanted : create(call, info.mapping, info.namespace, wanted);
  if (failureOf(response) !== undefined) throw new ApiError(response);
  const current = response.body;
  const next = info.mapping.kind.endsWith("Binding")
    ? boundAnew(call, current, wanted)
    : ruledAnew(call, current, wanted);
  if (next === "other role") {
    throw complaint("the role of a binding can't be changed: delete the binding and reconcile again");
  }
  return equalJson(next, current) || isTried ? next : replace(call, info, next);
}

/** Labels and annotations of both. */
function mergedMetadata(current: JsonObject, wanted: JsonObject): JsonObject {
  const merged = (field: string) => {
    const all = { ...partOf(current, "metadata", field), ...partOf(wanted, "metadata", field) };
    return Object.keys(all).length > 0 ? { [field]: all } : {};
  };
  return { ...metadataOf(current), ...merged("labels"), ...merged("annotations") };
}

// Models k8s.io/component-helpers auth/rbac/reconciliation reconcile_role.go
function ruledAnew({ flags }: Call, current: JsonObject, wanted: JsonObject): JsonObject {
  const [have, want] = [listOf(current, "rules"), listOf(wanted, "rules")];
  const missing = want.filter((rule) => !have.some((each) => covers(each, rule)));
  const rules = flags.on("remove-extra-permissions") ? want : [...have, ...missing];
  return { ...current, metadata: mergedMetadata(current, wanted), rules };
}

/** Whether one rule allows all that another does. */
function covers(rule: JsonObject, other: JsonObject): boolean {
  const fields = ["apiGroups", "resources", "verbs", "nonResourceURLs"];
  const texts = (each: JsonObject, field: string) => (Array.isArray(each[field]) ? each[field].map(String) : []);
  const holds = fields.every((field) => {
    const owned = texts(rule, field);
    return owned.includes("*") || texts(other, field).every((item) => owned.includes(item));
  });
  const names = texts(rule, "resourceNames");
  const asked = texts(other, "resourceNames");
  return holds && (names.length === 0 || (asked.length > 0 && asked.every((name) => names.includes(name))));
}

function boundAnew({ flags }: Call, current: JsonObject, wanted: JsonObject): JsonObject | "other role" {
  if (!equalJson(current.roleRef, wanted.roleRef)) return "other role";
  const key = ({ kind, name, namespace }: JsonObject) => `${String(kind)}/${String(namespace ?? "")}/${String(name)}`;
  const [have, want] = [listOf(current, "subjects"), listOf(wanted, "subjects")];
  const missing = want.filter((each) => !have.some((there) => key(there) === key(each)));
  const kept = flags.on("remove-extra-subjects")
    ? have.filter((each) => want.some((there) => key(there) === key(each)))
    : have;
  return { ...current, metadata: mergedMetadata(current, wanted), subjects: [...kept, ...missing] };
}
