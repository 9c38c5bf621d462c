import { isObject, type JsonObject } from "../../../base/json.ts";
import type { Announcer } from "../../change/announce.ts";
import { dryRunOf } from "../../change/flags.ts";
import { lastAppliedText } from "../../change/last-applied.ts";
import { metadataOf, textOf } from "../../change/object.ts";
import { removalOf, remove } from "../../change/removal.ts";
import { type Info, listPath } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, complaint } from "../../cli/command.ts";
import type { Discovery } from "../../cli/discovery.ts";
import { klogLine } from "../../cli/klog.ts";
import { identityOf, pathOf, type RestMapping } from "../../mapping.ts";
import { failureOf } from "../../transport.ts";

/** What is pruned unless the flags say otherwise: group, version and kind. */
const NAMESPACED = [
  "/v1/ConfigMap",
  "/v1/Endpoints",
  "/v1/PersistentVolumeClaim",
  "/v1/Pod",
  "/v1/ReplicationController",
  "/v1/Secret",
  "/v1/Service",
  "batch/v1/Job",
  "batch/v1/CronJob",
  "networking.k8s.io/v1/Ingress",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/ReplicaSet",
  "apps/v1/StatefulSet",
];
const CLUSTER_WIDE = ["/v1/Namespace", "/v1/PersistentVolume"];

// Models kubectl pkg/cmd/util Deprecated and pkg/util/prune parsePruneResources
/** The types that `--prune` looks at. */
export async function pruneTypes(discovery: Discovery, allowed: readonly string[]): Promise<readonly RestMapping[]> {
  const words = allowed.length > 0 ? allowed : [...NAMESPACED, ...CLUSTER_WIDE];
  const mappings: RestMapping[] = [];
  for (const word of words) {
    const parts = word.split("/");
    if (parts.length !== 3) {
      throw complaint(`invalid GroupVersionKind format: ${word}, please follow <group/version/kind>`);
    }
    const [given = "", version = "", kind = ""] = parts;
    const group = given === "core" ? "" : given;
    const mapping = await discovery.kind(group === "" ? version : `${group}/${version}`, kind);
    if (mapping !== undefined) mappings.push(mapping);
    else if (allowed.length > 0) {
      throw complaint(
        `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(group === "" ? version : `${group}/${version}`)}`,
      );
    }
  }
  return mappings;
}

/** Refuses a `--prune` that says of nothing what it is for. Models kubectl pkg/cmd/apply validatePruneAll. */
export function checkPrune({ flags }: Call): void {
  const selector = flags.text("selector");
  if (flags.on("all") && selector !== "") throw complaint("cannot set --all and --selector at the same time");
  if (flags.on("prune") && !flags.on("all") && selector === "") {
    throw complaint(
      "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
    );
  }
}

// Models kubectl pkg/cmd/apply prune.go
/** Removes what an earlier apply made, has the labels, and is not among what was applied now. */
export async function prune(
  call: Call,
  mappings: readonly RestMapping[],
  say: Announcer,
  applied: { readonly uids: ReadonlySet<string>; readonly namespaces: ReadonlySet<string> },
): Promise<void> {
  const allowed = call.flags.list("prune-allowlist");
  if (allowed.length === 0) warnOfDefaults(call);
  for (const namespace of applied.namespaces) {
    for (const mapping of mappings.filter(({ namespaced }) => namespaced)) {
      await pruneType(call, say, mapping, namespace, applied.uids);
    }
  }
  for (const mapping of mappings.filter(({ namespaced }) => !namespaced)) {
    await pruneType(call, say, mapping, "", applied.uids);
  }
}

/** Says that without an allowlist more is pruned than it will be. */
export function warnOfDefaults({ host }: Call): void {
  host.err(
    klogLine(
      "W",
      host.nowEpochMs(),
      "prune.go:71",
      "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.",
    ),
  );
}

async function pruneType(
  call: Call,
  say: Announcer,
  mapping: RestMapping,
  namespace: string,
  uids: ReadonlySet<string>,
): Promise<void> {
  const selector = call.flags.text("selector");
  const path = listPath(call, mapping, { selector }).replace(
    pathOf(mapping, call.client.namespace, ""),
    pathOf(mapping, namespace, ""),
  );
  const response = await call.client.ask({ method: "GET", path });
  if (failureOf(response) !== undefined) throw new ApiError(response);
  const { items, apiVersion, kind } = response.body;
  for (const item of Array.isArray(items) ? items.filter(isObject) : []) {
    const object: JsonObject = { apiVersion: apiVersion ?? "v1", kind: String(kind).replace(/List$/, ""), ...item };
    const isMine = lastAppliedText(object) !== undefined && !uids.has(textOf(object, "metadata", "uid"));
    if (!isMine || metadataOf(object).deletionTimestamp !== undefined) continue;
    const info: Info = { mapping, namespace, name: identityOf(object).name, source: "" };
    const dryRun = dryRunOf(call.flags);
    if (dryRun !== "client") await remove(call, info, removalOf(call, dryRun === "server"));
    say.say(object, "pruned");
  }
}
