import type { JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf } from "../change/flags.ts";
import { at, metadataOf } from "../change/object.ts";
import { causePatch, RECORD } from "../change/record.ts";
import { POLL_MS } from "../change/removal.ts";
import { patch } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { pathOf } from "../mapping.ts";
import { PRINT_FLAGS } from "../print/printer.ts";
import { failureOf } from "../transport.ts";

/** `kubectl scale`. Models kubectl pkg/cmd/scale and pkg/scale. */
export const scale: Command = {
  name: "scale",
  use: "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
  short: "Set a new size for a deployment, replica set, or replication controller",
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR,
    DRY_RUN,
    { name: "all", type: "bool", default: "false", usage: "All objects of the type in the namespace." },
    { name: "current-replicas", type: "int", default: "-1", usage: "Only scale what has so many replicas." },
    { name: "replicas", type: "int", default: "0", usage: "The new number of replicas." },
    { name: "resource-version", type: "string", default: "", usage: "Only scale an object of this version." },
    { name: "timeout", type: "duration", default: "0s", usage: "How long to wait for it; 0 not at all." },
  ],
  required: ["replicas"],
  run: runScale,
};

async function runScale(call: Call): Promise<undefined> {
  const { flags, words } = call;
  const say = await announcer(call);
  const dryRun = dryRunOf(flags);
  if (flags.on("all") && flags.text("selector") !== "") {
    throw complaint("cannot set --all and --selector at the same time");
  }
  if (flags.number("replicas") < 0) {
    throw complaint("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  if (flags.number("current-replicas") < -1) {
    throw complaint("The --current-replicas must specify an integer of -1 or greater");
  }
  const { infos, problems } = await build(call, new Discovery(call.client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    typeMeansAll: flags.on("all"),
    latest: true,
  });
  if (flags.text("resource-version") !== "" && infos.length > 1) {
    throw complaint("cannot use --resource-version with multiple resources");
  }
  const failed = await forEachOf(infos, async (info) => {
    if (dryRun !== "client") {
      await scaleOne(call, info);
      const cause = causePatch(call);
      if (cause !== undefined) await patch(call, info, "merge", cause);
    }
    say.say(info.object ?? {}, "scaled");
  });
  failWith(failed, problems);
  if (infos.length === 0 && problems.length === 0) throw complaint("no objects passed to scale");
  return undefined;
}

async function scaleOne(call: Call, info: Info): Promise<void> {
  const { flags, client, host } = call;
  const path = `${pathOf(info.mapping, info.namespace, info.name)}/scale`;
  const query = dryRunOf(flags) === "server" ? "?dryRun=All" : "";
  const replicas = flags.number("replicas");
  const isGuarded = flags.number("current-replicas") !== -1 || flags.text("resource-version") !== "";
  if (isGuarded) await scaleIf(call, path, query);
  else {
    const contentType = "application/merge-patch+json";
    await client.demand({ method: "PATCH", path: path + query, contentType, body: { spec: { replicas } } });
  }
  const timeoutMs = flags.durationMs("timeout");
  if (timeoutMs === 0 || query !== "") return;
  const endMs = host.nowEpochMs() + timeoutMs;
  for (;;) {
    const { body } = await client.get(path);
    // Somebody else wants another number by now: there is nothing left to wait for.
    if (sizeOf(body, "spec") !== replicas || sizeOf(body, "status") === replicas) return;
    if (host.interrupt.raised) return;
    if (host.nowEpochMs() >= endMs) throw complaint("timed out waiting for the condition");
    await host.wait(POLL_MS);
  }
}

/** Scales what is as the flags expect it. */
async function scaleIf(call: Call, path: string, query: string): Promise<void> {
  const { flags, client } = call;
  const { body } = await client.get(path);
  const expected = flags.number("current-replicas");
  const size = sizeOf(body, "spec");
  if (expected !== -1 && expected !== size) throw complaint(`Expected replicas to be ${expected}, was ${size}`);
  const wanted = flags.text("resource-version");
  const version = String(metadataOf(body).resourceVersion);
  if (wanted !== "" && wanted !== version) {
    throw complaint(`Expected resource version to be ${wanted}, was ${version}`);
  }
  const next: JsonObject = { ...body, spec: { replicas: flags.number("replicas") } };
  const response = await client.ask({ method: "PUT", path: path + query, body: next });
  if (failureOf(response) !== undefined) throw new ApiError(response);
}

/** The API leaves a zero out. */
function sizeOf(scaleObject: JsonObject, part: "spec" | "status"): number {
  const replicas = at(scaleObject, part, "replicas");
  return typeof replicas === "number" ? replicas : 0;
}
