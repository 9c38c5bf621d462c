import type { Kind } from "../../../api/kind.ts";
import { SCHEDULING_VERDICTS, type SchedulingVerdict } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";

function column(name: string, description: string, cell: (verdict: SchedulingVerdict) => string) {
  return { name, type: "string" as const, description, priority: 0 as const, cell };
}

/** The scheduler's last look at each of the most recent pods, node by node: our own kind, read only. */
export const schedulingVerdictKind: Kind<SchedulingVerdict> = {
  ref: SCHEDULING_VERDICTS,
  singular: "schedulingverdict",
  shortNames: ["why"],
  namespaced: true,
  types: {
    SchedulingVerdict: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      attempt: "int32",
      nodeName: "string",
      nominatedNodeName: "string",
      message: "string",
      nodeCount: "int32",
      weights: "{double}",
      nodes: "[SchedulingVerdictNode]",
      advice: "[string]",
    },
    SchedulingVerdictNode: {
      name: "string!",
      rejection: "SchedulingVerdictRejection",
      scores: "{double}",
      total: "double",
    },
    SchedulingVerdictRejection: { plugin: "string!", code: "string!", reasons: "[string]" },
  },
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: ({ verdicts }, namespace) => verdicts?.verdicts(namespace) ?? [],
  columns: [
    nameColumn(),
    column("Node", "The node chosen.", ({ nodeName }) => nodeName ?? "<none>"),
    column("Fit", "Nodes that could take the pod, of those looked at.", ({ nodes = [] }) => {
      const fitting = nodes.filter(({ rejection }) => rejection === undefined).length;
      return `${fitting}/${nodes.length}`;
    }),
    column("Attempt", "How often it was tried.", ({ attempt }) => String(attempt)),
    ageColumn(),
    { ...column("Message", "Why it found none.", ({ message }) => message ?? ""), priority: 1 },
  ],
};
