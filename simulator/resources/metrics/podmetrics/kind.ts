import { serviceUnavailable } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import { addQuantities, formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import { POD_METRICS, type PodMetricsObject } from "../../../api/refs.ts";
import { nameColumn } from "../../columns.ts";

const UNAVAILABLE = "the server is currently unable to handle the request (get pods.metrics.k8s.io)";

/** What pods take, as the metrics server saw it last. Models sigs.k8s.io/metrics-server pkg/api pod.go */
export const podMetricsKind: Kind<PodMetricsObject> = {
  ref: POD_METRICS,
  singular: "pod",
  namespaced: true,
  types: {
    PodMetrics: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      timestamp: "time",
      window: "string",
      containers: "[ContainerMetrics]",
    },
    ContainerMetrics: { name: "string!", usage: "{quantity}" },
  },
  withoutVerbs: ["create", "delete", "deletecollection", "patch", "update", "watch"],
  compute: ({ metrics }, namespace) => metrics?.podMetrics(namespace) ?? [],
  refuseRead: ({ metrics }) => (metrics?.isUp === true ? undefined : serviceUnavailable(UNAVAILABLE)),
  columns: [
    nameColumn(),
    ...(["cpu", "memory"] as const).map((resource) => ({
      name: resource,
      type: "string" as const,
      description: `Use of ${resource}.`,
      priority: 0 as const,
      cell: ({ containers = [] }: PodMetricsObject) =>
        formatQuantity(
          containers.map(({ usage }) => quantityOf(usage[resource])).reduce(addQuantities, quantityOf("0")),
        ),
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
