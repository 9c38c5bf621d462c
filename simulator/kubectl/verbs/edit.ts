import { createMergePatch } from "../../api/patch/merge-patch.ts";
import { twoWayMergePatch } from "../../api/patch/three-way.ts";
import { equalJson, type JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith } from "../change/failures.ts";
import { filesOf, placed } from "../change/files.ts";
import { fieldManager, SAVE_CONFIG, VALIDATE } from "../change/flags.ts";
import { configurationText, savedConfig } from "../change/last-applied.ts";
import { metadataOf, textOf } from "../change/object.ts";
import { RECORD } from "../change/record.ts";
import { typeNameOf } from "../change/typed.ts";
import { create, type PatchType, patch } from "../change/write.ts";
import { build } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { parseManifests } from "../documents.ts";
import type { RestMapping } from "../mapping.ts";
import { toJson } from "../print/json.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { toYaml } from "../print/yaml.ts";
import { failureOf } from "../transport.ts";

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;
const LAST_APPLIED_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

/** `kubectl edit`. Models kubectl pkg/cmd/edit and pkg/cmd/util/editor. */
export const edit: Command = {
  name: "edit",
  use: "(RESOURCE/NAME | -f FILENAME) [options]",
  short: "Edit a resource on the server",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    VALIDATE,
    SAVE_CONFIG,
    fieldManager("kubectl-edit"),
    { name: "output-patch", type: "bool", default: "false", usage: "Show the patch that is sent." },
    { name: "subresource", type: "string", default: "", usage: "A subresource instead of the object." },
    { name: "windows-line-endings", type: "bool", default: "false", usage: "Line ends of the file to be edited." },
  ],
  run: (call) => editObjects(call, { operation: "edited", change: patchBetween }),
};

interface Editing {
  readonly operation: string;
  /** What is put before the user; the object without its managed fields otherwise. */
  readonly shown?: (object: JsonObject, name: string) => JsonObject;
  /** What is sent for what was changed. */
  readonly change: (
    mapping: RestMapping,
    before: JsonObject,
    after: JsonObject,
  ) => { readonly type: PatchType; readonly body: JsonObject };
}

function patchBetween(mapping: RestMapping, before: JsonObject, after: JsonObject) {
  const isSame = ["apiVersion", "kind"].every((key) => before[key] === after[key]);
  if (!isSame || metadataOf(before).name !== metadataOf(after).name) {
    throw complaint("At least one of apiVersion, kind and name was changed");
  }
  const typeName = typeNameOf(mapping);
  if (typeName === undefined) return { type: "merge" as const, body: createMergePatch(before, after) };
  const body = twoWayMergePatch(typeName, before, after);
  if (!body.ok) throw complaint(body.error.message);
  return { type: "strategic" as const, body: body.value };
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = metadataOf(object);
  return { ...object, metadata };
}

/** Opens objects in the user's editor, and sends what was changed; what the server refuses is opened again. */
export async function editObjects(call: Call, editing: Editing): Promise<number | undefined> {
  const { flags, words, client } = call;
  const { infos, problems } = await build(call, new Discovery(client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    latest: true,
    typeMeansAll: true,
  });
  failWith(problems);
  if (infos.length === 0) throw complaint("edit cancelled, no objects found");
  const shown = infos.map(({ object = {}, name }) => editing.shown?.(object, name) ?? withoutManagedFields(object));
  const say = await announcer(call);
  return editLoop(call, shown, editing.shown === undefined ? HEADER : LAST_APPLIED_HEADER, async (after) => {
    let refused: ApiError | undefined;
    for (const [index, info] of infos.entries()) {
      const before = shown[index] ?? {};
      const wanted = after[index] ?? before;
      if (equalJson(before, wanted)) {
        say.say(wanted, "skipped");
        continue;
      }
      const { type, body } = editing.change(info.mapping, before, withConfig(call, wanted));
      if (flags.has("output-patch") && flags.on("output-patch")) call.host.out(`Patch: ${toJson(body)}\n`);
      try {
        const subresource = flags.has("subresource") ? flags.text("subresource") : "";
        say.say(await patch(call, { ...info, subresource }, type, body), editing.operation);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused = error;
      }
    }
    return refused;
  });
}

function withConfig({ flags }: Call, object: JsonObject): JsonObject {
  const keeps = flags.has("save-config") && flags.on("save-config");
  return keeps ? savedConfig(object, configurationText(object)) : object;
}

/** `kubectl create --edit`: opens each object before it is made. */
export async function editThenCreate(call: Call): Promise<undefined> {
  const { infos, problems } = await filesOf(call);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const say = await announcer(call);
  for (const info of infos) {
    const send = async ([after]: readonly JsonObject[]) => {
      const object = withConfig(call, placed({ ...info, object: after ?? {} }));
      say.say(await create(call, info.mapping, info.namespace, object), "created");
      return undefined;
    };
    await editLoop(call, [placed(info)], HEADER, send);
  }
  return undefined;
}

function textFor(call: Call, objects: readonly JsonObject[]): string {
  const [only] = objects;
  const list = { apiVersion: "v1", items: objects, kind: "List", metadata: {} };
  const value = objects.length === 1 && only !== undefined ? only : list;
  return call.flags.text("output") === "json" ? `${toJson(value, 4)}\n` : toYaml(value);
}

/** Lines that begin with `#`, and what is around the text, do not count. */
function stripped(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .trim();
}

type Send = (after: readonly JsonObject[]) => Promise<ApiError | undefined>;

/** The loop of one edit. */
async function editLoop(
  call: Call,
  objects: readonly JsonObject[],
  header: string,
  send: Send,
): Promise<number | undefined> {
  const { host, flags } = call;
  const extension = flags.text("output") === "json" ? "json" : "yaml";
  const file = `kubectl-edit.${extension}`;
  const original = textFor(call, objects);
  let text = original;
  let reasons = "";
  for (;;) {
    const edited = await host.edit(`${header}${reasons}${text}`, file);
    if (edited === undefined) throw complaint("there was a problem with the editor");
    if (reasons !== "" && stripped(edited) === stripped(text)) {
      return preserved(call, file, edited, "Edit cancelled, no valid changes were saved.");
    }
    if (stripped(edited) === stripped(original)) {
      host.err("Edit cancelled, no changes made.\n");
      return undefined;
    }
    const outcome = await sent(call, edited, objects, send, file);
    if (outcome.done) return outcome.exit;
    reasons = outcome.reasons;
    text = edited
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n");
  }
}

type Outcome =
  | { readonly done: true; readonly exit: number | undefined }
  | { readonly done: false; readonly reasons: string };

async function sent(
  call: Call,
  edited: string,
  objects: readonly JsonObject[],
  send: Send,
  file: string,
): Promise<Outcome> {
  const { host } = call;
  const [document] = parseManifests(stripped(edited));
  const problem = document?.error?.message ?? missingType(document?.object);
  if (problem !== undefined) {
    host.err(`error: ${pluralOf(objects)} ${JSON.stringify(nameOf(objects))} is invalid\n`);
    const cause = `The edited file failed validation: ${problem}`;
    return {
      done: false,
      reasons: `# ${pluralOf(objects)} ${JSON.stringify(nameOf(objects))} was not valid:\n# * ${cause}\n#\n`,
    };
  }
  const after = document?.object;
  if (after === undefined) {
    host.err("Edit cancelled, saved file was empty.\n");
    return { done: true, exit: undefined };
  }
  const items = after.kind === "List" && Array.isArray(after.items) ? (after.items as readonly JsonObject[]) : [after];
  try {
    const refused = await send(items);
    if (refused === undefined) return { done: true, exit: undefined };
    return retold(call, refused, file, edited);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { done: true, exit: await preserved(call, file, edited, error.message.replace(/^error: /, "")) };
  }
}

function missingType(object: JsonObject | undefined): string | undefined {
  if (object === undefined) return "[apiVersion not set, kind not set]";
  const missing = ["apiVersion", "kind"].filter((field) => typeof object[field] !== "string" || object[field] === "");
  const texts = missing.map((field) => `${field} not set`);
  return texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
}

function nameOf(objects: readonly JsonObject[]): string {
  return textOf(objects[0] ?? {}, "metadata", "name");
}

function pluralOf(objects: readonly JsonObject[]): string {
  const { kind = "", apiVersion = "" } = objects[0] ?? {};
  const group = String(apiVersion).includes("/") ? `.${String(apiVersion).split("/")[0]}` : "";
  const word = String(kind).toLowerCase();
  const plural = word.endsWith("s")
    ? `${word}es`
    : word.endsWith("y") && !/[aeiou]y$/.test(word)
      ? `${word.slice(0, -1)}ies`
      : `${word}s`;
  return `${plural}${group}`;
}

// Models kubectl pkg/cmd/util/editor addError
/** What the user is told of a refusal, before the file is opened again. */
async function retold(call: Call, refused: ApiError, file: string, edited: string): Promise<Outcome> {
  const { host } = call;
  const { body } = refused.response;
  const message = failureOf(refused.response)?.message ?? "";
  const details = (body.details ?? {}) as JsonObject;
  const what = `${String(details.kind ?? "")}${details.group ? `.${String(details.group)}` : ""}`;
  if (refused.reason === "Invalid") {
    const causes = Array.isArray(details.causes) ? (details.causes as readonly JsonObject[]) : [];
    const lines = causes
      .map(({ field, message: why }) => `# * ${String(field ?? "")}: ${String(why ?? "")}\n`)
      .join("");
    const name = JSON.stringify(String(details.name ?? ""));
    const plural = pluralOf([
      { kind: details.kind ?? "", apiVersion: details.group ? `${String(details.group)}/v1` : "v1" },
    ]);
    host.err(`error: ${plural} ${name} is invalid\n`);
    return { done: false, reasons: `# ${plural} ${name} was not valid:\n${lines}#\n` };
  }
  if (refused.reason === "NotFound") {
    host.err(`error: ${what} ${JSON.stringify(String(details.name ?? ""))} could not be found on the server\n`);
    host.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(`/tmp/${file}`)}\n`);
    return { done: true, exit: 1 };
  }
  host.err(`error: ${what} ${JSON.stringify(String(details.name ?? ""))} could not be patched: ${message}\n`);
  const kept = await keep(call, file, edited);
  host.err(`You can run \`kubectl replace -f ${kept}\` to try this update again.\n`);
  return { done: true, exit: 1 };
}

async function keep({ host }: Call, file: string, text: string): Promise<string> {
  const path = `/tmp/${file}`;
  await host.files.write(path, text);
  return path;
}

/** Gives up, and says where what was edited is kept. */
async function preserved(call: Call, file: string, text: string, why: string): Promise<number> {
  const path = await keep(call, file, text);
  call.host.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
  throw complaint(why);
}
