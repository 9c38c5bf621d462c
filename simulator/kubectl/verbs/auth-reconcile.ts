import { equalJson, type JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { filesOf, placed, requireFiles } from "../change/files.ts";
import { DRY_RUN, dryRunOf } from "../change/flags.ts";
import { listOf, metadataOf, partOf } from "../change/object.ts";
import { remove } from "../change/removal.ts";
import { create, replace } from "../change/write.ts";
import type { Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, usageComplaint } from "../cli/command.ts";
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
    const done = await reconciled(call, info);
    say.say(done.object, "reconciled");
    host.err(toldOf(call, done));
  });
  failWith([...problems, ...failed]);
  return undefined;
}

/** What was done to an object, or would be. */
interface Reconciled {
  readonly object: JsonObject;
  readonly operation: "none" | "create" | "update" | "recreate";
  /** Left alone because it asks for that. */
  readonly isProtected: boolean;
  readonly missing: readonly JsonObject[];
  readonly extra: readonly JsonObject[];
}

const AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";

async function reconciled(call: Call, info: Info): Promise<Reconciled> {
  const { client, flags } = call;
  const wanted = placed(info);
  const isTried = dryRunOf(flags) === "client";
  const response = await client.ask({ method: "GET", path: pathOf(info.mapping, info.namespace, info.name) });
  const isBinding = info.mapping.kind.endsWith("Binding");
  const field = isBinding ? "subjects" : "rules";
  if (response.code === 404) {
    const object = isTried ? wanted : await create(call, info.mapping, info.namespace, wanted);
    return { object, operation: "create", isProtected: false, missing: listOf(wanted, field), extra: [] };
  }
  if (failureOf(response) !== undefined) throw new ApiError(response);
  const current = response.body;
  const result = isBinding ? boundAnew(call, current, wanted) : ruledAnew(call, current, wanted);
  const isProtected = partOf(current, "metadata", "annotations")[AUTO_UPDATE] === "false";
  if (isTried || isProtected || result.operation === "none") return { ...result, isProtected };
  if (result.operation === "update")
    return { ...result, isProtected, object: await replace(call, info, result.object) };
  await remove(call, { ...info, source: "" }, { grace: -1, cascade: "Background", dryRun: false });
  return { ...result, isProtected, object: await create(call, info.mapping, info.namespace, wanted) };
}

// Models kubectl pkg/cmd/auth reconcile.go printResults
function toldOf({ flags }: Call, { object, operation, isProtected, missing, extra }: Reconciled): string {
  if (operation === "none") return "";
  const isBinding = String(object.kind).endsWith("Binding");
  const caveat = isProtected ? `, but object opted out (${AUTO_UPDATE}: false)` : "";
  const what = isBinding ? "subjects" : "rules";
  const listed = (title: string, all: readonly JsonObject[]) =>
    all.length === 0 ? "" : `\t${title}:\n${all.map((each) => `\t\t${goStruct(each, isBinding)}\n`).join("")}`;
  const removes = flags.on(isBinding ? "remove-extra-subjects" : "remove-extra-permissions");
  return [
    `\treconciliation required ${operation}${caveat}\n`,
    listed(`missing ${what} added`, missing),
    removes ? listed(`extra ${what} removed`, extra) : "",
  ].join("");
}

/** A rule or subject as Go's %+v prints it. */
function goStruct(value: JsonObject, isSubject: boolean): string {
  if (isSubject) {
    const { kind, apiGroup = "", name, namespace = "" } = value;
    return `{Kind:${String(kind)} APIGroup:${String(apiGroup)} Name:${String(name)} Namespace:${String(namespace)}}`;
  }
  const list = (field: string) => `[${textsOf(value, field).join(" ")}]`;
  const parts = [
    ...["Verbs:", list("verbs"), " APIGroups:", list("apiGroups"), " Resources:", list("resources")],
    ...[" ResourceNames:", list("resourceNames"), " NonResourceURLs:", list("nonResourceURLs")],
  ];
  return `{${parts.join("")}}`;
}

function textsOf(value: JsonObject, field: string): readonly string[] {
  return Array.isArray(value[field]) ? value[field].map(String) : [];
}

/** Labels and annotations of both. */
function mergedMetadata(current: JsonObject, wanted: JsonObject): JsonObject {
  const merged = (field: string) => {
    const all = { ...partOf(current, "metadata", field), ...partOf(wanted, "metadata", field) };
    return Object.keys(all).length > 0 ? { [field]: all } : {};
  };
  return { ...metadataOf(current), ...merged("labels"), ...merged("annotations") };
}

type Result = Omit<Reconciled, "isProtected">;

// Models k8s.io/component-helpers auth/rbac/reconciliation reconcile_role.go
function ruledAnew({ flags }: Call, current: JsonObject, wanted: JsonObject): Result {
  const [have, want] = [listOf(current, "rules"), listOf(wanted, "rules")];
  const [missing, extra] = [uncovered(have, want), uncovered(want, have)];
  const removes = flags.on("remove-extra-permissions");
  const rules = removes && extra.length > 0 ? want : [...have, ...missing];
  const object = { ...current, metadata: mergedMetadata(current, wanted), rules };
  return { object, operation: equalJson(object, current) ? "none" : "update", missing, extra };
}

// Models k8s.io/component-helpers auth/rbac/validation policy_comparator.go Covers
/** The single permissions of some rules that others do not give. */
function uncovered(owners: readonly JsonObject[], servants: readonly JsonObject[]): readonly JsonObject[] {
  return servants.flatMap(single).filter((rule) => !owners.some((owner) => covers(owner, rule)));
}

/** A rule as one for each thing that it allows. */
function single(rule: JsonObject): readonly JsonObject[] {
  const [verbs, names] = [textsOf(rule, "verbs"), textsOf(rule, "resourceNames")];
  const resources = textsOf(rule, "apiGroups").flatMap((group) =>
    textsOf(rule, "resources").flatMap((resource) =>
      verbs.flatMap((verb): JsonObject[] => {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
        return names.length === 0 ? [one] : names.map((name) => ({ ...one, resourceNames: [name] }));
      }),
    ),
  );
  const urls = textsOf(rule, "nonResourceURLs").flatMap((url) =>
    verbs.map((verb): JsonObject => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  return [...resources, ...urls];
}

/** Whether one rule allows all that another does. */
function covers(rule: JsonObject, other: JsonObject): boolean {
  const fields = ["apiGroups", "resources", "verbs", "nonResourceURLs"];
  const holds = fields.every((field) => {
    const owned = textsOf(rule, field);
    return owned.includes("*") || textsOf(other, field).every((item) => owned.includes(item));
  });
  const names = textsOf(rule, "resourceNames");
  const asked = textsOf(other, "resourceNames");
  return holds && (names.length === 0 || (asked.length > 0 && asked.every((name) => names.includes(name))));
}

// Models k8s.io/component-helpers auth/rbac/reconciliation reconcile_rolebindings.go
function boundAnew({ flags }: Call, current: JsonObject, wanted: JsonObject): Result {
  const key = ({ kind, name, namespace }: JsonObject) => `${String(kind)}/${String(namespace ?? "")}/${String(name)}`;
  const [have, want] = [listOf(current, "subjects"), listOf(wanted, "subjects")];
  const missing = want.filter((each) => !have.some((there) => key(there) === key(each)));
  const extra = have.filter((each) => !want.some((there) => key(there) === key(each)));
  const kept = flags.on("remove-extra-subjects") ? have.filter((each) => !extra.includes(each)) : have;
  const object = { ...current, metadata: mergedMetadata(current, wanted), subjects: [...kept, ...missing] };
  // A role that is bound can't be changed: the binding is made anew.
  if (!equalJson(current.roleRef, wanted.roleRef)) {
    return { object: { ...object, roleRef: wanted.roleRef ?? null }, operation: "recreate", missing, extra };
  }
  return { object, operation: equalJson(object, current) ? "none" : "update", missing, extra };
}
