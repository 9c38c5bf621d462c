import { formatSelector } from "../api/meta/labels.ts";
import { formatQuantity, quantityOfMilli, quantityOfUnits } from "../api/meta/quantity.ts";
import type { NodeSelectorTerm, Taint } from "../api/schema/generated/types.ts";
import type { AffinityTerm } from "./affinity-terms.ts";
import type { NodeInfo } from "./node-info.ts";
import { toleratesAny } from "./node-selection.ts";
import type { PodInfo } from "./pod-info.ts";
import { resourceOf } from "./resources.ts";
import type { PodVerdict } from "./verdicts.ts";

/** What the scheduler knows now, for advice with names and amounts in it. */
export interface Facts {
  /** The pod, while it waits. */
  readonly pod: PodInfo | undefined;
  node(name: string): NodeInfo | undefined;
}

/** A reason, and the nodes that it kept out; none where it holds for all. */
interface Problem {
  /** What follows the words that the reason begins with. */
  readonly rest: string;
  readonly pod: PodInfo | undefined;
  readonly nodes: readonly NodeInfo[];
}

type Remedy = string | ((problem: Problem) => string);

/** What would undo a rejection, by the words that it begins with. */
const REMEDIES: readonly (readonly [reason: string, remedy: Remedy])[] = [
  ["Insufficient ", askForLess],
  ["Too many pods", "take pods away, or add a node: these have as many pods as their kubelets take"],
  ["node(s) were unschedulable", "uncordon a node"],
  ["node(s) had untolerated taint(s)", tolerate],
  ["node(s) didn't match Pod's node affinity/selector", labelNodes],
  ["node(s) didn't match scheduler-enforced node affinity", "label a node as the scheduler's addedAffinity asks"],
  ["pod affinity terms conflict", "name nodes in node affinity that can all be true at once"],
  ["node(s) didn't match the requested node name", "name another node in spec.nodeName"],
  ["node(s) didn't have free ports", otherPorts],
  ["node(s) didn't match pod affinity rules", (problem) => `run ${podsOf(problem, "requiredAffinity", "a pod")} there`],
  [
    "node(s) didn't match pod anti-affinity rules",
    (problem) => `move away ${podsOf(problem, "requiredAnti", "the pods")}, or add a node without any`,
  ],
  [
    "node(s) didn't satisfy existing pods anti-affinity rules",
    "move away the pods whose anti-affinity selects this one, or give it other labels",
  ],
  [
    "node(s) didn't match pod topology spread constraints (missing required label)",
    (problem) => `label the nodes with ${spreadKeys(problem, "the constraints' topology keys")}`,
  ],
  [
    "node(s) didn't match pod topology spread constraints",
    (problem) => `raise maxSkew of ${spreadKeys(problem, "the constraints")}, or make room in the emptier domains`,
  ],
  ["node(s) had no available volume zone", "use nodes in the zone of the pod's volumes"],
  ["node(s) exceed max volume count", "mount fewer volumes, or add nodes"],
  ["node(s) had no available disk", "use a volume that no other pod there holds"],
  [
    "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod",
    "wait for the other pod that has the claim, or use a claim of another access mode",
  ],
  [
    "node(s) didn't match PersistentVolume's node affinity",
    "make room on a node that the pod's volumes can be reached from",
  ],
  [
    "node(s) didn't find available persistent volumes to bind",
    "make a PersistentVolume that the pod's claims match and the node can reach, or use a class with a provisioner",
  ],
  ["node(s) did not have enough free storage", "ask for less storage, or make room in what the driver has for a node"],
  [
    "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
    "make the volume again, or other claims",
  ],
  ["persistentvolumeclaim ", ({ rest }) => claimRemedy(rest)],
  ["waiting for ephemeral volume controller", "wait: the claims of its ephemeral volumes are being made"],
  ["pod has unbound immediate PersistentVolumeClaims", "make a volume, or a provisioner, for the pod's claims"],
  ["waiting for scheduling gates", "take the pod's scheduling gates away"],
];

function amount(resource: string, value: number): string {
  if (resource === "cpu") return formatQuantity(quantityOfMilli(value));
  const isBytes = resource === "memory" || resource === "ephemeral-storage" || resource.startsWith("hugepages-");
  return formatQuantity(quantityOfUnits(value, isBytes ? "BinarySI" : "DecimalSI"));
}

/** The most that a node has left is what can be asked for; where none ever had enough, leaving pods don't help. */
function askForLess({ rest: resource, pod, nodes }: Problem): string {
  if (pod === undefined || nodes.length === 0) return `ask for less ${resource}, or free or add some of it`;
  const wanted = resourceOf(pod.requests, resource);
  const most = (of: (node: NodeInfo) => number) => Math.max(0, ...nodes.map(of));
  const free = most(
    ({ allocatable, requested }) => resourceOf(allocatable, resource) - resourceOf(requested, resource),
  );
  const largest = most(({ allocatable }) => resourceOf(allocatable, resource));
  const at = free > 0 ? `at most ${amount(resource, free)} of ${resource}` : `no ${resource} at all`;
  const other = wanted > largest ? "add a node that has so much" : "free or add some of it";
  return `ask for ${at} instead of ${amount(resource, wanted)}, or ${other}`;
}

/** A few of a list, and how many more. */
function some(texts: Iterable<string>): string {
  const all = [...new Set(texts)];
  const shown = all.slice(0, 3).join(", ");
  return all.length > 3 ? `${shown} and ${all.length - 3} more` : shown;
}

function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ""}:${effect}`;
}

function tolerate({ pod, nodes }: Problem): string {
  const kept = nodes.flatMap(({ hardTaints }) =>
    hardTaints.filter((taint) => pod === undefined || !toleratesAny(pod.shape.tolerations, taint)),
  );
  if (kept.length === 0) return "tolerate the nodes' taints, or take them off";
  return `tolerate a node's taints, or take them off (${some(kept.map(taintText))})`;
}

function termText({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): string {
  const all = [...matchExpressions, ...matchFields];
  return all.map(({ key, operator, values = [] }) => `${key} ${operator} ${values.join(",")}`.trim()).join(" and ");
}

function labelNodes({ pod }: Problem): string {
  const { nodeSelector = {}, affinity } = pod?.shape.spec ?? {};
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const wanted = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
  if (terms.length > 0) wanted.push(terms.map(termText).join(", or "));
  if (wanted.length === 0) return "label the nodes as nodeSelector and node affinity ask";
  return `label a node as nodeSelector and node affinity ask (${wanted.join("; ")})`;
}

function otherPorts({ pod }: Problem): string {
  const ports = (pod?.shape.hostPorts ?? []).map(({ port, protocol }) => `${port}/${protocol}`);
  return ports.length === 0 ? "use another host port, or none" : `use another host port than ${some(ports)}, or none`;
}

function podsOf({ pod }: Problem, which: "requiredAffinity" | "requiredAnti", who: string): string {
  const terms = pod?.shape.affinity?.[which] ?? [];
  const text = ({ selector, topologyKey }: AffinityTerm) => `${formatSelector(selector)} by ${topologyKey}`;
  return `${who} that the required terms select${terms.length > 0 ? ` (${some(terms.map(text))})` : ""}`;
}

function spreadKeys({ pod }: Problem, otherwise: string): string {
  const hard = (pod?.shape.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
  );
  return hard.length === 0 ? otherwise : some(hard.map(({ topologyKey }) => topologyKey));
}

/** `rest`: the claim's name in quotes and what is the matter with it. */
function claimRemedy(rest: string): string {
  const [, name = "", matter = ""] = /^"([^"]*)" (.*)$/.exec(rest) ?? [];
  if (matter === "not found") return `create the PersistentVolumeClaim ${name}`;
  return `use another claim than ${name}: it is ${matter}`;
}

function remedyOf(reason: string, problem: Omit<Problem, "rest">): string | undefined {
  const found = REMEDIES.find(([start]) => reason.startsWith(start));
  if (found === undefined) return undefined;
  const [start, remedy] = found;
  return typeof remedy === "string" ? remedy : remedy({ ...problem, rest: reason.slice(start.length) });
}

/**
 * What would make a pod fit, a sentence for each reason that kept nodes out, those that kept out the most first. A node
 * may have several reasons: then all of them have to go. Nothing when the pod found its node.
 */
export function adviceFor({ node, nodes, message }: PodVerdict, { pod, node: nodeOf }: Facts): readonly string[] {
  if (node !== undefined) return [];
  const kept = new Map<string, string[]>();
  for (const { node: name, rejection } of nodes) {
    for (const reason of rejection?.reasons ?? []) {
      const names = kept.get(reason);
      if (names === undefined) kept.set(reason, [name]);
      else names.push(name);
    }
  }
  if (kept.size === 0 && message !== undefined) {
    const [, all = message] = /^0\/\d+ nodes are available: (.*)/.exec(message) ?? [];
    const [first = all] = all.split(/\. |\.$/);
    const remedy = remedyOf(first, { pod, nodes: [] });
    return remedy === undefined ? [] : [`For all nodes: ${remedy}.`];
  }
  const sentences: string[] = [];
  for (const [reason, names] of [...kept].sort((a, b) => b[1].length - a[1].length)) {
    const remedy = remedyOf(reason, { pod, nodes: names.flatMap((name) => nodeOf(name) ?? []) });
    const count = names.length;
    if (remedy !== undefined) sentences.push(`For ${count} ${count === 1 ? "node" : "nodes"}: ${remedy}.`);
  }
  return sentences;
}
