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

/** A job whose pods run a shell line. */
export function job(name: string, line: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { template: jobTemplate(name, line), ...spec },
  };
}

export function cronJob(name: string, line: string, spec: JsonObject): JsonObject {
  const jobTemplateSpec = { spec: { template: jobTemplate(name, line) } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name },
    spec: { jobTemplate: jobTemplateSpec, ...spec },
  };
}

function jobTemplate(name: string, line: string): JsonObject {
  const containers = [{ name: "main", image: "busybox:1.36", command: ["sh", "-c", line] }];
  return { metadata: { labels: { job: name } }, spec: { restartPolicy: "Never", containers } };
}

export function budget(name: string, app: string, spec: JsonObject): JsonObject {
  const selector = { matchLabels: { app } };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name }, spec: { selector, ...spec } };
}

export const JOBS_PATH = "/apis/batch/v1/namespaces/default/jobs";
export const CRON_JOBS_PATH = "/apis/batch/v1/namespaces/default/cronjobs";
export const BUDGETS_PATH = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
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
  { atMs: 62_000, request: create(BUDGETS_PATH, budget("web", "web", { maxUnavailable: 1 })) },
  { atMs: 63_000, request: create(CRON_JOBS_PATH, cronJob("tick", "sleep 20", { schedule: "*/2 * * * *" })) },
  {
    atMs: 64_000,
    request: create(
      JOBS_PATH,
      job("work", "sleep 30", {
        completionMode: "Indexed",
        completions: 7,
        parallelism: 3,
        ttlSecondsAfterFinished: 120,
      }),
    ),
  },
  { atMs: 65_000, request: create(JOBS_PATH, job("fails", "sleep 5; exit 3", { backoffLimit: 3 })) },
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
