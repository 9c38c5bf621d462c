import type { JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { failWith, forEachOf } from "../../change/failures.ts";
import { filesOf, requireFiles } from "../../change/files.ts";
import { DRY_RUN, dryRunOf, fieldManager, VALIDATE } from "../../change/flags.ts";
import { textOf } from "../../change/object.ts";
import { RECORD } from "../../change/record.ts";
import { REMOVAL_FLAGS, removalOf } from "../../change/removal.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { FILE_FLAGS, SELECTOR } from "../../cli/select-flags.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { editLastApplied, setLastApplied, viewLastApplied } from "./last-applied.ts";
import { applyOne } from "./one.ts";
import { checkPrune, prune, pruneTypes } from "./prune.ts";

const bool = (name: string, value: string, usage: string) => ({ name, type: "bool", default: value, usage }) as const;

/** `kubectl apply`. Models kubectl pkg/cmd/apply. */
export const apply: Command = {
  name: "apply",
  use: "(-f FILENAME | -k DIRECTORY) [options]",
  short: "Apply a configuration to a resource by file name or stdin",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR,
    ...REMOVAL_FLAGS,
    DRY_RUN,
    RECORD,
    VALIDATE,
    fieldManager("kubectl-client-side-apply"),
    bool("all", "false", "Prune among all objects, whatever their labels."),
    bool("force-conflicts", "false", "Take fields that others own."),
    bool("openapi-patch", "true", "Taken for the sake of scripts."),
    bool("overwrite", "true", "Let the manifest win over what was changed otherwise."),
    bool("prune", "false", "Remove what an earlier apply made and the manifests name no more."),
    { name: "prune-allowlist", type: "stringArray", default: "", usage: "What to prune: <group/version/kind>." },
    bool("server-side", "false", "Let the server merge."),
    { name: "subresource", type: "string", default: "", usage: "A subresource instead of the object." },
    bool("wait", "false", "Wait until the objects are gone."),
  ],
  commands: [editLastApplied, setLastApplied, viewLastApplied],
  run: runApply,
};

function check(call: Call): void {
  const { flags, words } = call;
  const serverSide = flags.on("server-side");
  const dryRun = dryRunOf(flags);
  if (words.length > 0) throw usageComplaint(call, `Unexpected args: [${words.join(" ")}]`);
  if (flags.on("force-conflicts") && !serverSide) throw complaint("--force-conflicts only works with --server-side");
  if (dryRun === "client" && serverSide) {
    throw complaint("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  requireFiles(call);
  if (serverSide && flags.on("force")) throw complaint("--force cannot be used with --server-side");
  if (dryRun === "server" && flags.on("force")) throw complaint("--dry-run=server cannot be used with --force");
  removalOf(call);
  if (flags.text("subresource") !== "" && !serverSide) {
    throw complaint("--subresource can only be specified for --server-side");
  }
  checkPrune(call);
}

async function runApply(call: Call): Promise<undefined> {
  check(call);
  const discovery = new Discovery(call.client);
  const prunes = call.flags.on("prune") ? await pruneTypes(discovery, call.flags.list("prune-allowlist")) : [];
  const { infos, problems } = await filesOf(call);
  const say = await announcer(call);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to apply");
  const objects: JsonObject[] = [];
  const namespaces = new Set<string>(call.client.namespaceGiven ? [call.client.namespace] : []);
  const failed = await forEachOf(infos, async (info) => {
    if (info.namespace !== "") namespaces.add(info.namespace);
    const { object, operation } = await applyOne(call, info);
    objects.push(object);
    if (!say.whole) say.say(object, operation);
  });
  failWith(failed, problems, "before");
  const [only] = objects;
  if (say.whole && only !== undefined) objects.length === 1 ? say.say(only, "") : say.sayList(objects);
  if (call.flags.on("prune")) {
    const uids = new Set(objects.map((object) => textOf(object, "metadata", "uid")));
    await prune(call, prunes, say, { uids, namespaces });
  }
  return undefined;
}
