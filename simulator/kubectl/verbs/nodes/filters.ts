import { isObject, type JsonObject } from "../../../base/json.ts";
import { urlPart } from "../../mapping.ts";
import { failureOf, type Transport } from "../../transport.ts";

export interface DrainChoices {
  readonly force?: boolean;
  readonly ignoreDaemonSets?: boolean;
  readonly deleteEmptyDirData?: boolean;
}

/** A pod on a node to be drained. */
export interface DrainPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly object: JsonObject;
}

/** Whether a pod may go, and what to say about it. */
interface Verdict {
  readonly go: boolean;
  readonly warning?: string;
  readonly problem?: string;
}

type Filter = (pod: DrainPod, choices: DrainChoices, transport: Transport) => Verdict | Promise<Verdict>;

const MIRROR = "kubernetes.io/config.mirror";
const GOES: Verdict = { go: true };

/** In this order; what the last one said stands. Models kubectl pkg/drain makeFilters. */
const filters: readonly Filter[] = [ofDaemonSet, mirror, withLocalStorage, withoutController];

/** What goes, and what is to be said about the pods: `<text>: <namespace>/<name>, …`. */
export interface Sorted {
  readonly pods: readonly DrainPod[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

/** Sorts a node's pods into those that go and those that stay or stand in the way. */
export async function sortPods(
  transport: Transport,
  pods: readonly DrainPod[],
  choices: DrainChoices,
): Promise<Sorted> {
  const going: DrainPod[] = [];
  const warnings = new Map<string, string[]>();
  const problems = new Map<string, string[]>();
  for (const pod of pods) {
    const { go, warning, problem } = await verdictOn(transport, pod, choices);
    if (go) going.push(pod);
    const place = `${pod.namespace}/${pod.name}`;
    if (warning !== undefined) warnings.set(warning, [...(warnings.get(warning) ?? []), place]);
    if (problem !== undefined) problems.set(problem, [...(problems.get(problem) ?? []), place]);
  }
  return { pods: going, warnings: texts(warnings), problems: texts(problems).map(cannotDelete) };
}

async function verdictOn(transport: Transport, pod: DrainPod, choices: DrainChoices): Promise<Verdict> {
  let verdict = GOES;
  for (const filter of filters) {
    verdict = await filter(pod, choices, transport);
    if (!verdict.go) break;
  }
  return verdict;
}

function texts(said: ReadonlyMap<string, readonly string[]>): string[] {
  return [...said].map(([text, places]) => `${text}: ${places.join(", ")}`);
}

function cannotDelete(text: string): string {
  return text.toLowerCase().startsWith("cannot delete") ? text : `cannot delete ${text}`;
}

async function ofDaemonSet(pod: DrainPod, choices: DrainChoices, transport: Transport): Promise<Verdict> {
  const owner = controllerOf(pod);
  if (owner?.kind !== "DaemonSet" || finished(pod)) return GOES;
  const path = `/apis/apps/v1/namespaces/${urlPart(pod.namespace)}/daemonsets/${urlPart(String(owner.name))}`;
  const response = await transport({ method: "GET", path });
  const failure = failureOf(response);
  if (failure !== undefined) {
    return response.code === 404 && choices.force
      ? { go: true, warning: failure.message }
      : { go: false, problem: failure.message };
  }
  return choices.ignoreDaemonSets
    ? { go: false, warning: "ignoring DaemonSet-managed Pods" }
    : { go: false, problem: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" };
}

/** Mirror pods only show what the kubelet runs of itself. */
function mirror({ object }: DrainPod): Verdict {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { go: !isObject(metadata.annotations) || metadata.annotations[MIRROR] === undefined };
}

function withLocalStorage(pod: DrainPod, { deleteEmptyDirData }: DrainChoices): Verdict {
  const spec = isObject(pod.object.spec) ? pod.object.spec : {};
  const volumes = Array.isArray(spec.volumes) ? spec.volumes : [];
  const local = volumes.some((volume) => isObject(volume) && volume.emptyDir !== undefined);
  if (!local || finished(pod)) return GOES;
  return deleteEmptyDirData
    ? { go: true, warning: "deleting Pods with local storage" }
    : { go: false, problem: "Pods with local storage (use --delete-emptydir-data to override)" };
}

function withoutController(pod: DrainPod, { force }: DrainChoices): Verdict {
  if (finished(pod) || controllerOf(pod) !== undefined) return GOES;
  return force
    ? { go: true, warning: "deleting Pods that declare no controller" }
    : { go: false, problem: "cannot delete Pods that declare no controller (use --force to override)" };
}

function finished({ object }: DrainPod): boolean {
  const phase = isObject(object.status) ? object.status.phase : "";
  return phase === "Succeeded" || phase === "Failed";
}

function controllerOf({ object }: DrainPod): JsonObject | undefined {
  const owners = isObject(object.metadata) ? object.metadata.ownerReferences : undefined;
  return Array.isArray(owners) ? owners.filter(isObject).find((owner) => owner.controller === true) : undefined;
}
