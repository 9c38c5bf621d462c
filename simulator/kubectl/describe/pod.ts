import { formatLabelSelector } from "../../api/meta/labels.ts";
import type {
  Pod,
  PodSchedulingGroup,
  PodTemplateSpec,
  TopologySpreadConstraint,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { type ContainersOf, writeContainers, writeResources } from "./containers.ts";
import type { Describing } from "./describer.ts";
import { eventsOf, subjectOf, writeEvents } from "./events.ts";
import { controllerOf, dateText, sinceText, writeAnnotations, writeLabels, writeTolerations } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writeVolumes } from "./volumes.ts";

const MIRROR = "kubernetes.io/config.mirror";

// Models kubectl pkg/describe describePod
export async function describePod(object: JsonObject, describing: Describing): Promise<void> {
  const { out, nowEpochMs } = describing;
  const pod = object as Pod;
  const { metadata = {}, spec, status = {} } = pod;
  writeHead(out, pod);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  writePhase(out, pod, nowEpochMs);
  if (status.reason) out.write(0, `Reason:\t${status.reason}\n`);
  if (status.message) out.write(0, `Message:\t${status.message}\n`);
  const profile = spec?.securityContext?.seccompProfile;
  if (profile !== undefined) {
    out.write(0, `SeccompProfile:\t${profile.type}\n`);
    if (profile.type === "Localhost") out.write(0, `LocalhostProfile:\t${profile.localhostProfile ?? ""}\n`);
  }
  writeAddresses(out, pod);
  const controller = controllerOf(metadata);
  if (controller !== "") out.write(0, `Controlled By:\t${controller}\n`);
  if (status.nominatedNodeName) out.write(0, `NominatedNodeName:\t${status.nominatedNodeName}\n`);
  if (spec?.resources !== undefined) {
    out.write(0, "Resources:\n");
    writeResources(out, spec.resources, 1);
  }
  writeAllContainers(out, pod);
  writeConditions(out, pod);
  writeVolumes(out, spec?.volumes);
  out.write(0, `QoS Class:\t${status.qosClass ?? ""}\n`);
  writeLabels(out, "Node-Selectors", spec?.nodeSelector);
  writeTolerations(out, "Tolerations", spec?.tolerations);
  writeSpread(out, spec?.topologySpreadConstraints);
  writeSchedulingGroup(out, spec?.schedulingGroup);
  const mirrored = metadata.annotations?.[MIRROR];
  const subject = { ...subjectOf(object), kind: undefined, ...(mirrored !== undefined && { uid: mirrored }) };
  writeEvents(describing, await eventsOf(describing, subject));
}

function writeHead(out: TextSink, { metadata = {}, spec, status }: Pod): void {
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `Namespace:\t${metadata.namespace ?? ""}\n`);
  if (spec?.priority !== undefined) out.write(0, `Priority:\t${spec.priority}\n`);
  if (spec?.priorityClassName) out.write(0, `Priority Class Name:\t${spec.priorityClassName}\n`);
  if (spec?.runtimeClassName) out.write(0, `Runtime Class Name:\t${spec.runtimeClassName}\n`);
  if (spec?.serviceAccountName) out.write(0, `Service Account:\t${spec.serviceAccountName}\n`);
  out.write(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ""}` : "<none>"}\n`);
  if (status?.startTime !== undefined) out.write(0, `Start Time:\t${dateText(status.startTime)}\n`);
}

function writePhase(out: TextSink, { metadata = {}, status = {} }: Pod, nowEpochMs: number): void {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp === undefined || status.phase === "Failed" || status.phase === "Succeeded") {
    out.write(0, `Status:\t${status.phase ?? ""}\n`);
    return;
  }
  out.write(0, `Status:\tTerminating (lasts ${sinceText(deletionTimestamp, nowEpochMs)})\n`);
  out.write(0, `Termination Grace Period:\t${deletionGracePeriodSeconds}s\n`);
}

function writeAddresses(out: TextSink, { status = {} }: Pod): void {
  const { podIP = "", podIPs = [] } = status;
  out.write(0, `IP:\t${podIP}\n`);
  out.write(0, podIPs.length === 0 ? "IPs:\t<none>\n" : "IPs:\n");
  for (const { ip } of podIPs) out.write(1, `IP:\t${ip}\n`);
}

function writeAllContainers(out: TextSink, pod: Pod): void {
  const { spec, status = {} } = pod;
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec ?? {};
  if (initContainers.length > 0) {
    writeContainers(out, "Init Containers", {
      containers: initContainers,
      statuses: status.initContainerStatuses,
      pod,
    });
  }
  writeContainers(out, "Containers", { containers, statuses: status.containerStatuses, pod });
  if (ephemeralContainers.length > 0) {
    const statuses = status.ephemeralContainerStatuses;
    writeContainers(out, "Ephemeral Containers", { containers: ephemeralContainers, statuses, pod });
  }
}

function writeConditions(out: TextSink, { spec, status = {} }: Pod): void {
  const { conditions = [] } = status;
  const gates = spec?.readinessGates ?? [];
  if (gates.length > 0) out.write(0, "Readiness Gates:\n  Type\tStatus\n");
  for (const { conditionType } of gates) {
    const condition = conditions.find(({ type }) => type === conditionType);
    out.write(1, `${conditionType} \t${condition?.status ?? "<none>"} \n`);
  }
  if (conditions.length > 0) out.write(0, "Conditions:\n  Type\tStatus\n");
  for (const { type, status: value } of conditions) out.write(1, `${type} \t${value} \n`);
}

function writeSpread(out: TextSink, constraints: readonly TopologySpreadConstraint[] = [], space = ""): void {
  if (constraints.length === 0) return;
  const sorted = [...constraints].sort((a, b) =>
    a.topologyKey < b.topologyKey ? -1 : a.topologyKey > b.topologyKey ? 1 : 0,
  );
  out.write(0, `${space}Topology Spread Constraints:\t`);
  sorted.forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, index) => {
    if (index > 0) out.write(0, `${space}\t`);
    const selector = labelSelector === undefined ? "" : ` for selector ${formatLabelSelector(labelSelector)}`;
    out.write(0, `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}\n`);
  });
}

function writeSchedulingGroup(out: TextSink, group: PodSchedulingGroup | undefined, space = ""): void {
  if (group === undefined) return;
  out.write(0, `${space}SchedulingGroup:\n`);
  out.write(1, `PodGroupName:\t${group.podGroupName ?? ""}\n`);
}

// Models kubectl pkg/describe DescribePodTemplate
/** The pods that a controller makes. */
export function writePodTemplate(out: TextSink, template: PodTemplateSpec | undefined): void {
  out.write(0, "Pod Template:\n");
  if (template === undefined) {
    out.write(1, "<unset>");
    return;
  }
  const { metadata, spec } = template;
  const space = "  ";
  writeLabels(out, "  Labels", metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0)
    writeAnnotations(out, "  Annotations", metadata?.annotations);
  if (spec?.serviceAccountName) out.write(1, `Service Account:\t${spec.serviceAccountName}\n`);
  const init: ContainersOf = { containers: spec?.initContainers ?? [], space };
  if (init.containers.length > 0) writeContainers(out, "Init Containers", init);
  writeContainers(out, "Containers", { containers: spec?.containers ?? [], space });
  writeVolumes(out, spec?.volumes, space);
  writeSpread(out, spec?.topologySpreadConstraints, space);
  if (spec?.priorityClassName) out.write(1, `Priority Class Name:\t${spec.priorityClassName}\n`);
  writeLabels(out, "  Node-Selectors", spec?.nodeSelector);
  writeTolerations(out, "  Tolerations", spec?.tolerations);
  writeSchedulingGroup(out, spec?.schedulingGroup, space);
}
