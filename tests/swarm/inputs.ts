import { CRON_JOBS, DEPLOYMENTS, PODS } from "../../simulator/api/refs.ts";
import { keyOfSortKey } from "../../simulator/api/sorted-keys.ts";
import type { ApiRequest, JsonObject, Simulation } from "../../simulator/index.ts";
import type { RandomStream } from "../../simulator/time/random.ts";
import {
  BUDGETS_PATH,
  budget,
  CRON_JOBS_PATH,
  create,
  cronJob,
  DEPLOYMENTS_PATH,
  deployment,
  FAULTS_PATH,
  fault,
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

const NODES = ["control-plane", "node-1", "node-2", "node-3"];
const COMPONENTS = ["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"];
const IMAGES = ["nginx:1.27", "nginx:1.26", "redis:7", "nginx:does-not-exist"];

function pick<T>(chance: RandomStream, list: readonly T[]): T {
  const item = list[chance.below(list.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** Sends one random request that a user or an instructor might send. Refusals are part of the game. */
export function randomInput(chance: RandomStream, simulation: Simulation): void {
  for (const request of [pick(chance, MAKERS)(chance, simulation)].flat()) simulation.request(request);
}

const LINES = ["sleep 15", "sleep 90", "sleep 4; exit 1", "exit 3", "true"];
const BUDGETS = [{ minAvailable: 1 }, { maxUnavailable: 1 }, { minAvailable: "50%" }];

type Maker = (chance: RandomStream, simulation: Simulation) => ApiRequest | readonly ApiRequest[];

const app = (chance: RandomStream) => `app-${chance.below(4)}`;
const nodePath = (chance: RandomStream) => `/api/v1/nodes/${pick(chance, NODES.slice(1))}`;
const setName = (chance: RandomStream) => `db-${chance.below(2)}`;
const duration = (chance: RandomStream) => (chance.below(2) === 0 ? undefined : `${10 + chance.below(600)}s`);
const policy = (chance: RandomStream) => pick(chance, ["Background", "Foreground", "Orphan"]);
const jobName = (chance: RandomStream) => `job-${chance.below(3)}`;
const faultName = (chance: RandomStream) => `fault-${chance.below(1000)}`;

const MAKERS: readonly Maker[] = [
  (chance) => create(DEPLOYMENTS_PATH, deployment(app(chance), chance.below(8))),
  (chance) => create(DEPLOYMENTS_PATH, deployment(app(chance), chance.below(8), { strategy: { type: "Recreate" } })),
  (chance) => mergePatch(`${DEPLOYMENTS_PATH}/${app(chance)}`, { spec: { replicas: chance.below(10) } }),
  (chance) => mergePatch(`${DEPLOYMENTS_PATH}/${app(chance)}`, { spec: { paused: chance.below(2) === 0 } }),
  (chance) =>
    mergePatch(`${DEPLOYMENTS_PATH}/${app(chance)}`, {
      spec: { template: { spec: { containers: [{ name: "app", image: pick(chance, IMAGES) }] } } },
    }),
  (chance) => ({
    method: "DELETE",
    path: `${DEPLOYMENTS_PATH}/${app(chance)}?propagationPolicy=${policy(chance)}`,
  }),
  (chance) =>
    create("/api/v1/namespaces/default/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: app(chance) },
      spec: { selector: { app: app(chance) }, ports: [{ port: 80 }] },
    }),
  (chance) => create(JOBS_PATH, job(jobName(chance), pick(chance, LINES), jobSpec(chance))),
  (chance) => create(JOBS_PATH, job(jobName(chance), pick(chance, LINES), jobSpec(chance))),
  (chance) => mergePatch(`${JOBS_PATH}/${jobName(chance)}`, { spec: { suspend: chance.below(2) === 0 } }),
  (chance) => ({ method: "DELETE", path: `${JOBS_PATH}/${jobName(chance)}?propagationPolicy=${policy(chance)}` }),
  (chance) => {
    const concurrencyPolicy = pick(chance, ["Allow", "Forbid", "Replace"]);
    const spec = { schedule: pick(chance, ["* * * * *", "*/3 * * * *"]), concurrencyPolicy };
    return create(CRON_JOBS_PATH, cronJob(`tick-${chance.below(2)}`, pick(chance, LINES), spec));
  },
  (chance) => create(BUDGETS_PATH, budget(`budget-${chance.below(3)}`, app(chance), pick(chance, BUDGETS))),
  (chance) => create(STATEFUL_SETS_PATH, statefulSet(setName(chance), chance.below(4), setSpec(chance))),
  (chance) => mergePatch(`${STATEFUL_SETS_PATH}/${setName(chance)}`, { spec: { replicas: chance.below(5) } }),
  (chance) => {
    const containers = [{ name: "app", image: pick(chance, ["redis:7", "redis:7.2"]) }];
    return mergePatch(`${STATEFUL_SETS_PATH}/${setName(chance)}`, { spec: { template: { spec: { containers } } } });
  },
  (chance) => ({
    method: "DELETE",
    path: `${STATEFUL_SETS_PATH}/${setName(chance)}?propagationPolicy=${policy(chance)}`,
  }),
  (chance) => create(DAEMON_SETS_PATH, daemonSet("agent", shellContainer("app", pick(chance, ["1.36", "1.37"])))),
  (chance) => {
    const containers = [shellContainer("app", pick(chance, ["1.36", "1.37"]))];
    return mergePatch(`${DAEMON_SETS_PATH}/agent`, { spec: { template: { spec: { containers } } } });
  },
  (chance) => create(AUTOSCALERS_PATH, autoscaler(app(chance), 1 + chance.below(3), 4 + chance.below(4))),
  drain,
  evictPod,
  evictPod,
  deletePod,
  deletePod,
  (chance) => ({ method: "DELETE", path: nodePath(chance) }),
  (chance) => mergePatch(nodePath(chance), { spec: { unschedulable: chance.below(2) === 0 } }),
  (chance) =>
    create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: `ns-${chance.below(3)}` } }),
  (chance) => create(`/apis/apps/v1/namespaces/ns-${chance.below(3)}/deployments`, deployment(app(chance), 2)),
  (chance) => ({ method: "DELETE", path: `/api/v1/namespaces/ns-${chance.below(3)}` }),
  (chance) => nodeFault(chance, "NodeCrash"),
  (chance) => nodeFault(chance, "KubeletStop"),
  (chance) => nodeFault(chance, "NodePartition"),
  (chance) =>
    create(
      FAULTS_PATH,
      fault(
        faultName(chance),
        "ComponentStop",
        { kind: "Component", name: pick(chance, COMPONENTS) },
        duration(chance),
      ),
    ),
  (chance, simulation) => {
    const pods = [...simulation.store.of(PODS).values()];
    if (pods.length === 0) return { method: "GET", path: "/api/v1/pods" };
    const { name, namespace = "" } = pick(chance, pods).metadata;
    return create(FAULTS_PATH, fault(faultName(chance), "ContainerCrash", { kind: "Pod", name, namespace }));
  },
];

function jobSpec(chance: RandomStream): JsonObject {
  const completions = 1 + chance.below(5);
  const backoffLimit = chance.below(3);
  const spec = { completions, parallelism: 1 + chance.below(completions), backoffLimit };
  if (chance.below(2) === 0) return spec;
  const perIndex = chance.below(2) === 0 ? { backoffLimitPerIndex: chance.below(2) } : {};
  return { ...spec, completionMode: "Indexed", ...perIndex, ttlSecondsAfterFinished: 60 };
}

function setSpec(chance: RandomStream): JsonObject {
  const podManagementPolicy = pick(chance, ["OrderedReady", "Parallel"]);
  const whenScaled = pick(chance, ["Retain", "Delete"]);
  return { podManagementPolicy, persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled } };
}

/** Cordons a node and asks all of its pods to go, once. */
function drain(chance: RandomStream, simulation: Simulation): readonly ApiRequest[] {
  const node = pick(chance, NODES.slice(1));
  return [mergePatch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } }), ...evictions(simulation, node)];
}

function evictPod(chance: RandomStream, simulation: Simulation): ApiRequest {
  const pods = [...simulation.store.of(PODS).values()];
  if (pods.length === 0) return { method: "GET", path: "/api/v1/pods" };
  const { name, namespace } = pick(chance, pods).metadata;
  return create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { metadata: { name } });
}

function nodeFault(chance: RandomStream, type: string): ApiRequest {
  const target = { kind: "Node", name: pick(chance, NODES) };
  return create(FAULTS_PATH, fault(faultName(chance), type, target, duration(chance)));
}

function deletePod(chance: RandomStream, simulation: Simulation): ApiRequest {
  const pods = [...simulation.store.of(PODS).values()];
  if (pods.length === 0) return { method: "GET", path: "/api/v1/pods" };
  const { name, namespace } = pick(chance, pods).metadata;
  const grace = pick(chance, ["", "?gracePeriodSeconds=0", "?gracePeriodSeconds=1"]);
  return { method: "DELETE", path: `/api/v1/namespaces/${namespace}/pods/${name}${grace}` };
}

/** Names of the deployments that are there, for healing. */
export function deploymentKeys(simulation: Simulation): readonly string[] {
  return simulation.store.of(DEPLOYMENTS).sortedKeys().map(keyOfSortKey);
}

/** Names of the cron jobs that are there, for healing. */
export function cronJobKeys(simulation: Simulation): readonly string[] {
  return simulation.store.of(CRON_JOBS).sortedKeys().map(keyOfSortKey);
}
