import type { Deployment, ReplicaSet } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { ownReplicaSets } from "../deployment-revisions.ts";
import { urlPart } from "../mapping.ts";
import { type Describing, listAllowed } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { dateText, writeAnnotations, writeLabels } from "./parts.ts";
import { writePodTemplate } from "./pod.ts";
import { selectorText, writeName, writeShortConditions } from "./workloads.ts";

// Models kubectl pkg/describe describeDeployment
export async function describeDeployment(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const deployment = object as Deployment;
  const { metadata = {}, spec, status = {} } = deployment;
  const selector = selectorText(spec?.selector);
  writeName(out, metadata);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Selector:\t${selector}\n`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  const there = `${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available`;
  out.write(0, `Replicas:\t${spec?.replicas ?? 0} desired | ${there} | ${unavailableReplicas} unavailable\n`);
  out.write(0, `StrategyType:\t${spec?.strategy?.type ?? ""}\n`);
  out.write(0, `MinReadySeconds:\t${spec?.minReadySeconds ?? 0}\n`);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    const { maxUnavailable = "<nil>", maxSurge = "<nil>" } = rolling;
    out.write(0, `RollingUpdateStrategy:\t${maxUnavailable} max unavailable, ${maxSurge} max surge\n`);
  }
  writePodTemplate(out, spec?.template);
  writeShortConditions(out, status.conditions);
  const path = `/apis/apps/v1/namespaces/${urlPart(metadata.namespace ?? "")}/replicasets`;
  const found = (await listAllowed(describing, path, { labelSelector: selector })) as readonly ReplicaSet[] | undefined;
  const { current, old } = ownReplicaSets(deployment, found ?? []);
  if (current !== undefined || old.length > 0) {
    out.write(0, `OldReplicaSets:\t${replicaSetsText(old)}\n`);
    out.write(0, `NewReplicaSet:\t${replicaSetsText(current === undefined ? [] : [current])}\n`);
  }
  await describeEvents(object, describing);
}

function replicaSetsText(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(
    ({ metadata, spec, status }) =>
      `${metadata?.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`,
  );
  return texts.join(", ") || "<none>";
}
