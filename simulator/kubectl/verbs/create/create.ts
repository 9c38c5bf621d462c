import { announcer } from "../../change/announce.ts";
import { failWith, forEachOf } from "../../change/failures.ts";
import { filesOf, placed, requireFiles } from "../../change/files.ts";
import { dryRunOf } from "../../change/flags.ts";
import { configurationText, savedConfig } from "../../change/last-applied.ts";
import { RECORD, recorded } from "../../change/record.ts";
import { create as createOne, doing } from "../../change/write.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import { FILE_FLAGS, SELECTOR } from "../../cli/select-flags.ts";
import { editThenCreate } from "../edit.ts";
import { rawRequest } from "../raw.ts";
import { configMap, secret } from "./config.ts";
import { CREATE_FLAGS, generatorCommand } from "./generator.ts";
import { ingress } from "./ingress.ts";
import { namespace, podDisruptionBudget, priorityClass, quota, serviceAccount } from "./others.ts";
import { clusterRole, clusterRoleBinding, role, roleBinding } from "./rbac.ts";
import { service } from "./services.ts";
import { token } from "./token.ts";
import { cronJob, deployment, job } from "./workloads.ts";

/** `kubectl create`. Models kubectl pkg/cmd/create. */
export const create: Command = {
  name: "create",
  use: "-f FILENAME [options]",
  short: "Create a resource from a file or from stdin",
  flags: [
    RECORD,
    ...CREATE_FLAGS,
    ...FILE_FLAGS,
    SELECTOR,
    { name: "edit", type: "bool", default: "false", usage: "Edit the objects before they are created." },
    { name: "raw", type: "string", default: "", usage: "A path to POST the file to." },
    { name: "windows-line-endings", type: "bool", default: "false", usage: "Line ends of the file to be edited." },
  ],
  commands: [
    clusterRole,
    clusterRoleBinding,
    configMap,
    cronJob,
    deployment,
    ingress,
    job,
    namespace,
    podDisruptionBudget,
    priorityClass,
    quota,
    role,
    roleBinding,
  ]
    .map(generatorCommand)
    .concat(secret, service, generatorCommand(serviceAccount), token),
  run: runCreate,
};

async function runCreate(call: Call): Promise<undefined> {
  const { flags, words } = call;
  if (words.length > 0) throw usageComplaint(call, `Unexpected args: [${words.join(" ")}]`);
  requireFiles(call);
  if (flags.text("raw") !== "") return rawRequest(call, "POST");
  if (flags.on("edit")) return editThenCreate(call);
  const say = await announcer(call);
  const dryRun = dryRunOf(flags);
  const { infos, problems } = await filesOf(call);
  const failed = await forEachOf(infos, async (info) => {
    const plain = recorded(call, placed(info));
    const object = flags.on("save-config") ? savedConfig(plain, configurationText(plain)) : plain;
    const during = doing("creating", info.source);
    const made = dryRun === "client" ? object : await createOne(call, info.mapping, info.namespace, object, during);
    say.say(made, "created");
  });
  failWith([...failed, ...problems]);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to create");
  return undefined;
}
