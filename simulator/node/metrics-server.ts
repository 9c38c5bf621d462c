import type { Deployment, Service } from "../api/schema/generated/types.ts";

/* The metrics server as its project's manifest installs it, without what only real ones need. Defaults are filled in. */

const LABELS = { "k8s-app": "metrics-server" };
const NAME = "metrics-server";
const PORT = 10_250;

export function metricsServerService(): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: NAME, namespace: "kube-system", labels: LABELS },
    spec: {
      type: "ClusterIP",
      selector: LABELS,
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" as unknown as number }],
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
    },
  };
}

const probe = (path: string, initialDelaySeconds: number) => ({
  httpGet: { path, port: PORT, scheme: "HTTPS" },
  initialDelaySeconds,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});

export function metricsServerDeployment(): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: "kube-system", labels: LABELS },
    spec: {
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      selector: { matchLabels: LABELS },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          restartPolicy: "Always",
          dnsPolicy: "ClusterFirst",
          terminationGracePeriodSeconds: 30,
          schedulerName: "default-scheduler",
          securityContext: {},
          serviceAccountName: NAME,
          serviceAccount: NAME,
          priorityClassName: "system-cluster-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          containers: [
            {
              name: NAME,
              image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
              imagePullPolicy: "IfNotPresent",
              args: [
                "--cert-dir=/tmp",
                `--secure-port=${PORT}`,
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
              ],
              ports: [{ name: "https", containerPort: PORT, protocol: "TCP" }],
              resources: { requests: { cpu: "100m", memory: "200Mi" } },
              livenessProbe: probe("/livez", 0),
              readinessProbe: probe("/readyz", 20),
              terminationMessagePath: "/dev/termination-log",
              terminationMessagePolicy: "File",
            },
          ],
        },
      },
    },
  };
}
