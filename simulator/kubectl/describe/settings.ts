import { formatLabelSelector } from "../../api/meta/labels.ts";
import { formatQuantity, quantityOf, quantityOfUnits, toFloat } from "../../api/meta/quantity.ts";
import type {
  ConfigMap,
  LimitRange,
  LimitRangeItem,
  Namespace,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { bytesOfBase64 } from "../../node/files/bytes.ts";
import { urlPart } from "../mapping.ts";
import { writeDatedConditions } from "./conditions.ts";
import { type Describing, listAll } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { pairsText, writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writeName } from "./workloads.ts";

const LIMIT_HEAD = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n";
const LIMIT_RULE = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n";
const SCOPES: { readonly [scope: string]: string } = {
  Terminating:
    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating:
    "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort:
    "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort:
    "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
};

// Models kubectl pkg/describe describeNamespace
export async function describeNamespace(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, status } = object as Namespace;
  const root = `/api/v1/namespaces/${urlPart(metadata.name ?? "")}`;
  const quotas = (await listAll(describing, `${root}/resourcequotas`)) as readonly ResourceQuota[];
  const limits = (await listAll(describing, `${root}/limitranges`)) as readonly LimitRange[];
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Status:\t${status?.phase ?? ""}\n`);
  writeDatedConditions(out, status?.conditions);
  out.write(0, "\n");
  if (quotas.length === 0) out.write(0, "No resource quota.\n");
  else out.write(0, "Resource Quotas\n");
  for (const quota of quotas) {
    out.write(1, `Name:\t${quota.metadata?.name ?? ""}\n`);
    writeScopes(out, quota, 1, "* ");
    out.write(1, "Resource\tUsed\tHard\n");
    out.write(1, "--------\t---\t---\n");
    const { hard = {}, used = {} } = quota.status ?? {};
    for (const name of Object.keys(hard).sort()) out.write(1, `${name}\t${used[name] ?? "0"}\t${hard[name]}\n`);
  }
  out.write(0, "\n");
  if (limits.length === 0) {
    out.write(0, "No LimitRange resource.\n");
    return;
  }
  out.write(0, `Resource Limits\n ${LIMIT_HEAD}`);
  out.write(0, ` ${LIMIT_RULE}`);
  for (const { spec } of limits) for (const item of spec?.limits ?? []) writeLimits(out, item, " ");
}

function writeScopes(out: TextSink, { spec }: ResourceQuota, level: number, bullet: string): void {
  const scopes = [...(spec?.scopes ?? [])].sort();
  if (scopes.length === 0) return;
  out.write(level, `Scopes:\t${scopes.join(", ")}\n`);
  for (const scope of scopes) if (SCOPES[scope] !== undefined) out.write(level, `${bullet}${SCOPES[scope]}\n`);
}

function writeLimits(out: TextSink, item: LimitRangeItem, prefix: string): void {
  const { min = {}, max = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = item;
  const lists = [min, max, defaultRequest, item.default ?? {}, maxLimitRequestRatio];
  // kubectl walks a map here, in any order.
  const names = [...new Set(lists.flatMap((list) => Object.keys(list)))].sort();
  for (const name of names) {
    const cells = lists.map((list) => list[name] ?? "-");
    out.write(0, `${prefix}${[item.type, name, ...cells].join("\t")}\n`);
  }
}

// Models kubectl pkg/describe describeLimitRange
export async function describeLimitRange(object: JsonObject, { out }: Describing): Promise<void> {
  const { metadata = {}, spec } = object as LimitRange;
  writeName(out, metadata);
  out.write(0, LIMIT_HEAD);
  out.write(0, LIMIT_RULE);
  for (const item of spec?.limits ?? []) writeLimits(out, item, "");
}

// Models kubectl pkg/describe describeQuota
export async function describeQuota(object: JsonObject, { out }: Describing): Promise<void> {
  const quota = object as ResourceQuota;
  const { hard = {}, used = {} } = quota.status ?? {};
  writeName(out, quota.metadata ?? {});
  writeScopes(out, quota, 0, " * ");
  out.write(0, "Resource\tUsed\tHard\n");
  out.write(0, "--------\t----\t----\n");
  for (const name of Object.keys(hard).sort()) {
    const [most, now] = [quantityOf(hard[name]), quantityOf(used[name])];
    // What is used is shown in the way in which the bound is written.
    const shown = most.format === now.format ? now : quantityOfUnits(Math.ceil(toFloat(now)), most.format);
    out.write(0, `${name}\t${formatQuantity(shown)}\t${hard[name]}\n`);
  }
}

// Models kubectl pkg/describe ConfigMapDescriber
export async function describeConfigMap(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, data = {}, binaryData = {} } = object as ConfigMap;
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, "\nData\n====\n");
  for (const key of Object.keys(data).sort()) out.write(0, `${key}:\n----\n${data[key]}\n\n`);
  out.write(0, "\nBinaryData\n====\n");
  for (const key of Object.keys(binaryData).sort()) {
    out.write(0, `${key}: ${bytesOfBase64(binaryData[key] ?? "").length} bytes\n`);
  }
  out.write(0, "\n");
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeSecret
export async function describeSecret(object: JsonObject, { out }: Describing): Promise<void> {
  const { metadata = {}, type = "", data = {} } = object as Secret;
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `\nType:\t${type}\n`);
  out.write(0, "\nData\n====\n");
  for (const key of Object.keys(data).sort()) {
    const bytes = bytesOfBase64(data[key] ?? "");
    const isToken = key === "token" && type === "kubernetes.io/service-account-token";
    out.write(0, `${key}:\t${isToken ? bytes : `${bytes.length} bytes`}\n`);
  }
}

// Models kubectl pkg/describe describeServiceAccount
export async function describeServiceAccount(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, imagePullSecrets = [] } = object as ServiceAccount;
  const title = "Image pull secrets:";
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  if (imagePullSecrets.length === 0) out.write(0, `${title}\t<none>\n`);
  imagePullSecrets.forEach(({ name = "" }, index) => {
    out.write(0, `${index === 0 ? title : " ".repeat(title.length)}\t${name}\n`);
  });
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describePriorityClass
export async function describePriorityClass(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, value, globalDefault, preemptionPolicy, description } = object as unknown as PriorityClass;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `Value:\t${value}\n`);
  out.write(0, `GlobalDefault:\t${globalDefault === true}\n`);
  out.write(0, `PreemptionPolicy:\t${preemptionPolicy ?? ""}\n`);
  out.write(0, `Description:\t${description ?? ""}\n`);
  out.write(0, `Annotations:\t${pairsText(metadata.annotations)}\n`);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describePodDisruptionBudgetV1
export async function describeDisruptionBudget(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as PodDisruptionBudget;
  writeName(out, metadata);
  if (spec?.minAvailable !== undefined) out.write(0, `Min available:\t${spec.minAvailable}\n`);
  else if (spec?.maxUnavailable !== undefined) out.write(0, `Max unavailable:\t${spec.maxUnavailable}\n`);
  out.write(0, `Selector:\t${spec?.selector === undefined ? "<unset>" : formatLabelSelector(spec.selector)}\n`);
  out.write(0, "Status:\n");
  out.write(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}\n`);
  out.write(2, `Current:\t${status?.currentHealthy ?? 0}\n`);
  out.write(2, `Desired:\t${status?.desiredHealthy ?? 0}\n`);
  out.write(2, `Total:\t${status?.expectedPods ?? 0}\n`);
  await describeEvents(object, describing);
}
