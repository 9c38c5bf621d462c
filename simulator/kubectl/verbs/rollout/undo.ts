import type { Deployment, PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import { equalJson, isObject, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { failWith } from "../../change/failures.ts";
import { DRY_RUN, type DryRun, dryRunOf } from "../../change/flags.ts";
import { LAST_APPLIED } from "../../change/last-applied.ts";
import { annotationsOf } from "../../change/object.ts";
import type { Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { withoutHash } from "../../deployment-revisions.ts";
import { pathOf } from "../../mapping.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { failureOf } from "../../transport.ts";
import { type Revision, revisionsOf, templateText } from "./revisions.ts";
import { noneForKind, rollsOut, TARGET_FLAGS, targetsOf } from "./targets.ts";

/** Annotations that stay the deployment's own. */
const KEPT = [
  LAST_APPLIED,
  "deployment.kubernetes.io/revision",
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

/** `kubectl rollout undo`. Models kubectl pkg/cmd/rollout rollout_undo.go. */
export const rolloutUndo: Command = {
  name: "undo",
  use: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  short: "Undo a previous rollout",
  flags: [
    ...PRINT_FLAGS,
    ...TARGET_FLAGS,
    DRY_RUN,
    { name: "to-revision", type: "int", default: "0", usage: "The revision to go back to; 0 is the one before." },
  ],
  run: runUndo,
};

async function runUndo(call: Call): Promise<undefined> {
  const { flags, host } = call;
  const dryRun = dryRunOf(flags);
  const wanted = flags.number("to-revision");
  const announce = await announcer(call);
  const { infos, problems } = await targetsOf(call);
  for (const info of infos) {
    if (annotationsOf(info.object)[LAST_APPLIED] !== undefined) host.err(appliedWarning(info));
    if (!rollsOut(info.mapping)) throw noneForKind(info.mapping, "rollbacker", "rollbacker", true);
    announce.say(info.object, await rolledBack(call, info, wanted, dryRun));
  }
  failWith(problems);
  return undefined;
}

function appliedWarning({ mapping, name }: Info): string {
  const head = `Warning: resource ${mapping.plural}/${name} was previously managed with 'kubectl apply'.`;
  const effect = `Rolling back will not update the ${LAST_APPLIED} annotation`;
  const advice = "Consider using 'kubectl apply' with your previous configuration file instead.";
  return `${head} ${effect}, which may cause unexpected behavior on future 'kubectl apply' operations. ${advice}\n`;
}

// Models kubectl pkg/polymorphichelpers rollback.go
/** Goes back; the words for what was done. */
async function rolledBack(
  call: Call,
  info: Info & { readonly object: JsonObject },
  wanted: number,
  dryRun: DryRun,
): Promise<string> {
  const notFound = complaint(`unable to find specified revision ${wanted} in history`);
  if (wanted < 0) throw notFound;
  const isDeployment = info.mapping.kind === "Deployment";
  const revisions = await revisionsOf(call, info);
  if (wanted === 0 && revisions.length <= 1) {
    const name = JSON.stringify(info.name);
    throw complaint(
      isDeployment ? `no rollout history found for deployment ${name}` : "no last revision to roll back to",
    );
  }
  const revision = wanted === 0 ? revisions.at(-2) : revisions.find(({ number }) => number === wanted);
  if (revision === undefined) throw notFound;
  const spec = isObject(info.object.spec) ? info.object.spec : {};
  const kept = isDeployment ? keptTemplate(revision) : revision.template;
  if (dryRun === "client") return isDeployment ? templateText(kept) : `will roll back to ${templateText(kept)}`;
  if (isDeployment && spec.paused === true) {
    throw complaint(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const present = spec.template as PodTemplateSpec | undefined;
  const isSame = equalJson(isDeployment ? withoutHash(present) : present, isDeployment ? withoutHash(kept) : kept);
  if (isSame) return `skipped rollback (current template already matches revision ${wanted})`;
  await restore(call, info, revision, dryRun);
  return "rolled back";
}

/** The template as the replica set holds it, without the cause that was put to it for showing. */
function keptTemplate({ keeper }: Revision): PodTemplateSpec | undefined {
  return isObject(keeper.spec) ? (keeper.spec.template as PodTemplateSpec) : undefined;
}

async function restore(
  call: Call,
  { mapping, namespace, name, object }: Info & { readonly object: JsonObject },
  revision: Revision,
  dryRun: DryRun,
): Promise<void> {
  const path = pathOf(mapping, namespace, name) + (dryRun === "server" ? "?dryRun=All" : "");
  const isDeployment = mapping.kind === "Deployment";
  const response = await call.client.ask({
    method: "PATCH",
    path,
    contentType: isDeployment ? "application/json-patch+json" : "application/strategic-merge-patch+json",
    body: isDeployment ? deploymentPatch(object, revision) : (revision.keeper.data ?? {}),
  });
  const failure = failureOf(response);
  if (failure === undefined) return;
  if (failure.message === "") throw new ApiError(response);
  throw complaint(`failed restoring revision ${call.flags.number("to-revision")}: ${failure.message}`);
}

function deploymentPatch(object: JsonObject, revision: Revision): JsonObject[] {
  const own = (object as Deployment).metadata?.annotations ?? {};
  const theirs = annotationsOf(revision.keeper);
  const annotations = {
    ...Object.fromEntries(Object.entries(own).filter(([key]) => KEPT.includes(key))),
    ...Object.fromEntries(Object.entries(theirs).filter(([key]) => !KEPT.includes(key))),
  };
  const template = withoutHash(keptTemplate(revision)) as JsonObject;
  return [
    { op: "replace", path: "/spec/template", value: template },
    { op: "replace", path: "/metadata/annotations", value: annotations },
  ];
}
