import { threeWayJsonMergePatch, threeWayMergePatch } from "../../api/patch/three-way.ts";
import type { JsonObject } from "../../base/json.ts";
import { forEachOf } from "../change/failures.ts";
import { placed, requireFiles } from "../change/files.ts";
import { fieldManager } from "../change/flags.ts";
import { lastAppliedOf, withLastApplied } from "../change/last-applied.ts";
import { metadataOf, partOf } from "../change/object.ts";
import { typeNameOf } from "../change/typed.ts";
import { type PatchType, patchRequest, placePath } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { pathOf } from "../mapping.ts";
import { unifiedDiff } from "../print/unified-diff.ts";
import { toYaml } from "../print/yaml.ts";
import { failureOf } from "../transport.ts";
import { warnOfDefaults } from "./apply/prune.ts";

const DIFFERENT = 1;
const FAILED = 2;
const IDENTITY = ["apiVersion", "kind", "metadata.name"];

/** `kubectl diff`. Models kubectl pkg/cmd/diff. */
export const diff: Command = {
  name: "diff",
  use: "-f FILENAME [options]",
  short: "Diff the live version against a would-be applied version",
  flags: [
    ...FILE_FLAGS,
    SELECTOR,
    fieldManager("kubectl-client-side-apply"),
    { name: "concurrency", type: "int", default: "1", usage: "Taken for the sake of scripts." },
    { name: "force-conflicts", type: "bool", default: "false", usage: "Take fields that others own." },
    { name: "prune", type: "bool", default: "false", usage: "Show what would be pruned, too." },
    { name: "prune-allowlist", type: "stringArray", default: "", usage: "What to prune: <group/version/kind>." },
    { name: "server-side", type: "bool", default: "false", usage: "Let the server merge." },
    { name: "show-secrets", type: "bool", default: "false", usage: "Do not cover what Secrets hold." },
    { name: "show-managed-fields", type: "bool", default: "false", usage: "Compare managedFields, too." },
  ],
  misusedExit: FAILED,
  run: runDiff,
};

/** A difference is exit 1, a failure 2. */
async function runDiff(call: Call): Promise<number> {
  try {
    return await compared(call);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, FAILED);
  }
}

async function compared(call: Call): Promise<number> {
  const { flags, words, client, host } = call;
  requireFiles(call);
  if (words.length > 0) throw usageComplaint(call, `Unexpected args: [${words.join(" ")}]`);
  if (flags.on("force-conflicts") && !flags.on("server-side")) {
    throw complaint("--force-conflicts only works with --server-side");
  }
  const { infos, problems } = await build(call, new Discovery(client), {
    words: [],
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
  });
  if (flags.on("prune") && client.namespaceGiven) warnOfDefaults(call);
  // An object that is named twice is compared as it was named last.
  const texts = new Map<string, string>();
  const failed = await forEachOf(infos, async (info) => {
    texts.set(placePath(info), await differenceOf(call, info));
  });
  const text = [...texts.values()].join("");
  const [problem] = [...problems, ...failed];
  if (problem !== undefined) throw problem;
  host.out(text);
  return text === "" ? 0 : DIFFERENT;
}

async function differenceOf(call: Call, info: Info): Promise<string> {
  if (info.name === "") throw complaint("resource name may not be empty");
  const response = await call.client.ask({ method: "GET", path: pathOf(info.mapping, info.namespace, info.name) });
  if (response.code !== 404 && failureOf(response) !== undefined) throw new ApiError(response);
  const live = response.code === 404 ? undefined : response.body;
  const merged = await mergedOf(call, info, live);
  const [before, after] = masked(call, live, merged);
  const [old, next] = [before === undefined ? "" : toYaml(before), toYaml(after)];
  const hunks = unifiedDiff(old, next);
  if (hunks === "") return "";
  const { group, version, kind } = info.mapping;
  const name = [group, version, kind, info.namespace, info.name].filter((part) => part !== "").join(".");
  const time = `${new Date(call.host.nowEpochMs()).toISOString().replace("T", " ").replace("Z", "")}000000 +0000`;
  const [from, to] = [`/tmp/LIVE/${name}`, `/tmp/MERGED/${name}`];
  return `diff -u -N ${from} ${to}\n--- ${from}\t${time}\n+++ ${to}\t${time}\n${hunks}`;
}

/** What the server would make of the manifest. */
async function mergedOf(call: Call, info: Info, live: JsonObject | undefined): Promise<JsonObject> {
  const { flags, client } = call;
  const manifest = placed(info);
  if (flags.on("server-side")) {
    const manager = flags.changed("field-manager") ? flags.text("field-manager") : "kubectl";
    const query = `force=${flags.on("force-conflicts")}&dryRun=All`;
    return (await client.demand(patchRequest(call, info, "apply", manifest, { manager, query }))).body;
  }
  const manager = `?dryRun=All&fieldManager=${encodeURIComponent(flags.text("field-manager"))}`;
  if (live === undefined) {
    const path = pathOf(info.mapping, info.namespace, "") + manager;
    return (await client.demand({ method: "POST", path, body: manifest })).body;
  }
  const modified = withLastApplied(manifest);
  const input = { original: lastAppliedOf(live) ?? {}, modified, current: live };
  const typeName = typeNameOf(info.mapping);
  const patch =
    typeName === undefined
      ? threeWayJsonMergePatch(input, IDENTITY)
      : threeWayMergePatch(typeName, input, { overwrite: true, unchanged: IDENTITY });
  if (!patch.ok) throw complaint(patch.error.message);
  const type: PatchType = typeName === undefined ? "merge" : "strategic";
  const body = withoutAnnotation(patch.value);
  const { contentType = "" } = patchRequest(call, info, type, body);
  return (await client.demand({ method: "PATCH", path: placePath(info) + manager, contentType, body })).body;
}

/** The comparison does not speak of the annotation that apply keeps. */
function withoutAnnotation(patch: JsonObject): JsonObject {
  const annotations = partOf(patch, "metadata", "annotations");
  const { "kubectl.kubernetes.io/last-applied-configuration": last, ...others } = annotations;
  if (last === undefined) return patch;
  const { annotations: _, ...metadata } = metadataOf(patch);
  return { ...patch, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
}

// Models kubectl pkg/cmd/diff Masker
/** The two without what differs anyway; what Secrets hold is covered, but that it differs is shown. */
function masked(call: Call, live: JsonObject | undefined, merged: JsonObject): [JsonObject | undefined, JsonObject] {
  const bare = (object: JsonObject) => {
    if (call.flags.on("show-managed-fields")) return object;
    const { managedFields: _, ...metadata } = metadataOf(object);
    return { ...object, metadata };
  };
  const [before, after] = [live === undefined ? undefined : bare(live), bare(merged)];
  if (merged.kind !== "Secret" || call.flags.on("show-secrets")) return [before, after];
  const [old, next] = [partOf(before ?? {}, "data"), partOf(after, "data")];
  const cover = (pairs: JsonObject, other: JsonObject, word: string) =>
    Object.fromEntries(
      Object.keys(pairs).map((key): [string, string] => [
        key,
        other[key] === undefined || other[key] === pairs[key] ? "***" : `*** (${word})`,
      ]),
    );
  const covered = (object: JsonObject, pairs: JsonObject): JsonObject =>
    Object.keys(pairs).length > 0 ? { ...object, data: pairs } : object;
  return [
    before === undefined ? undefined : covered(before, cover(old, next, "before")),
    covered(after, cover(next, old, "after")),
  ];
}
