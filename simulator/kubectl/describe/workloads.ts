import { humanDuration } from "../../api/meta/duration.ts";
import { formatLabelSelector, formatSelector, selectorFromLabelSelector } from "../../api/meta/labels.ts";
import { timeOf } from "../../api/meta/time.ts";
import type {
  CronJob,
  DaemonSet,
  Job,
  JobTemplateSpec,
  LabelSelector,
  ObjectMeta,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { urlPart } from "../mapping.ts";
import { storageClassOf } from "./claim.ts";
import { type Describing, listAll } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { boolOrUnset, controllerOf, dateText, goList, pairsText, writeAnnotations, writeLabels } from "./parts.ts";
import { writePodTemplate } from "./pod.ts";
import type { TextSink } from "./text.ts";

/** `app=web,tier in (a,b)`; empty where everything fits. */
export function selectorText(selector: LabelSelector | undefined): string {
  const result = selectorFromLabelSelector(selector);
  return result.ok ? formatSelector(result.value) : "";
}

/** The first two lines of every namespaced object. */
export function writeName(out: TextSink, { name = "", namespace = "" }: ObjectMeta): void {
  out.write(0, `Name:\t${name}\n`);
  out.write(0, `Namespace:\t${namespace}\n`);
}

/** `2 Running / 0 Waiting / 0 Succeeded / 0 Failed`, of the pods that an object controls. */
async function podCounts(describing: Describing, metadata: ObjectMeta, labelSelector: string): Promise<string> {
  const path = `/api/v1/namespaces/${urlPart(metadata.namespace ?? "")}/pods`;
  const pods = (await listAll(describing, path, { labelSelector })) as readonly Pod[];
  const isOwn = (pod: Pod) =>
    pod.metadata?.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid);
  const own = pods.filter(isOwn);
  const count = (phase: string) => own.filter(({ status }) => status?.phase === phase).length;
  return `${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`;
}

interface ShortCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** Conditions without their messages. */
export function writeShortConditions(out: TextSink, conditions: readonly ShortCondition[] = []): void {
  if (conditions.length === 0) return;
  out.write(0, "Conditions:\n  Type\tStatus\tReason\n");
  out.write(1, "----\t------\t------\n");
  for (const { type, status, reason = "" } of conditions) out.write(1, `${type} \t${status}\t${reason}\n`);
}

// Models kubectl pkg/describe describeReplicationController
export async function describeReplicationController(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec = {}, status } = object as ReplicationController;
  const selector = Object.entries(spec.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const counts = await podCounts(describing, metadata, selector);
  writeName(out, metadata);
  out.write(0, `Selector:\t${pairsText(spec.selector)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired\n`);
  out.write(0, `Pods Status:\t${counts}\n`);
  writePodTemplate(out, spec.template);
  writeShortConditions(out, status?.conditions);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeReplicaSet
export async function describeReplicaSet(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as ReplicaSet;
  const counts = await podCounts(describing, metadata, selectorText(spec?.selector));
  writeName(out, metadata);
  out.write(0, `Selector:\t${formatLabelSelector(spec?.selector)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  const controller = controllerOf(metadata);
  if (controller !== "") out.write(0, `Controlled By:\t${controller}\n`);
  out.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired\n`);
  out.write(0, `Pods Status:\t${counts}\n`);
  writePodTemplate(out, spec?.template);
  writeShortConditions(out, status?.conditions);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeDaemonSet
export async function describeDaemonSet(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as DaemonSet;
  const selector = selectorText(spec?.selector);
  const counts = await podCounts(describing, metadata, selector);
  writeName(out, metadata);
  out.write(0, `Selector:\t${selector}\n`);
  out.write(0, `Node-Selector:\t${pairsText(spec?.template.spec?.nodeSelector)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
  out.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
  out.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
  out.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
  out.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
  out.write(0, `Pods Status:\t${counts}\n`);
  writePodTemplate(out, spec?.template);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeStatefulSet
export async function describeStatefulSet(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as StatefulSet;
  const selector = selectorText(spec?.selector);
  const counts = await podCounts(describing, metadata, selector);
  writeName(out, metadata);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  out.write(0, `Selector:\t${selector}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Replicas:\t${spec?.replicas ?? 0} desired | ${status?.replicas ?? 0} total\n`);
  out.write(0, `Update Strategy:\t${spec?.updateStrategy?.type ?? ""}\n`);
  const rolling = spec?.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    out.write(1, `Partition:\t${rolling.partition}\n`);
    if (rolling.maxUnavailable !== undefined) out.write(1, `MaxUnavailable:\t${rolling.maxUnavailable}\n`);
  }
  out.write(0, `Pods Status:\t${counts}\n`);
  writePodTemplate(out, spec?.template);
  writeClaimTemplates(out, spec?.volumeClaimTemplates);
  await describeEvents(object, describing);
}

function writeClaimTemplates(out: TextSink, templates: readonly PersistentVolumeClaim[] = []): void {
  out.write(0, templates.length === 0 ? "Volume Claims:\t<none>\n" : "Volume Claims:\n");
  for (const { metadata, spec } of templates) {
    out.write(1, `Name:\t${metadata?.name ?? ""}\n`);
    out.write(1, `StorageClass:\t${storageClassOf(metadata, spec)}\n`);
    writeLabels(out, "Labels", metadata?.labels, "  ");
    writeLabels(out, "Annotations", metadata?.annotations, "  ");
    out.write(1, `Capacity:\t${spec?.resources?.requests?.storage ?? "<default>"}\n`);
    out.write(1, `Access Modes:\t${goList(spec?.accessModes)}\n`);
  }
}

// Models kubectl pkg/describe describeJob
export async function describeJob(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status = {} } = object as Job;
  writeName(out, metadata);
  out.write(0, `Selector:\t${selectorText(spec?.selector)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  const controller = controllerOf(metadata);
  if (controller !== "") out.write(0, `Controlled By:\t${controller}\n`);
  const line = (label: string, value: number | string | boolean | undefined) => {
    if (value !== undefined) out.write(0, `${label}:\t${value}\n`);
  };
  line("Parallelism", spec?.parallelism);
  line("Completions", spec?.completions ?? "<unset>");
  line("Completion Mode", spec?.completionMode);
  line("Suspend", spec?.suspend);
  line("Backoff Limit", spec?.backoffLimit);
  line("TTL Seconds After Finished", spec?.ttlSecondsAfterFinished);
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0 } = status;
  if (startTime !== undefined) line("Start Time", dateText(startTime));
  if (completionTime !== undefined) line("Completed At", dateText(completionTime));
  const startedMs = timeOf(startTime);
  const completedMs = timeOf(completionTime);
  if (startedMs !== undefined && completedMs !== undefined) line("Duration", humanDuration(completedMs - startedMs));
  if (spec?.activeDeadlineSeconds !== undefined) line("Active Deadline Seconds", `${spec.activeDeadlineSeconds}s`);
  const readyText = ready === undefined ? "" : ` (${ready} Ready)`;
  line("Pods Statuses", `${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`);
  if (spec?.completionMode === "Indexed") line("Completed Indexes", indexesText(status.completedIndexes ?? ""));
  writePodTemplate(out, spec?.template);
  await describeEvents(object, describing);
}

const MANY_INDEXES = 50;

function indexesText(indexes: string): string {
  if (indexes === "") return "<none>";
  const cut = indexes.indexOf(",", MANY_INDEXES);
  return cut < 0 ? indexes : `${indexes.slice(0, cut + 1)}...`;
}

// Models kubectl pkg/describe describeCronJob
export async function describeCronJob(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status = {} } = object as unknown as CronJob;
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  const line = (label: string, value: string | number | undefined) =>
    out.write(0, `${label}:\t${value ?? "<unset>"}\n`);
  line("Schedule", spec?.schedule);
  line("Concurrency Policy", spec?.concurrencyPolicy ?? "");
  line("Suspend", boolOrUnset(spec?.suspend));
  line("Time Zone", spec?.timeZone);
  line("Successful Job History Limit", spec?.successfulJobsHistoryLimit);
  line("Failed Job History Limit", spec?.failedJobsHistoryLimit);
  const deadline = spec?.startingDeadlineSeconds;
  line("Starting Deadline Seconds", deadline === undefined ? undefined : `${deadline}s`);
  writeJobTemplate(out, spec?.jobTemplate);
  line("Last Schedule Time", status.lastScheduleTime === undefined ? undefined : dateText(status.lastScheduleTime));
  line("Active Jobs", (status.active ?? []).map(({ name }) => name).join(", ") || "<none>");
  await describeEvents(object, describing);
}

function writeJobTemplate(out: TextSink, template: JobTemplateSpec | undefined): void {
  const { selector, parallelism, completions, activeDeadlineSeconds } = template?.spec ?? {};
  out.write(0, `Selector:\t${selector === undefined ? "<unset>" : selectorText(selector)}\n`);
  out.write(0, `Parallelism:\t${parallelism ?? "<unset>"}\n`);
  out.write(0, `Completions:\t${completions ?? "<unset>"}\n`);
  if (activeDeadlineSeconds !== undefined) out.write(0, `Active Deadline Seconds:\t${activeDeadlineSeconds}s\n`);
  writePodTemplate(out, template?.spec?.template);
}
