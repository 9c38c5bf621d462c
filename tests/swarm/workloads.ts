import { PODS, type Pod } from "../../simulator/api/refs.ts";
import type { ApiRequest, JsonObject, Simulation } from "../../simulator/index.ts";
import { create } from "../support/stories.ts";

const APPS = "/apis/apps/v1/namespaces/default";
export const STATEFUL_SETS_PATH = `${APPS}/statefulsets`;
export const DAEMON_SETS_PATH = `${APPS}/daemonsets`;
export const AUTOSCALERS_PATH = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";

/** Pods that a shell loop writes the log of, and a command asks whether they are well. */
export function shellContainer(name: string, tag = "1.36"): JsonObject {
  const probe = (script: string, periodSeconds: number) => ({
    exec: { command: ["sh", "-c", script] },
    periodSeconds,
  });
  return {
    name,
    image: `busybox:${tag}`,
    command: ["sh", "-c", "echo up > /tmp/state; while true; do date; sleep 60; done"],
    readinessProbe: probe("grep -q up /tmp/state", 60),
    livenessProbe: probe("test -f /tmp/state", 120),
  };
}

const meta = (name: string) => ({ metadata: { labels: { app: name } } });

export function statefulSet(name: string, replicas: number, spec: JsonObject = {}): JsonObject {
  const resources = { requests: { storage: "1Gi" } };
  const wants = { accessModes: ["ReadWriteOnce"], storageClassName: "network-disk", resources };
  const claim = { metadata: { name: "data" }, spec: wants };
  const mounts = [{ name: "data", mountPath: "/data" }];
  const containers = [{ name: "app", image: "redis:7", volumeMounts: mounts }];
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      serviceName: name,
      replicas,
      selector: { matchLabels: { app: name } },
      template: { ...meta(name), spec: { containers } },
      volumeClaimTemplates: [claim],
      ...spec,
    },
  };
}

export function daemonSet(name: string, container: JsonObject): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { ...meta(name), spec: { containers: [container] } },
    },
  };
}

export function autoscaler(target: string, minReplicas: number, maxReplicas: number): JsonObject {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: target };
  const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: target },
    spec: { scaleTargetRef, minReplicas, maxReplicas, metrics: [cpu] },
  };
}

/** Evictions of every pod of a node that is no daemon's, nor the node's own: a round of `kubectl drain`. */
export function evictions(simulation: Simulation, node: string): ApiRequest[] {
  const pods: Pod[] = [...simulation.store.of(PODS).byIndex("node", node)];
  const owned = ({ metadata }: Pod, kind: string) => metadata.ownerReferences?.some((owner) => owner.kind === kind);
  return pods
    .filter((pod) => !owned(pod, "DaemonSet") && !owned(pod, "Node") && pod.metadata.deletionTimestamp === undefined)
    .map(({ metadata: { name, namespace } }) =>
      create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { metadata: { name, namespace } }),
    );
}
