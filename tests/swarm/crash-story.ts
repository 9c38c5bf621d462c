import type { ApiRequest, Simulation } from "../../simulator/index.ts";
import {
  BUDGETS_PATH,
  budget,
  CRON_JOBS_PATH,
  create,
  cronJob,
  DEPLOYMENTS_PATH,
  deployment,
  JOBS_PATH,
  job,
  mergePatch,
} from "../support/stories.ts";
import {
  AUTOSCALERS_PATH,
  autoscaler,
  DAEMON_SETS_PATH,
  daemonSet,
  evictions,
  STATEFUL_SETS_PATH,
  shellContainer,
  statefulSet,
} from "./workloads.ts";

const CORE = "/api/v1/namespaces/default";

/** What a user does at a time: requests that follow from what is there, said again until the API server takes them. */
export interface Deed {
  readonly atMs: number;
  readonly requests: (simulation: Simulation) => readonly ApiRequest[];
}

const say = (atMs: number, ...requests: readonly ApiRequest[]): Deed => ({ atMs, requests: () => requests });
const image = (image: string) => ({ spec: { template: { spec: { containers: [{ name: "app", image }] } } } });

const resources = { requests: { storage: "2Gi" } };
/** Six minutes with something of every controller. */
export const deeds: readonly Deed[] = [
  say(
    45_000,
    create(DEPLOYMENTS_PATH, deployment("web", 4)),
    create(`${CORE}/services`, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    }),
    create(BUDGETS_PATH, budget("web", "web", { maxUnavailable: 1 })),
    create(STATEFUL_SETS_PATH, statefulSet("db", 3)),
    create(DAEMON_SETS_PATH, daemonSet("agent", shellContainer("app"))),
  ),
  say(
    50_000,
    create(JOBS_PATH, job("work", "sleep 15", { completionMode: "Indexed", completions: 5, parallelism: 2 })),
    create(JOBS_PATH, job("fails", "sleep 3; exit 3", { backoffLimit: 1 })),
    create(CRON_JOBS_PATH, cronJob("tick", "sleep 5", { schedule: "*/2 * * * *" })),
  ),
  say(95_000, mergePatch(`${DEPLOYMENTS_PATH}/web`, image("nginx:1.26"))),
  say(120_000, mergePatch(`${STATEFUL_SETS_PATH}/db`, { spec: { replicas: 5 } })),
  say(121_000, create(AUTOSCALERS_PATH, autoscaler("web", 5, 8))),
  say(150_000, mergePatch("/api/v1/nodes/node-2", { spec: { unschedulable: true } })),
  ...[150_500, 170_000, 190_000, 215_000].map((atMs) => ({
    atMs,
    requests: (simulation: Simulation) => evictions(simulation, "node-2"),
  })),
  say(
    230_000,
    mergePatch(`${STATEFUL_SETS_PATH}/db`, image("redis:7.2")),
    mergePatch("/api/v1/nodes/node-2", { spec: { unschedulable: null } }),
  ),
  say(250_000, mergePatch(`${CORE}/persistentvolumeclaims/data-db-0`, { spec: { resources } })),
  say(290_000, { method: "DELETE", path: `${JOBS_PATH}/fails?propagationPolicy=Foreground` }),
  say(300_000, mergePatch(`${DEPLOYMENTS_PATH}/web`, image("nginx:1.27"))),
  say(330_000, mergePatch(`${STATEFUL_SETS_PATH}/db`, { spec: { replicas: 4 } })),
];
