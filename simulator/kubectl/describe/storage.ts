import type {
  CSINode,
  NodeSelectorRequirement,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  TopologySelectorTerm,
  VolumeNodeAffinity,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { urlPart } from "../mapping.ts";
import { accessModesText, phaseText, storageClassOf, writeClaim } from "./claim.ts";
import { type Describing, listAll } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { boolOrUnset, dateText, goList, pairsText, writeAnnotations, writeLabels, writeLines } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writePersistentSource } from "./volumes.ts";

const DEFAULT_CLASS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

// Models kubectl pkg/describe describePersistentVolume
export async function describePersistentVolume(object: JsonObject, describing: Describing): Promise<void> {
  const { out, nowEpochMs } = describing;
  const { metadata = {}, spec, status } = object as PersistentVolume;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Finalizers:\t${goList(metadata.finalizers)}\n`);
  out.write(0, `StorageClass:\t${storageClassOf(metadata, spec)}\n`);
  out.write(0, `Status:\t${phaseText(metadata, status?.phase, nowEpochMs)}\n`);
  const claim = spec?.claimRef;
  out.write(0, `Claim:\t${claim === undefined ? "" : `${claim.namespace ?? ""}/${claim.name ?? ""}`}\n`);
  out.write(0, `Reclaim Policy:\t${spec?.persistentVolumeReclaimPolicy ?? ""}\n`);
  out.write(0, `Access Modes:\t${accessModesText(spec?.accessModes)}\n`);
  if (spec?.volumeMode !== undefined) out.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  out.write(0, `Capacity:\t${spec?.capacity?.storage ?? "0"}\n`);
  writeNodeAffinity(out, spec?.nodeAffinity);
  out.write(0, `Message:\t${status?.message ?? ""}\n`);
  out.write(0, "Source:\n");
  writePersistentSource(out, (spec ?? {}) as JsonObject);
  await describeEvents(object, describing);
}

function writeNodeAffinity(out: TextSink, affinity: VolumeNodeAffinity | undefined): void {
  out.write(0, "Node Affinity:\t");
  if (affinity?.required === undefined) {
    out.write(0, "<none>\n");
    return;
  }
  const { nodeSelectorTerms: terms } = affinity.required;
  out.write(0, "\n");
  out.write(1, `Required Terms:\t${terms.length === 0 ? "<none>" : ""}\n`);
  terms.forEach(({ matchExpressions = [] }, index) => {
    writeTerms(out, 2, `Term ${index}`, matchExpressions.map(requirementText));
  });
}

function requirementText({ key, operator, values = [] }: NodeSelectorRequirement): string {
  return `${key} ${operator.toLowerCase()}${values.length > 0 ? ` [${values.join(", ")}]` : ""}`;
}

function writeTerms(out: TextSink, level: number, title: string, lines: readonly string[]): void {
  out.write(level, `${title}:\t`);
  if (lines.length === 0) out.write(0, "<none>\n");
  lines.forEach((line, index) => {
    if (index > 0) out.write(level, "\t");
    out.write(0, `${line}\n`);
  });
}

// Models kubectl pkg/describe describePersistentVolumeClaim
export async function describePersistentVolumeClaim(object: JsonObject, describing: Describing): Promise<void> {
  const { out, nowEpochMs } = describing;
  const claim = object as PersistentVolumeClaim;
  const users = await usersOf(claim, describing);
  writeClaim(out, claim, true, nowEpochMs);
  writeLines(out, "Used By", users);
  const { conditions = [] } = claim.status ?? {};
  if (conditions.length > 0) {
    out.write(0, "Conditions:\n");
    out.write(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n");
    out.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n");
  }
  for (const { type, status, lastProbeTime, lastTransitionTime, reason = "", message = "" } of conditions) {
    const dates = `${dateText(lastProbeTime)} \t${dateText(lastTransitionTime)}`;
    out.write(1, `${type} \t${status} \t${dates} \t${reason} \t${message}\n`);
  }
  await describeEvents(object, describing);
}

/** Names of the pods that mount a claim, or own it. */
async function usersOf({ metadata = {} }: PersistentVolumeClaim, describing: Describing): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${urlPart(metadata.namespace ?? "")}/pods`;
  const pods = (await listAll(describing, path)) as readonly Pod[];
  const owners = (metadata.ownerReferences ?? []).filter(({ kind }) => kind === "Pod").map(({ uid }) => uid);
  const names: string[] = [];
  for (const pod of pods) {
    const mounts = (pod.spec?.volumes ?? []).filter(
      ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name,
    );
    const times = mounts.length > 0 ? mounts.length : owners.includes(pod.metadata?.uid ?? "") ? 1 : 0;
    for (let time = 0; time < times; time++) names.push(pod.metadata?.name ?? "");
  }
  return names.sort();
}

// Models kubectl pkg/describe describeStorageClass
export async function describeStorageClass(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const storageClass = object as unknown as StorageClass;
  const { metadata = {}, mountOptions = [], reclaimPolicy, volumeBindingMode } = storageClass;
  const { annotations } = metadata;
  const isDefault = DEFAULT_CLASS.some((name) => annotations?.[name] === "true");
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `IsDefaultClass:\t${isDefault ? "Yes" : "No"}\n`);
  out.write(0, `Annotations:\t${pairsText(annotations)}\n`);
  out.write(0, `Provisioner:\t${storageClass.provisioner}\n`);
  out.write(0, `Parameters:\t${pairsText(storageClass.parameters)}\n`);
  out.write(0, `AllowVolumeExpansion:\t${boolOrUnset(storageClass.allowVolumeExpansion)}\n`);
  out.write(0, mountOptions.length === 0 ? "MountOptions:\t<none>\n" : "MountOptions:\n");
  for (const option of mountOptions) out.write(1, `${option}\n`);
  if (reclaimPolicy !== undefined) out.write(0, `ReclaimPolicy:\t${reclaimPolicy}\n`);
  if (volumeBindingMode !== undefined) out.write(0, `VolumeBindingMode:\t${volumeBindingMode}\n`);
  if (storageClass.allowedTopologies !== undefined) writeTopologies(out, storageClass.allowedTopologies);
  await describeEvents(object, describing);
}

function writeTopologies(out: TextSink, terms: readonly TopologySelectorTerm[]): void {
  out.write(0, `AllowedTopologies:\t${terms.length === 0 ? "<none>" : ""}\n`);
  terms.forEach(({ matchLabelExpressions = [] }, index) => {
    const lines = matchLabelExpressions.map(
      ({ key, values }) => `${key} in${values.length > 0 ? ` [${values.join(", ")}]` : ""}`,
    );
    writeTerms(out, 1, `Term ${index}`, lines);
  });
}

// Models kubectl pkg/describe describeVolumeAttributesClass
export async function describeVolumeAttributesClass(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, driverName, parameters } = object as unknown as AttributesClass;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `Annotations:\t${pairsText(metadata.annotations)}\n`);
  out.write(0, `DriverName:\t${driverName}\n`);
  out.write(0, `Parameters:\t${pairsText(parameters)}\n`);
  await describeEvents(object, describing);
}

interface AttributesClass extends Pick<StorageClass, "metadata" | "parameters"> {
  readonly driverName: string;
}

// Models kubectl pkg/describe describeCSINode
export async function describeCsiNode(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec } = object as unknown as CSINode;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  out.write(0, "Spec:\n");
  if (spec?.drivers) out.write(1, "Drivers:\n");
  for (const { name, nodeID, allocatable, topologyKeys } of spec?.drivers ?? []) {
    out.write(2, `${name}:\n`);
    out.write(3, `Node ID:\t${nodeID}\n`);
    if (allocatable?.count !== undefined) {
      out.write(3, "Allocatables:\n");
      out.write(4, `Count:\t${allocatable.count}\n`);
    }
    if (topologyKeys) out.write(3, `Topology Keys:\t${goList(topologyKeys)}\n`);
  }
  await describeEvents(object, describing);
}
