import { isObject, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { filesOf, placed } from "../../change/files.ts";
import { DRY_RUN, dryRunOf, fieldManager, VALIDATE } from "../../change/flags.ts";
import { LAST_APPLIED, lastAppliedText, withoutLastApplied } from "../../change/last-applied.ts";
import { patch } from "../../change/write.ts";
import { build } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { FILE_FLAGS, SELECTOR } from "../../cli/select-flags.ts";
import { pathOf, type RestMapping } from "../../mapping.ts";
import { toJson } from "../../print/json.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { toYaml } from "../../print/yaml.ts";
import { failureOf } from "../../transport.ts";
import { editObjects } from "../edit.ts";

function missing(name: string): Error {
  return complaint(`no last-applied-configuration annotation found on resource: ${name}`);
}

/** `kubectl apply view-last-applied`. Models kubectl pkg/cmd/apply apply_view_last_applied.go. */
export const viewLastApplied: Command = {
  name: "view-last-applied",
  use: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]",
  short: "View the latest last-applied-configuration annotations of a resource/object",
  flags: [
    ...FILE_FLAGS,
    SELECTOR,
    { name: "all", type: "bool", default: "false", usage: "All objects of the type in the namespace." },
    { name: "output", short: "o", type: "string", default: "yaml", usage: "'yaml' or 'json'." },
  ],
  run: runView,
};

async function runView(call: Call): Promise<undefined> {
  const { flags, words, host } = call;
  // It asks for all and for everything that has any labels, which the builder takes for a contradiction.
  if (flags.on("all")) throw complaint("setting 'all' parameter but found a non empty selector. ");
  const output = flags.text("output");
  const { infos, problems } = await build(call, new Discovery(call.client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    latest: true,
  });
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  if (output !== "yaml" && output !== "json") {
    throw usageComplaint(call, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
  }
  for (const { object = {} } of infos) {
    const text = lastAppliedText(object);
    if (text === undefined) continue;
    if (output === "json") host.out(`${toJson(JSON.parse(text), 2)}\n`);
    else host.out(toYaml(JSON.parse(text)));
  }
  return undefined;
}

/** `kubectl apply set-last-applied`. Models kubectl pkg/cmd/apply apply_set_last_applied.go. */
export const setLastApplied: Command = {
  name: "set-last-applied",
  use: "-f FILENAME [options]",
  short: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS.filter(({ name }) => name === "filename"),
    DRY_RUN,
    { name: "create-annotation", type: "bool", default: "false", usage: "Set it where there is none, too." },
  ],
  run: runSet,
};

async function runSet(call: Call): Promise<undefined> {
  const { flags } = call;
  const say = await announcer(call);
  const { infos, problems } = await filesOf(call);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  if (infos.length === 0) throw complaint("no objects passed to set-last-applied");
  for (const info of infos) {
    const { mapping, namespace, name, source } = info;
    const response = await call.client.ask({ method: "GET", path: pathOf(mapping, namespace, name) });
    if (failureOf(response) !== undefined) throw new ApiError(response);
    if (lastAppliedText(response.body) === undefined && !flags.on("create-annotation")) {
      throw complaint(
        `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const text = `${toJson(withoutLastApplied(placed(info)))}\n`;
    if (lastAppliedText(response.body) === text) {
      call.host.out(`set-last-applied ${name}: no changes required.\n`);
      continue;
    }
    const body = { metadata: { annotations: { [LAST_APPLIED]: text } } };
    const during = `error when patching ${JSON.stringify(source)}`;
    const changed = dryRunOf(flags) === "client" ? response.body : await patch(call, info, "merge", body, { during });
    say.say(changed, "configured");
  }
  return undefined;
}

/** `kubectl apply edit-last-applied`. Models kubectl pkg/cmd/apply apply_edit_last_applied.go. */
export const editLastApplied: Command = {
  name: "edit-last-applied",
  use: "(RESOURCE/NAME | -f FILENAME) [options]",
  short: "Edit latest last-applied-configuration annotations of a resource/object",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    VALIDATE,
    fieldManager("kubectl-client-side-apply"),
    { name: "windows-line-endings", type: "bool", default: "false", usage: "Line ends of the file to be edited." },
  ],
  run: (call) => editObjects(call, { operation: "edited", shown: configurationOf, change: annotationPatch }),
};

function configurationOf(object: JsonObject, name: string): JsonObject {
  const text = lastAppliedText(object);
  if (text === undefined) throw missing(name);
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) ? parsed : {};
}

function annotationPatch(_mapping: RestMapping, _before: JsonObject, after: JsonObject) {
  const body: JsonObject = { metadata: { annotations: { [LAST_APPLIED]: `${toJson(after)}\n` } } };
  return { type: "merge" as const, body };
}
