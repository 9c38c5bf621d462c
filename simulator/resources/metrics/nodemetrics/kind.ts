import { serviceUnavailable } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import { NODE_METRICS, type NodeMetricsObject } from "../../../api/refs.ts";
import { nameColumn } from "../../columns.ts";

const UNAVAILABLE = "the server is currently unable to handle the request (get nodes.metrics.k8s.io)";

/** What nodes take, as the metrics server saw it last. Models sigs.k8s.io/metrics-server pkg/api node.go */
export const nodeMetricsKind: Kind<NodeMetricsObject> = {
  ref: NODE_METRICS,
  singular: "node",
  namespaced: false,
  types: {
    NodeMetrics: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      timestamp: "time",
      window: "string",
      usage: "{quantity}",
    },
  },
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: ({ metrics }) => metrics?.nodeMetrics() ?? [],
  refuseRead: ({ metrics }) => (metrics?.isUp === true ? undefined : serviceUnavailable(UNAVAILABLE)),
  columns: [
    nameColumn(),
    ...(["cpu", "memory"] as const).map((resource) => ({
      name: resource,
      type: "string" as const,
      description: `Use of ${resource}.`,
      priority: 0 as const,
      cell: ({ usage }: NodeMetricsObject) => usage?.[resource] ?? "",
    })),
    {
      name: "Window",
      type: "string",
      description: "The time that it was measured over.",
      priority: 0,
      cell: ({ window }) => window ?? "",
    },
  ],
};
