import type { JsonObject } from "../../base/json.ts";
import { type Announcer, announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { filesOf, placed, requireFiles } from "../change/files.ts";
import { DRY_RUN, dryRunOf, fieldManager, SAVE_CONFIG, VALIDATE } from "../change/flags.ts";
import { configurationText, lastAppliedText, savedConfig } from "../change/last-applied.ts";
import { RECORD, recorded } from "../change/record.ts";
import { type Leaving, REMOVAL_FLAGS, removalOf, remove, untilGone } from "../change/removal.ts";
import { create, doing, replace as replaceOne } from "../change/write.ts";
import type { Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../cli/command.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { rawRequest } from "./raw.ts";

/** `kubectl replace`. Models kubectl pkg/cmd/replace. */
export const replace: Command = {
  name: "replace",
  use: "-f FILENAME [options]",
  short: "Replace a resource by file name or stdin",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    ...REMOVAL_FLAGS,
    DRY_RUN,
    fieldManager("kubectl-replace"),
    SAVE_CONFIG,
    VALIDATE,
    { name: "raw", type: "string", default: "", usage: "A path to PUT the file to." },
    { name: "subresource", type: "string", default: "", usage: "A subresource instead of the object." },
    { name: "wait", type: "bool", default: "false", usage: "Wait until the objects are gone." },
  ],
  run: runReplace,
};

async function runReplace(call: Call): Promise<undefined> {
  const { flags, words } = call;
  if (words.length > 0) throw usageComplaint(call, `Unexpected args: [${words.join(" ")}]`);
  const force = flags.on("force");
  if (flags.number("grace-period") >= 0 && !force) throw complaint("--grace-period must have --force specified");
  if (flags.durationMs("timeout") !== 0 && !force) throw complaint("--timeout must have --force specified");
  requireFiles(call);
  if (flags.text("raw") !== "") return rawRequest(call, "PUT");
  const say = await announcer(call);
  if (force) return replaceByForce(call, say);
  const { infos, problems } = await filesOf(call);
  const failed = await forEachOf(infos, (info) => replaceInfo(call, say, info));
  failWith([...failed, ...problems]);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to replace");
  return undefined;
}

/** With `--save-config`, and where there is one already, the annotation says what the object was made from. */
function withConfig({ flags }: Call, object: JsonObject): JsonObject {
  const keeps = flags.on("save-config") || lastAppliedText(object) !== undefined;
  return keeps ? savedConfig(object, configurationText(object)) : object;
}

async function replaceInfo(call: Call, say: Announcer, info: Info): Promise<void> {
  const object = recorded(call, withConfig(call, placed(info)));
  const during = doing("replacing", info.source);
  if (info.name === "") throw complaint(`${during}: resource name may not be empty`);
  if (dryRunOf(call.flags) === "client") return say.say(object, "replaced");
  const subresource = call.flags.text("subresource");
  say.say(await replaceOne(call, { ...info, subresource }, object, during), "replaced");
}

// Models kubectl pkg/cmd/replace forceReplace
async function replaceByForce(call: Call, say: Announcer): Promise<undefined> {
  const { flags, host } = call;
  const dryRun = dryRunOf(flags);
  if (dryRun !== "none") throw complaint("--dry-run can not be used when --force is set");
  const asked = removalOf(call);
  // 0 becomes 1, to prevent accidents.
  const removal = asked.grace === 0 ? { ...asked, grace: 1 } : asked;
  const { infos, problems } = await filesOf(call);
  failWith(problems);
  const leaving: Leaving[] = [];
  for (const info of infos) {
    try {
      leaving.push({ info, uid: await remove(call, { ...info, source: "" }, removal) });
      const kind = `${info.mapping.kind.toLowerCase()}${info.mapping.group === "" ? "" : `.${info.mapping.group}`}`;
      const place = info.namespace === "" ? "" : ` from ${info.namespace} namespace`;
      host.out(`${kind} ${JSON.stringify(info.name)} deleted${place}\n`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.response.code !== 404) throw error;
    }
  }
  await untilGone(call, leaving, flags.durationMs("timeout"));
  const failed = await forEachOf(infos, async (info) => {
    const object = withConfig(call, placed(info));
    say.say(await create(call, info.mapping, info.namespace, object), "replaced");
  });
  failWith(failed);
  return undefined;
}
