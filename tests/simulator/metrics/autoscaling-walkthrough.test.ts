import { describe, expect, it } from "vitest";
import { TestCluster, Timeline } from "./cluster.ts";

const HPAS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
const PODS = "/api/v1/namespaces/default/pods";

interface Autoscaler {
  readonly status: {
    readonly currentReplicas?: number;
    readonly desiredReplicas: number;
    readonly currentMetrics:
      | readonly { readonly resource?: { readonly current: { readonly averageUtilization?: number } } }[]
      | null;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

const labels = { run: "php-apache" };

/** The walkthrough of kubernetes.io: an Apache that computes, and a loop that asks it. */
function walkthrough(): TestCluster {
  const cluster = new TestCluster();
  cluster.create("/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "php-apache" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: "php-apache",
              image: "registry.k8s.io/hpa-example",
              ports: [{ containerPort: 80 }],
              resources: { limits: { cpu: "500m" }, requests: { cpu: "200m" } },
            },
          ],
        },
      },
    },
  });
  cluster.create("/api/v1/namespaces/default/services", {
    metadata: { name: "php-apache", labels },
    spec: { ports: [{ port: 80 }], selector: labels },
  });
  cluster.create(HPAS, {
    metadata: { name: "php-apache" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "php-apache" },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } },
      ],
    },
  });
  return cluster;
}

const statusOf = (cluster: TestCluster) => cluster.get<Autoscaler>(`${HPAS}/php-apache`).status;

describe("the walkthrough of horizontal pod autoscaling", () => {
  it("grows while the load generator runs, and shrinks five minutes after it stopped", () => {
    const cluster = walkthrough();
    const timeline = new Timeline();
    const startMs = cluster.nowMs;
    const watch = (seconds: number) => {
      const sizes: number[] = [];
      for (let passed = 0; passed < seconds; passed += 5) {
        cluster.wait(5);
        const { currentReplicas, desiredReplicas, currentMetrics } = statusOf(cluster);
        const use = currentMetrics?.[0]?.resource?.current.averageUtilization;
        timeline.note(
          (cluster.nowMs - startMs) / 1000,
          `cpu: ${use ?? "<unknown>"}%/50% replicas ${currentReplicas} -> ${desiredReplicas}`,
        );
        sizes.push(desiredReplicas);
      }
      return sizes;
    };
    watch(180);
    expect(statusOf(cluster)).toMatchObject({ currentReplicas: 1, desiredReplicas: 1 });
    cluster.create(PODS, {
      metadata: { name: "load-generator" },
      spec: {
        restartPolicy: "Never",
        containers: [
          {
            name: "load-generator",
            image: "busybox:1.28",
            args: ["/bin/sh", "-c", "while sleep 0.01; do wget -q -O- http://php-apache; done"],
          },
        ],
      },
    });
    timeline.note((cluster.nowMs - startMs) / 1000, "load generator starts");
    watch(300);
    const loaded = statusOf(cluster);
    expect(loaded.desiredReplicas).toBeGreaterThanOrEqual(5);
    expect(loaded.desiredReplicas).toBeLessThanOrEqual(8);
    expect(loaded.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual([
      "AbleToScale=True ReadyForNewScale",
      "ScalingActive=True ValidMetricFound",
      "ScalingLimited=False DesiredWithinRange",
    ]);
    cluster.ask("DELETE", `${PODS}/load-generator?gracePeriodSeconds=0`);
    timeline.note((cluster.nowMs - startMs) / 1000, "load generator is gone");
    const before = watch(270);
    expect(Math.min(...before)).toBe(loaded.desiredReplicas);
    watch(120);
    expect(statusOf(cluster)).toMatchObject({ desiredReplicas: 1 });
    timeline.print("HPA walkthrough");
    const events = cluster.events("HorizontalPodAutoscaler");
    expect(
      events.some((text) =>
        /^SuccessfulRescale: New size: \d+; reason: cpu resource utilization \(percentage of request\) above target$/.test(
          text,
        ),
      ),
    ).toBe(true);
    expect(events).toContain("SuccessfulRescale: New size: 1; reason: All metrics below target");
  });
});
