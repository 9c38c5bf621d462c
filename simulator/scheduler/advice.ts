import type { PodVerdict } from "./verdicts.ts";

/** What would undo a rejection, by the words that it begins with; "#" stands for what follows them. */
const REMEDIES: readonly (readonly [reason: string, remedy: string])[] = [
  ["Insufficient ", "ask for less #, or free or add some of it"],
  ["Too many pods", "take pods away, or raise the nodes' limit of pods"],
  ["node(s) were unschedulable", "uncordon the nodes"],
  ["node(s) had untolerated taint(s)", "tolerate the nodes' taints, or take them off"],
  ["node(s) didn't match Pod's node affinity/selector", "label the nodes as nodeSelector and node affinity ask"],
  ["pod affinity terms conflict", "name nodes in node affinity that can all be true at once"],
  ["node(s) didn't match the requested node name", "name another node in spec.nodeName"],
  ["node(s) didn't have free ports", "use another host port, or none"],
  ["node(s) didn't match pod affinity rules", "run a pod there that the required pod affinity selects"],
  ["node(s) didn't match pod anti-affinity rules", "move away the pods that the required anti-affinity selects"],
  [
    "node(s) didn't satisfy existing pods anti-affinity rules",
    "move away the pods whose anti-affinity selects this one",
  ],
  [
    "node(s) didn't match pod topology spread constraints (missing required label)",
    "label the nodes with the constraints' topology keys",
  ],
  ["node(s) didn't match pod topology spread constraints", "raise maxSkew, or make room in the emptier domains"],
  ["node(s) had no available volume zone", "use nodes in the zone of the pod's volumes"],
  ["node(s) exceed max volume count", "mount fewer volumes, or add nodes"],
  ["node(s) had no available disk", "use a volume that no other pod there holds"],
  ["persistentvolumeclaim ", "create the PersistentVolumeClaim: it is #"],
  ["pod has unbound immediate PersistentVolumeClaims", "make a volume, or a provisioner, for the pod's claims"],
  ["waiting for scheduling gates", "take the pod's scheduling gates away"],
];

function remedyOf(reason: string): string | undefined {
  const found = REMEDIES.find(([start]) => reason.startsWith(start));
  return found?.[1].replace("#", reason.slice(found[0].length));
}

/**
 * What would make a pod fit, a sentence for each reason that kept nodes out, those that kept out the most first. A node
 * may have several reasons: then all of them have to go. Nothing when the pod found its node.
 */
export function adviceFor({ node, nodes, message }: PodVerdict): readonly string[] {
  if (node !== undefined) return [];
  const kept = new Map<string, number>();
  for (const { rejection } of nodes) {
    for (const reason of rejection?.reasons ?? []) kept.set(reason, (kept.get(reason) ?? 0) + 1);
  }
  if (kept.size === 0 && message !== undefined) {
    const [, all = message] = /^0\/\d+ nodes are available: (.*)/.exec(message) ?? [];
    const remedy = remedyOf(all);
    return remedy === undefined ? [] : [`For all nodes: ${remedy}.`];
  }
  const sentences: string[] = [];
  for (const [reason, count] of [...kept].sort((a, b) => b[1] - a[1])) {
    const remedy = remedyOf(reason);
    if (remedy !== undefined) sentences.push(`For ${count} ${count === 1 ? "node" : "nodes"}: ${remedy}.`);
  }
  return sentences;
}
