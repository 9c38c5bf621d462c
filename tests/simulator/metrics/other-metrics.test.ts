import { describe, expect, it } from "vitest";
import type { HorizontalPodAutoscaler } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { TestCluster } from "./cluster.ts";

const HPAS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
const VALUES = "/apis/simulation.tabernetes.dev/v1alpha1/namespaces/default/metricvalues";
const LABELS = { app: "web" };

/** A Deployment of two pods, and an autoscaler with one metric. */
function scaledBy(metric: JsonObject, value: JsonObject | undefined): TestCluster {
  const cluster = new TestCluster({ workers: 1 });
  const resources = { requests: { cpu: "100m" } };
  cluster.create("/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: { containers: [{ name: "c", image: "polinux/stress", command: ["stress", "--cpu", "1"], resources }] },
      },
    },
  });
  if (value !== undefined) cluster.create(VALUES, { metadata: { name: "value" }, spec: value });
  cluster.wait(60);
  cluster.create(HPAS, {
    metadata: { name: "web" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      maxReplicas: 10,
      metrics: [metric],
    },
  });
  cluster.wait(20);
  return cluster;
}

const statusOf = (cluster: TestCluster) => cluster.get<HorizontalPodAutoscaler>(`${HPAS}/web`).status;
const queue = { name: "queue", selector: { matchLabels: { queue: "mail" } } };
const ingress = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "main" };

describe("an autoscaler's other metrics", () => {
  it.each([
    [
      "External",
      { type: "External", external: { metric: queue, target: { type: "AverageValue", averageValue: "30" } } },
      { metric: { name: "queue", labels: { queue: "mail" } }, value: "90" },
      3,
    ],
    [
      "Object",
      {
        type: "Object",
        object: { metric: { name: "hits" }, describedObject: ingress, target: { type: "Value", value: "1k" } },
      },
      { metric: { name: "hits" }, describedObject: ingress, value: "1500" },
      3,
    ],
    [
      "Pods",
      { type: "Pods", pods: { metric: { name: "packets" }, target: { type: "AverageValue", averageValue: "10" } } },
      { metric: { name: "packets" }, pods: { matchLabels: LABELS }, value: "20" },
      4,
    ],
    [
      "ContainerResource",
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "c", target: { type: "AverageValue", averageValue: "500m" } },
      },
      undefined,
      4,
    ],
  ] as const)("%s: scales to what the value asks for", (type, metric, value, replicas) => {
    const cluster = scaledBy(metric as unknown as JsonObject, value as unknown as JsonObject | undefined);
    expect(statusOf(cluster)).toMatchObject({ desiredReplicas: replicas, currentMetrics: [{ type }] });
  });

  it("says what is missing", () => {
    const metric = {
      type: "External",
      external: { metric: { name: "queue" }, target: { type: "Value", value: "30" } },
    };
    const cluster = scaledBy(metric, undefined);
    const condition = statusOf(cluster).conditions?.find(({ type }) => type === "ScalingActive");
    expect(condition).toMatchObject({ status: "False", reason: "FailedGetExternalMetric" });
    expect(condition?.message).toContain("no metrics returned from external metrics API");
  });
});
