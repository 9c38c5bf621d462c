import { applyJsonPatch } from "../../api/patch/json-patch.ts";
import { applyMergePatch } from "../../api/patch/merge-patch.ts";
import type { PatchError } from "../../api/patch/patch-error.ts";
import { applyStrategicMergePatch } from "../../api/patch/strategic-merge.ts";
import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Result } from "../../base/result.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager } from "../change/flags.ts";
import { causePatch, RECORD } from "../change/record.ts";
import { typedForm, typeNameOf } from "../change/typed.ts";
import { type PatchType, patchRequest, patch as sendPatch } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { parseManifests } from "../documents.ts";
import { pathOf, type RestMapping } from "../mapping.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

const TYPES = ["json", "merge", "strategic"];

/** `kubectl patch`. Models kubectl pkg/cmd/patch. */
export const patch: Command = {
  name: "patch",
  use: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
  short: "Update fields of a resource",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN,
    fieldManager("kubectl-patch"),
    { name: "local", type: "bool", default: "false", usage: "Change what the files hold, without the server." },
    { name: "patch", short: "p", type: "string", default: "", usage: "The patch, in JSON or YAML." },
    { name: "patch-file", type: "string", default: "", usage: "A file that holds the patch." },
    { name: "subresource", type: "string", default: "", usage: "A subresource instead of the object." },
    { name: "type", type: "string", default: "strategic", usage: "json, merge or strategic." },
  ],
  run: runPatch,
};

async function patchOf({ flags, host }: Call): Promise<JsonValue> {
  const file = flags.text("patch-file");
  let text = flags.text("patch");
  if (file !== "") {
    const read = file === "-" ? { ok: true as const, value: await host.stdin() } : await host.files.read(file);
    if (!read.ok) throw complaint(`unable to read patch file: open ${file}: ${read.error}`);
    text = read.value;
  }
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as JsonValue;
    } catch {
      // YAML may begin like JSON.
    }
  }
  // A list is wrapped, since manifests are objects.
  const wrapped = parseManifests(
    `patch:\n${text
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n")}`,
  )[0];
  if (wrapped?.error !== undefined || wrapped?.object === undefined) {
    throw complaint(
      `unable to parse ${JSON.stringify(text)}: ${wrapped?.error?.message.replace(/^error converting YAML to JSON: /, "") ?? ""}`,
    );
  }
  return wrapped.object.patch ?? null;
}

async function runPatch(call: Call): Promise<undefined> {
  const { flags, words } = call;
  const dryRun = dryRunOf(flags);
  const type = flags.text("type");
  if (flags.text("patch") !== "" && flags.text("patch-file") !== "") {
    throw complaint("cannot specify --patch and --patch-file together");
  }
  if (flags.text("patch") === "" && flags.text("patch-file") === "") {
    throw complaint("must specify --patch or --patch-file containing the contents of the patch");
  }
  const isLocal = flags.on("local");
  if (isLocal && words.length > 0) throw complaint("cannot specify --local and server resources");
  if (isLocal && dryRun === "server")
    throw complaint("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  if (!TYPES.includes(type)) {
    throw complaint(`--type must be one of [json merge strategic], not ${JSON.stringify(type)}`);
  }
  const body = await patchOf(call);
  const { infos, problems } = await build(call, new Discovery(call.client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
  });
  const failed = await forEachOf(infos, async (info) => {
    const say = await announcer(call, "none");
    if (isLocal || dryRun === "client") {
      const current = isLocal ? (info.object ?? {}) : await read(call, info);
      const patched = patchHere(info.mapping, current, type as PatchType, body);
      say.say(patched, equalJson(patched, current) ? "patched (no change)" : "patched");
      return;
    }
    const { before, after } = await patchThere(call, info, type as PatchType, body);
    const cause = causePatch(call);
    if (cause !== undefined) await sendPatch(call, info, "merge", cause);
    say.say(after, equalJson(before, after) ? "patched (no change)" : "patched");
  });
  failWith(failed, problems);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to patch");
  return undefined;
}

async function read(call: Call, { mapping, namespace, name }: Info): Promise<JsonObject> {
  const subresource = call.flags.text("subresource");
  const path = pathOf(mapping, namespace, name) + (subresource === "" ? "" : `/${subresource}`);
  return (await call.client.get(path)).body;
}

/** Sends a patch; `before` is the object as it was, to tell whether anything changed. */
async function patchThere(call: Call, info: Info, type: PatchType, body: JsonValue) {
  const before = await read(call, info);
  const place = { ...info, subresource: call.flags.text("subresource") };
  const response = await call.client.ask(patchRequest(call, place, type, body));
  const failure = failureOf(response);
  if (failure === undefined) return { before, after: response.body };
  if (failure.reason !== "UnsupportedMediaType") throw new ApiError(response);
  const { group, version, kind } = info.mapping;
  const media = `application/${type === "json" ? "json-patch" : type === "merge" ? "merge-patch" : "strategic-merge-patch"}+json`;
  throw complaint(`${media} is not supported by ${group}/${version}, Kind=${kind}: ${failure.message}`);
}

// Models kubectl pkg/cmd/patch getPatchedJSON
/** The object with a patch on it, without a server. */
function patchHere(mapping: RestMapping, object: JsonObject, type: PatchType, body: JsonValue): JsonObject {
  const done = patched(mapping, object, type, body);
  if (!done.ok) throw complaint(done.error.message);
  const result = typedForm(mapping, done.value);
  if (!isObject(result)) throw complaint("the patch makes no object");
  return result;
}

function patched(
  mapping: RestMapping,
  object: JsonObject,
  type: PatchType,
  body: JsonValue,
): Result<JsonObject, PatchError> {
  if (type === "json") {
    const done = applyJsonPatch(object, body);
    return done.ok ? { ok: true, value: done.value.object } : done;
  }
  if (type === "merge") return applyMergePatch(object, body);
  const typeName = typeNameOf(mapping);
  if (typeName === undefined) {
    throw complaint(
      `strategic merge patch is not supported for ${mapping.kind} objects: use --type=merge or --type=json`,
    );
  }
  return applyStrategicMergePatch(typeName, object, isObject(body) ? body : {});
}
