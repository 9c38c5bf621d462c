import { timeOf } from "../../api/meta/time.ts";
import type { Container, LabelSelector, Pod } from "../../api/schema/generated/types.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { listAll } from "../describe/describer.ts";
import { pairsText } from "../describe/parts.ts";
import { selectorText } from "../describe/workloads.ts";
import { urlPart } from "../mapping.ts";
import { build } from "./builder.ts";
import { type Call, type CommandError, complaint } from "./command.ts";
import { Discovery } from "./discovery.ts";
import { moment } from "./watching.ts";

const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
const WITH_PODS = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"];

/** A container of a pod, and in which list of its spec it stands. */
export interface FoundContainer {
  readonly container: Container;
  readonly list: "containers" | "initContainers" | "ephemeralContainers";
}

// Models kubectl pkg/cmd/util/podcmd
export function containerOf({ spec }: Pod, name: string): FoundContainer | undefined {
  for (const list of ["containers", "initContainers", "ephemeralContainers"] as const) {
    const container = spec?.[list]?.find((each) => each.name === name);
    if (container !== undefined) return { container: container as Container, list };
  }
  return undefined;
}

/** `a, b (ephem), c (init)`. */
export function containerNames({ spec }: Pod): string {
  return [
    ...(spec?.containers ?? []).map(({ name }) => name),
    ...(spec?.ephemeralContainers ?? []).map(({ name }) => `${name} (ephem)`),
    ...(spec?.initContainers ?? []).map(({ name }) => `${name} (init)`),
  ].join(", ");
}

/** The container that a pod's author wants to be taken where none is named. */
export function preferredContainer({ metadata }: Pod): string {
  return metadata?.annotations?.[DEFAULT_CONTAINER] ?? "";
}

export function notOfPod(pod: Pod, name: string): CommandError {
  return complaint(`container ${name} is not valid for pod ${pod.metadata?.name} out of: ${containerNames(pod)}`);
}

/** What is said when the first container is taken out of several; undefined for a pod that has only one. */
export function defaultedText(pod: Pod): string | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  if (containers.length + initContainers.length + ephemeralContainers.length < 2) return undefined;
  return `Defaulted container ${JSON.stringify(containers[0]?.name)} out of: ${containerNames(pod)}\n`;
}

// Models kubectl pkg/cmd/util/podcmd FindOrDefaultContainerByName
/** The container that `-c` names, or the pod's default one; tells of a choice. */
export function chosenContainer(call: Call, pod: Pod, name: string, quiet: boolean): FoundContainer {
  const wanted = name || preferredContainer(pod);
  if (wanted !== "") {
    const found = containerOf(pod, wanted);
    if (found === undefined) throw notOfPod(pod, wanted);
    return found;
  }
  const [first] = pod.spec?.containers ?? [];
  if (first === undefined)
    throw complaint(`pod ${pod.metadata?.namespace}/${pod.metadata?.name} does not have any containers`);
  const text = defaultedText(pod);
  if (!quiet && text !== undefined) call.host.err(text);
  return { container: first, list: "containers" };
}

/** The object that `NAME` or `TYPE/NAME` stands for; throws when it isn't there. */
export async function podOrOwner(call: Call, words: readonly string[]): Promise<JsonObject> {
  const { infos, problems } = await build(call, new Discovery(call.client), {
    words,
    ...(words.length === 1 && { type: "pods" }),
    latest: true,
    typed: true,
  });
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const [info] = infos;
  if (info?.object === undefined) throw complaint("expected a resource");
  return info.object;
}

// Models kubectl pkg/polymorphichelpers SelectorsForObject
/** The label selector of an object's pods; `doing` is what it is wanted for. */
export function podSelectorOf(object: JsonObject, doing: string): string {
  const kind = String(object.kind);
  const spec = isObject(object.spec) ? object.spec : {};
  if (WITH_PODS.includes(kind)) return selectorText(spec.selector as LabelSelector | undefined);
  const isService = kind === "Service";
  if (!isService && kind !== "ReplicationController") {
    throw complaint(`cannot ${doing} *v1.${kind}: selector for *v1.${kind} not implemented`);
  }
  const pairs = isObject(spec.selector) ? spec.selector : {};
  if (isService && Object.keys(pairs).length === 0) {
    const name = isObject(object.metadata) ? String(object.metadata.name) : "";
    throw complaint(`cannot ${doing} *v1.Service: invalid service '${name}': Service is defined without a selector`);
  }
  return pairsText(pairs as { readonly [key: string]: string });
}

/** In which order pods are taken: for their logs, or to go into. */
export type PodOrder = (a: Pod, b: Pod) => number;

const PHASES = ["Running", "Unknown", "Pending"];
const phaseRank = ({ status }: Pod) => Math.max(0, PHASES.indexOf(status?.phase ?? ""));
const readyCondition = ({ status }: Pod) =>
  status?.conditions?.find(({ type, status: value }) => type === "Ready" && value === "True");
const restartsOf = ({ status }: Pod) =>
  Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0));
const readyMs = (pod: Pod) => timeOf(readyCondition(pod)?.lastTransitionTime) ?? Number.POSITIVE_INFINITY;
const createdMs = ({ metadata }: Pod) => timeOf(metadata?.creationTimestamp) ?? Number.POSITIVE_INFINITY;
const difference = (a: number, b: number) => (a === b ? 0 : a - b);
const assigned = ({ spec }: Pod) => Number(!spec?.nodeName);
const unready = (pod: Pod) => Number(readyCondition(pod) === undefined);

// Models kubectl pkg/util/podutils ByLogging
/** The pod whose logs tell most comes first. */
export const byLogging: PodOrder = (a, b) =>
  assigned(a) - assigned(b) ||
  phaseRank(a) - phaseRank(b) ||
  unready(a) - unready(b) ||
  difference(readyMs(a), readyMs(b)) ||
  restartsOf(b) - restartsOf(a) ||
  difference(createdMs(a), createdMs(b));

// Models kubectl pkg/util/podutils ActivePods, turned round
/** The pod that has been well for longest comes first. */
export const byActivity: PodOrder = (a, b) =>
  assigned(a) - assigned(b) ||
  phaseRank(a) - phaseRank(b) ||
  unready(a) - unready(b) ||
  Number(a.metadata?.deletionTimestamp !== undefined) - Number(b.metadata?.deletionTimestamp !== undefined) ||
  difference(readyMs(a), readyMs(b)) ||
  restartsOf(a) - restartsOf(b) ||
  difference(createdMs(a), createdMs(b));

/** An object's pods, the best first; waits until there is one. */
export async function podsOf(call: Call, object: JsonObject, doing: string, order: PodOrder): Promise<readonly Pod[]> {
  const { client, host, flags } = call;
  const labelSelector = podSelectorOf(object, doing);
  const namespace = isObject(object.metadata) ? String(object.metadata.namespace) : client.namespace;
  const deadlineMs = host.nowEpochMs() + flags.durationMs("pod-running-timeout");
  for (;;) {
    const pods = await listAll({ client, chunkSize: 0 }, `/api/v1/namespaces/${urlPart(namespace)}/pods`, {
      labelSelector,
    });
    if (pods.length > 0) return ([...pods] as Pod[]).sort(order);
    if (host.interrupt.raised || host.nowEpochMs() >= deadlineMs)
      throw complaint("timed out waiting for the condition");
    await moment(call);
  }
}

/** The pod that a word means: itself, or the best one of what has pods. */
export async function podFor(call: Call, words: readonly string[]): Promise<Pod> {
  const object = await podOrOwner(call, words);
  if (object.kind === "Pod") return object as Pod;
  const [pod] = await podsOf(call, object, "attach to", byActivity);
  if (pod === undefined) throw complaint("timed out waiting for the condition");
  return pod;
}
