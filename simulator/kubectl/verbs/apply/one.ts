import type { JsonObject } from "../../../base/json.ts";
import { placed } from "../../change/files.ts";
import { dryRunOf } from "../../change/flags.ts";
import { LAST_APPLIED, lastAppliedText, withLastApplied } from "../../change/last-applied.ts";
import { metadataOf, textOf } from "../../change/object.ts";
import { recorded } from "../../change/record.ts";
import { create, doing } from "../../change/write.ts";
import type { Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, complaint } from "../../cli/command.ts";
import { pathOf } from "../../mapping.ts";
import { failureOf } from "../../transport.ts";
import { identityText, isAsManifest, patchToManifest } from "./patcher.ts";
import { applyOnServer } from "./server-side.ts";

/** What applying made of an object. */
export interface Applied {
  readonly object: JsonObject;
  readonly operation: "created" | "configured" | "unchanged" | "serverside-applied";
}

// Models kubectl pkg/cmd/apply applyOneObject
/** Applies one manifest; throws what went wrong. */
export async function applyOne(call: Call, info: Info): Promise<Applied> {
  const { host, flags } = call;
  const manifest = recorded(call, placed(info));
  const generateName = textOf(manifest, "metadata", "generateName");
  if (info.name === "" && generateName !== "") {
    throw complaint(`from ${generateName}: cannot use generate name with apply`);
  }
  if (flags.on("server-side")) {
    if (info.name === "") throw complaint("resource name may not be empty");
    const object = await applyOnServer(call, info, manifest);
    warnIfDeleting(call, object);
    return { object, operation: "serverside-applied" };
  }
  const modified = withLastApplied(manifest);
  const during = `error when retrieving current configuration of:\n${identityText(info)}\nfrom server for: ${JSON.stringify(info.source)}`;
  if (info.name === "") throw complaint(`${during}: resource name may not be empty`);
  const current = await call.client.ask({ method: "GET", path: pathOf(info.mapping, info.namespace, info.name) });
  if (current.code === 404) {
    const object =
      dryRunOf(flags) === "client"
        ? modified
        : await create(call, info.mapping, info.namespace, modified, doing("creating", info.source));
    return { object, operation: "created" };
  }
  if (failureOf(current) !== undefined) throw new ApiError(current, during);
  if (lastAppliedText(current.body) === undefined) {
    host.err(
      `Warning: resource ${info.mapping.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  if (dryRunOf(flags) === "client") {
    const isSame = isAsManifest(call, info, modified, current.body);
    return { object: current.body, operation: isSame ? "unchanged" : "configured" };
  }
  const { object, unchanged } = await patchToManifest(call, info, modified, current.body);
  warnIfDeleting(call, object);
  return { object, operation: unchanged ? "unchanged" : "configured" };
}

function warnIfDeleting({ host }: Call, object: JsonObject): void {
  const { deletionTimestamp, name } = metadataOf(object);
  if (deletionTimestamp === undefined) return;
  host.err(`Warning: Detected changes to resource ${String(name)} which is currently being deleted.\n`);
}
