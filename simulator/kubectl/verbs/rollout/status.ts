import type { DaemonSet, Deployment, StatefulSet } from "../../../api/schema/generated/types.ts";
import type { JsonObject } from "../../../base/json.ts";
import { failWith } from "../../change/failures.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { watchUntil } from "../../cli/watching.ts";
import { pathOf, urlPart } from "../../mapping.ts";
import { groupKindText, rollsOut, TARGET_FLAGS, targetsOf } from "./targets.ts";

/** `kubectl rollout status`. Models kubectl pkg/cmd/rollout rollout_status.go. */
export const rolloutStatus: Command = {
  name: "status",
  lookUps: 4,
  use: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  short: "Show the status of the rollout",
  flags: [
    ...TARGET_FLAGS,
    { name: "revision", type: "int", default: "0", usage: "The revision that must be the running one." },
    { name: "timeout", type: "duration", default: "0s", usage: "How long to wait; 0 is for ever." },
    { name: "watch", short: "w", type: "bool", default: "true", usage: "Wait until it is done." },
  ],
  run: runStatus,
};

async function runStatus(call: Call): Promise<number | undefined> {
  const { flags, host, client } = call;
  const revision = flags.number("revision");
  if (revision < 0) throw complaint(`revision must be a positive integer: ${revision}`);
  const { infos, problems } = await targetsOf(call);
  for (const { mapping, namespace, name } of infos) {
    if (!rollsOut(mapping)) throw complaint(`no status viewer has been implemented for ${groupKindText(mapping)}`);
    const timeoutMs = flags.durationMs("timeout");
    const path = `${pathOf(mapping, namespace, "")}?fieldSelector=${urlPart(`metadata.name=${name}`)}`;
    const deadlineMs = timeoutMs > 0 ? host.nowEpochMs() + timeoutMs : undefined;
    const end = await watchUntil(call, { path, deadlineMs }, ({ type, object }) => {
      if (type === "DELETED") throw complaint("object has been deleted");
      const { text, done } = statusOf(mapping.kind, object, revision);
      host.out(text);
      return done || !flags.on("watch");
    });
    if (end === "timeout") throw complaint("timed out waiting for the condition");
    if (end === "interrupted") return 1;
  }
  failWith(problems);
  if (infos.length === 0) host.err(`No resources found in ${client.namespace} namespace.\n`);
  return undefined;
}

interface Status {
  readonly text: string;
  readonly done: boolean;
}

const going = (text: string): Status => ({ text: `${text}\n`, done: false });
const done = (text: string): Status => ({ text: `${text}\n`, done: true });

function statusOf(kind: string, object: JsonObject, revision: number): Status {
  if (kind === "Deployment") return deploymentStatus(object as Deployment, revision);
  return kind === "DaemonSet" ? daemonSetStatus(object as DaemonSet) : statefulSetStatus(object as StatefulSet);
}

// Models kubectl pkg/polymorphichelpers DeploymentStatusViewer
function deploymentStatus({ metadata = {}, spec, status = {} }: Deployment, revision: number): Status {
  const name = metadata.name ?? "";
  const running = Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
  if (revision > 0 && revision !== running) {
    throw complaint(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions = [] } = status;
  if ((metadata.generation ?? 0) > observedGeneration)
    return going("Waiting for deployment spec update to be observed...");
  if (conditions.find(({ type }) => type === "Progressing")?.reason === "ProgressDeadlineExceeded") {
    throw complaint(`deployment ${JSON.stringify(name)} exceeded its progress deadline`);
  }
  const waiting = `Waiting for deployment ${JSON.stringify(name)} rollout to finish:`;
  const wanted = spec?.replicas;
  if (wanted !== undefined && updatedReplicas < wanted) {
    return going(`${waiting} ${updatedReplicas} out of ${wanted} new replicas have been updated...`);
  }
  if (replicas > updatedReplicas) {
    return going(`${waiting} ${replicas - updatedReplicas} old replicas are pending termination...`);
  }
  if (availableReplicas < updatedReplicas) {
    return going(`${waiting} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  }
  return done(`deployment ${JSON.stringify(name)} successfully rolled out`);
}

const NOT_ROLLING = "rollout status is only available for RollingUpdate strategy type";

// Models kubectl pkg/polymorphichelpers DaemonSetStatusViewer
function daemonSetStatus({ metadata = {}, spec, status }: DaemonSet): Status {
  if (spec?.updateStrategy?.type !== "RollingUpdate") throw complaint(NOT_ROLLING);
  const {
    observedGeneration = 0,
    updatedNumberScheduled = 0,
    desiredNumberScheduled = 0,
    numberAvailable = 0,
  } = status ?? {};
  if ((metadata.generation ?? 0) > observedGeneration)
    return going("Waiting for daemon set spec update to be observed...");
  const waiting = `Waiting for daemon set ${JSON.stringify(metadata.name)} rollout to finish:`;
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return going(`${waiting} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  }
  if (numberAvailable < desiredNumberScheduled) {
    return going(`${waiting} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  }
  return done(`daemon set ${JSON.stringify(metadata.name)} successfully rolled out`);
}

// Models kubectl pkg/polymorphichelpers StatefulSetStatusViewer
function statefulSetStatus({ metadata = {}, spec, status }: StatefulSet): Status {
  if (spec?.updateStrategy?.type !== "RollingUpdate") throw complaint(NOT_ROLLING);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = status ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration) {
    return going("Waiting for statefulset spec update to be observed...");
  }
  const { replicas, updateStrategy } = spec;
  if (replicas !== undefined && readyReplicas < replicas) {
    return going(`Waiting for ${replicas - readyReplicas} pods to be ready...`);
  }
  const rolling = updateStrategy.rollingUpdate;
  if (rolling !== undefined) {
    const wanted = (replicas ?? 0) - (rolling.partition ?? 0);
    if (replicas !== undefined && rolling.partition !== undefined && updatedReplicas < wanted) {
      return going(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      );
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  const { updateRevision = "", currentRevision = "" } = status ?? {};
  if (updateRevision !== currentRevision) {
    return going(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    );
  }
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}
