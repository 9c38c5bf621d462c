import type { ApiRequest, JsonObject } from "../../simulator/index.ts";

/** An input and the virtual time at which it comes. */
export interface StoryInput {
  readonly atMs: number;
  readonly request: ApiRequest;
}

export function deployment(name: string, replicas: number, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [{ name: "app", image: "nginx:1.27", resources: { requests: { cpu: "100m", memory: "64Mi" } } }],
        },
      },
      ...more,
    },
  };
}

export function create(collection: string, body: JsonObject): ApiRequest {
  return { method: "POST", path: collection, body };
}

export function mergePatch(path: string, body: JsonObject): ApiRequest {
  return { method: "PATCH", path, contentType: "application/merge-patch+json", body };
}

export const DEPLOYMENTS_PATH = "/apis/apps/v1/namespaces/default/deployments";
export const FAULTS_PATH = "/apis/simulation.tabernetes.dev/v1alpha1/faults";

export function fault(name: string, type: string, target: JsonObject, duration?: string): JsonObject {
  return {
    apiVersion: "simulation.tabernetes.dev/v1alpha1",
    kind: "Fault",
    metadata: { name },
    spec: { type, target, ...(duration !== undefined && { duration }) },
  };
}

/** A quarter of an hour with something of everything. */
export const eventfulStory: readonly StoryInput[] = [
  { atMs: 60_000, request: create(DEPLOYMENTS_PATH, deployment("web", 3)) },
  {
    atMs: 61_234,
    request: create("/api/v1/namespaces/default/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    }),
  },
  { atMs: 95_000, request: mergePatch(`${DEPLOYMENTS_PATH}/web`, { spec: { replicas: 6 } }) },
  { atMs: 120_001, request: create(FAULTS_PATH, fault("dark", "NodeCrash", { kind: "Node", name: "node-2" })) },
  {
    atMs: 150_000,
    request: mergePatch(`${DEPLOYMENTS_PATH}/web`, {
      spec: { template: { metadata: { annotations: { changed: "yes" } } } },
    }),
  },
  {
    atMs: 200_000,
    request: create(FAULTS_PATH, fault("cut", "NodePartition", { kind: "Node", name: "node-1" }, "90s")),
  },
  {
    atMs: 300_000,
    request: create(FAULTS_PATH, fault("quiet", "ComponentStop", { kind: "Component", name: "kube-scheduler" }, "45s")),
  },
  { atMs: 301_000, request: { method: "DELETE", path: `/api/v1/namespaces/default/pods?labelSelector=app%3Dweb` } },
  { atMs: 560_000, request: { method: "DELETE", path: `${FAULTS_PATH}/dark` } },
  { atMs: 700_000, request: { method: "DELETE", path: `${DEPLOYMENTS_PATH}/web` } },
];

export const STORY_END_MS = 900_000;
