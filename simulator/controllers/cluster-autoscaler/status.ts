import { NODE_GROUP_LABEL, type Node, type NodeGroup } from "../../api/refs.ts";

interface Seen {
  readonly groups: readonly NodeGroup[];
  readonly nodes: readonly Node[];
  /** Pods that wait for room. */
  readonly waiting: number;
  /** Nodes that are not needed now. */
  readonly candidates: number;
}

const readyCount = (nodes: readonly Node[]): number =>
  nodes.filter(({ status }) => status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"))
    .length;

// Models cluster-autoscaler clusterstate/api types.go
/** What the config map cluster-autoscaler-status says, without its time. */
export function statusOf({ groups, nodes, waiting, candidates }: Seen): string {
  const ready = readyCount(nodes);
  const lines = [
    "autoscalerStatus: Running",
    "clusterWide:",
    "  health:",
    `    status: ${ready === nodes.length ? "Healthy" : "Unhealthy"}`,
    "    nodeCounts:",
    "      registered:",
    `        total: ${nodes.length}`,
    `        ready: ${ready}`,
    `        notStarted: ${nodes.length - ready}`,
    "  scaleUp:",
    `    status: ${waiting > 0 ? "InProgress" : "NoActivity"}`,
    "  scaleDown:",
    `    status: ${candidates > 0 ? "CandidatesPresent" : "NoCandidates"}`,
    ...(candidates > 0 ? [`    candidates: ${candidates}`] : []),
    "nodeGroups:",
  ];
  for (const { metadata, spec } of groups) {
    const own = nodes.filter((node) => node.metadata.labels?.[NODE_GROUP_LABEL] === metadata.name);
    const ownReady = readyCount(own);
    lines.push(
      `- name: ${metadata.name}`,
      "  health:",
      `    status: ${ownReady === own.length ? "Healthy" : "Unhealthy"}`,
      "    nodeCounts:",
      "      registered:",
      `        total: ${own.length}`,
      `        ready: ${ownReady}`,
      `    cloudProviderTarget: ${spec.desiredSize}`,
      `    minSize: ${spec.minSize ?? 0}`,
      `    maxSize: ${spec.maxSize ?? 0}`,
      "  scaleUp:",
      `    status: ${spec.desiredSize > ownReady ? "InProgress" : "NoActivity"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
