import type { JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { listOf, partOf } from "../change/object.ts";
import { replace } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS } from "../cli/select-flags.ts";
import { PRINT_FLAGS } from "../print/printer.ts";

interface Verdict {
  readonly type: "Approved" | "Denied";
  readonly reason: string;
  readonly message: string;
  readonly operation: string;
}

const APPROVAL: Verdict = {
  type: "Approved",
  reason: "KubectlApprove",
  message: "This CSR was approved by kubectl certificate approve.",
  operation: "approved",
};
const DENIAL: Verdict = {
  type: "Denied",
  reason: "KubectlDeny",
  message: "This CSR was denied by kubectl certificate deny.",
  operation: "denied",
};

const flags = [
  ...PRINT_FLAGS,
  ...FILE_FLAGS,
  { name: "force", type: "bool", default: "false", usage: "Say it even where it was said before." },
] as const;

/** `kubectl certificate`. Models kubectl pkg/cmd/certificates. */
export const certificate: Command = {
  name: "certificate",
  use: "SUBCOMMAND [options]",
  short: "Modify certificate resources",
  alone: "helps",
  commands: [
    {
      name: "approve",
      use: "(-f FILENAME | NAME) [options]",
      short: "Approve a certificate signing request",
      flags,
      run: (call) => decide(call, APPROVAL),
    },
    {
      name: "deny",
      use: "(-f FILENAME | NAME) [options]",
      short: "Deny a certificate signing request",
      flags,
      run: (call) => decide(call, DENIAL),
    },
  ],
};

async function decide(call: Call, verdict: Verdict): Promise<undefined> {
  const { flags, words, client } = call;
  const hasFiles = flags.list("filename").length > 0 || flags.text("kustomize") !== "";
  if (words.length === 0 && !hasFiles) throw complaint("one or more CSRs must be specified as <name> or -f <filename>");
  const { infos, problems } = await build(call, new Discovery(client), {
    words: hasFiles ? [] : words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    ...(!hasFiles && { type: "certificatesigningrequests" }),
    latest: true,
  });
  const say = await announcer(call);
  const failed = await forEachOf(infos, async (info) => {
    say.say(await decideOne(call, info, verdict), verdict.operation);
  });
  failWith([...problems, ...failed]);
  if (infos.length === 0 && problems.length === 0) call.host.out("No resources found\n");
  return undefined;
}

async function decideOne(call: Call, info: Info, { type, reason, message }: Verdict): Promise<JsonObject> {
  const object = info.object ?? {};
  const conditions = listOf(object, "status", "conditions");
  const opposite = type === "Approved" ? "Denied" : "Approved";
  if (conditions.some((each) => each.type === opposite)) {
    throw complaint(`certificate signing request ${JSON.stringify(info.name)} is already ${opposite}`);
  }
  if (conditions.some((each) => each.type === type) && !call.flags.on("force")) return object;
  const time = new Date(call.host.nowEpochMs()).toISOString().replace(/\.\d{3}Z$/, "Z");
  const condition = { type, status: "True", reason, message, lastUpdateTime: time };
  const others = conditions.filter((each) => each.type !== type);
  const status = { ...partOf(object, "status"), conditions: [...others, condition] };
  const next: JsonObject = { ...object, status };
  return replace(call, { ...info, subresource: "approval" }, next);
}
