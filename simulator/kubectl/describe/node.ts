import { addResources, containerTotal, type ResourceField } from "../../api/meta/pod-resources.ts";
import { addQuantities, formatQuantity, type Quantity, quantityOf, signOf, toFloat } from "../../api/meta/quantity.ts";
import type { Event, Lease, Node, Pod, ResourceSlice } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { ApiError } from "../cli/client.ts";
import { urlPart } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import { type Describing, listAll, listAllowed } from "./describer.ts";
import { eventsOf, subjectOf, writeEvents } from "./events.ts";
import { dateText, sinceText, writeAnnotations, writeLabels, writeTaints } from "./parts.ts";
import type { TextSink } from "./text.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";
const ROLE_LABEL = "kubernetes.io/role";
const SHOWN_POOLS = 10;

type Amounts = ReadonlyMap<string, Quantity>;

// Models kubectl pkg/describe describeNode
export async function describeNode(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const node = object as Node;
  const { metadata = {}, spec, status = {} } = node;
  const name = metadata.name ?? "";
  const pods = await podsOn(name, describing);
  const slices = await listAllowed({ ...describing, chunkSize: 0 }, "/apis/resource.k8s.io/v1/resourceslices", {
    fieldSelector: `spec.nodeName=${name}`,
  });
  out.write(0, `Name:\t${name}\n`);
  out.write(0, `Roles:\t${rolesOf(metadata.labels).join(",") || "<none>"}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  writeTaints(out, "Taints", spec?.taints);
  out.write(0, `Unschedulable:\t${spec?.unschedulable === true}\n`);
  await writeLease(describing, name);
  writeConditions(out, node);
  out.write(0, "Addresses:\n");
  for (const { type, address } of status.addresses ?? []) out.write(1, `${type}:\t${address}\n`);
  writeAmounts(out, "Capacity", status.capacity);
  writeAmounts(out, "Allocatable", status.allocatable);
  writeSlices(out, (slices ?? []) as unknown as readonly ResourceSlice[]);
  writeSystem(out, node);
  if (spec?.podCIDR) out.write(0, `PodCIDR:\t${spec.podCIDR}\n`);
  if ((spec?.podCIDRs ?? []).length > 0) out.write(0, `PodCIDRs:\t${(spec?.podCIDRs ?? []).join(",")}\n`);
  if (spec?.providerID) out.write(0, `ProviderID:\t${spec.providerID}\n`);
  if (pods === undefined) out.write(0, "Pods:\tnot authorized\n");
  else writePods(describing, node, pods);
  writeEvents(describing, await nodeEvents(object, describing));
}

/** The kubelet's events carry the node's name as its UID, the others its real one. */
async function nodeEvents(object: JsonObject, describing: Describing): Promise<readonly Event[] | undefined> {
  const subject = subjectOf(object);
  const events = await eventsOf(describing, subject);
  const byName = await eventsOf(describing, { ...subject, uid: subject.name });
  return events === undefined ? undefined : [...events, ...(byName ?? [])];
}

async function podsOn(name: string, describing: Describing): Promise<readonly Pod[] | undefined> {
  const fieldSelector = `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`;
  try {
    return (await listAll(describing, "/api/v1/pods", { fieldSelector })) as readonly Pod[];
  } catch (error) {
    if (error instanceof ApiError && error.reason === "Forbidden") return undefined;
    throw error;
  }
}

function rolesOf(labels: { readonly [key: string]: string } = {}): readonly string[] {
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return [key.slice(ROLE_PREFIX.length)];
    return key === ROLE_LABEL ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ""))].sort();
}

async function writeLease({ out, client }: Describing, name: string): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${urlPart(name)}`;
  const response = await client.ask({ method: "GET", path });
  const failure = failureOf(response);
  if (failure !== undefined) {
    out.write(0, `Lease:\tFailed to get lease: ${failure.message}\n`);
    return;
  }
  const { spec = {} } = response.body as Lease;
  const { holderIdentity = "<unset>", acquireTime, renewTime } = spec;
  out.write(0, "Lease:\n");
  out.write(1, `HolderIdentity:\t${holderIdentity}\n`);
  out.write(1, `AcquireTime:\t${acquireTime === undefined ? "<unset>" : dateText(acquireTime)}\n`);
  out.write(1, `RenewTime:\t${renewTime === undefined ? "<unset>" : dateText(renewTime)}\n`);
}

function writeConditions(out: TextSink, { status = {} }: Node): void {
  const { conditions = [] } = status;
  if (conditions.length === 0) return;
  out.write(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n");
  out.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n");
  for (const condition of conditions) {
    const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = "", message = "" } = condition;
    const dates = `${dateText(lastHeartbeatTime)} \t${dateText(lastTransitionTime)}`;
    out.write(1, `${type} \t${value} \t${dates} \t${reason} \t${message}\n`);
  }
}

function writeAmounts(out: TextSink, label: string, amounts: { readonly [resource: string]: string } = {}): void {
  const names = Object.keys(amounts).sort();
  if (names.length > 0) out.write(0, `${label}:\n`);
  for (const name of names) out.write(0, `  ${name}:\t${amounts[name]}\n`);
}

/** Devices that only this node has, by the pool they are in. */
function writeSlices(out: TextSink, slices: readonly ResourceSlice[]): void {
  const pools = new Map<string, { slices: number; devices: number }>();
  for (const { spec } of slices) {
    const key = `${spec.driver}/${spec.pool.name}`;
    const { slices: count, devices } = pools.get(key) ?? { slices: 0, devices: 0 };
    pools.set(key, { slices: count + 1, devices: devices + (spec.devices ?? []).length });
  }
  if (pools.size === 0) return;
  out.write(0, "Node-Local ResourceSlices:\n");
  out.write(1, "Driver\tPool\tSlices\tDevices\n");
  out.write(1, "------\t----\t------\t-------\n");
  const sorted = [...pools].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, { slices: count, devices }] of sorted.slice(0, SHOWN_POOLS)) {
    const cut = key.indexOf("/");
    out.write(1, `${key.slice(0, cut)}\t${key.slice(cut + 1)}\t${count}\t${devices}\n`);
  }
  if (sorted.length > SHOWN_POOLS) out.write(1, `...and ${sorted.length - SHOWN_POOLS} more pools\n`);
}

function writeSystem(out: TextSink, { status = {} }: Node): void {
  const info = status.nodeInfo;
  out.write(0, "System Info:\n");
  const line = (label: string, value = "") => out.write(0, `  ${label}:\t${value}\n`);
  line("Machine ID", info?.machineID);
  line("System UUID", info?.systemUUID);
  line("Boot ID", info?.bootID);
  line("Kernel Version", info?.kernelVersion);
  line("OS Image", info?.osImage);
  line("Operating System", info?.operatingSystem);
  line("Architecture", info?.architecture);
  line("Container Runtime Version", info?.containerRuntimeVersion);
  line("Kubelet Version", info?.kubeletVersion);
}

/** What a pod asks for, its overhead with it. */
function podTotal({ spec }: Pod, field: ResourceField): Map<string, Quantity> {
  if (spec === undefined) return new Map();
  const total = containerTotal(spec, field);
  for (const [name, amount] of Object.entries(spec.overhead ?? {})) {
    const has = total.get(name);
    if (field === "requests") addResources(total, { [name]: amount });
    else if (has !== undefined && signOf(has) !== 0) total.set(name, addQuantities(has, quantityOf(amount)));
  }
  return total;
}

// Models kubectl pkg/describe describeNodeResource
function writePods({ out, nowEpochMs }: Describing, { status = {} }: Node, pods: readonly Pod[]): void {
  const allocatable = Object.keys(status.allocatable ?? {}).length > 0 ? status.allocatable : status.capacity;
  const percent = (amounts: Amounts, name: string) => shareText(amounts.get(name), allocatable?.[name]);
  const amount = (amounts: Amounts, name: string) => formatQuantity(amounts.get(name) ?? quantityOf("0"));
  const cell = (amounts: Amounts, name: string) => `${amount(amounts, name)} (${percent(amounts, name)}%)`;
  out.write(0, `Non-terminated Pods:\t(${pods.length} in total)\n`);
  out.write(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n");
  out.write(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n");
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  for (const pod of pods) {
    const { namespace = "", name = "", creationTimestamp } = pod.metadata ?? {};
    const [asked, atMost] = [podTotal(pod, "requests"), podTotal(pod, "limits")];
    const cpu = `${cell(asked, "cpu")}\t${cell(atMost, "cpu")}`;
    const memory = `${cell(asked, "memory")}\t${cell(atMost, "memory")}`;
    out.write(1, `${namespace}\t${name}\t\t${cpu}\t${memory}\t${sinceText(creationTimestamp, nowEpochMs)}\n`);
    addTo(requests, asked);
    addTo(limits, atMost);
  }
  out.write(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n");
  out.write(1, "Resource\tRequests\tLimits\n");
  out.write(1, "--------\t--------\t------\n");
  const names = Object.keys(allocatable ?? {}).sort();
  const pages = names.filter((name) => name.startsWith("hugepages-"));
  for (const name of ["cpu", "memory", "ephemeral-storage", ...pages]) {
    out.write(1, `${name}\t${cell(requests, name)}\t${cell(limits, name)}\n`);
  }
  const isOwn = (name: string) => ["cpu", "memory", "ephemeral-storage", "pods"].includes(name) || pages.includes(name);
  for (const name of names.filter((each) => !isOwn(each))) {
    out.write(1, `${name}\t${amount(requests, name)}\t${amount(limits, name)}\n`);
  }
}

/** Whole percents, cut off. */
function shareText(amount: Quantity | undefined, of: string | undefined): number {
  const whole = toFloat(quantityOf(of));
  return whole === 0 || amount === undefined ? 0 : Math.trunc((toFloat(amount) / whole) * 100);
}

function addTo(total: Map<string, Quantity>, more: Amounts): void {
  for (const [name, amount] of more) {
    const has = total.get(name);
    total.set(name, has === undefined ? amount : addQuantities(has, amount));
  }
}
