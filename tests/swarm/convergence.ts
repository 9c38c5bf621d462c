import { controllerOf, keyOf, splitKey } from "../../simulator/api/object.ts";
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  FAULTS,
  JOBS,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
} from "../../simulator/api/refs.ts";
import type { Store } from "../../simulator/api/store.ts";
import type { Simulation } from "../../simulator/index.ts";
import { create, FAULTS_PATH, fault, mergePatch } from "../support/stories.ts";
import { cronJobKeys, deploymentKeys } from "./inputs.ts";

const NODE_NAMES = ["control-plane", "node-1", "node-2", "node-3"];

/** Ends every fault, uncordons every node, and mends what users broke: images that don't exist, paused rollouts. */
export async function heal(simulation: Simulation, wait: (ms: number) => Promise<void>): Promise<void> {
  for (const fault of [...simulation.store.of(FAULTS).values()]) {
    const path = `/apis/simulation.tabernetes.dev/v1alpha1/faults/${fault.metadata.name}`;
    simulation.request({ method: "DELETE", path });
  }
  // With etcd or the API server just healed, requests are refused until they are up again.
  await wait(10 * 60_000);
  // A node that was deleted comes back when its kubelet starts anew, not before.
  for (const name of NODE_NAMES) {
    if (simulation.store.of(NODES).get(name) !== undefined) continue;
    const target = { kind: "Node", name };
    simulation.request(create(FAULTS_PATH, fault(`restart-${name}`, "KubeletStop", target, "5s")));
  }
  for (const { metadata } of [...simulation.store.of(NODES).values()]) {
    simulation.request(mergePatch(`/api/v1/nodes/${metadata.name}`, { spec: { unschedulable: null } }));
  }
  for (const key of cronJobKeys(simulation)) {
    const { namespace, name } = splitKey(key);
    const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`;
    simulation.request(mergePatch(path, { spec: { suspend: true } }));
  }
  for (const { metadata, spec } of [...simulation.store.of(JOBS).values()]) {
    const path = `/apis/batch/v1/namespaces/${metadata.namespace}/jobs/${metadata.name}`;
    if (spec.suspend) simulation.request(mergePatch(path, { spec: { suspend: false } }));
  }
  for (const key of deploymentKeys(simulation)) {
    const { namespace, name } = splitKey(key);
    const containers = [{ name: "app", image: "nginx:1.27", resources: { requests: { cpu: "100m" } } }];
    simulation.request(
      mergePatch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
        spec: { paused: false, template: { spec: { containers } } },
      }),
    );
  }
}

/** What is still wrong when everything was healed and left alone for long. */
export function problemsAfterHealing(store: Store): readonly string[] {
  return [
    ...nodeProblems(store),
    ...workloadProblems(store),
    ...podProblems(store),
    ...serviceProblems(store),
    ...batchProblems(store),
  ];
}

function nodeProblems(store: Store): string[] {
  const problems: string[] = [];
  for (const name of NODE_NAMES) {
    const node = store.of(NODES).get(name);
    const ready = node?.status.conditions?.find(({ type }) => type === "Ready")?.status;
    if (ready !== "True") problems.push(`node ${name} is ${node === undefined ? "gone" : `Ready=${ready}`}`);
    const taints = node?.spec.taints?.filter(({ key }) => key.startsWith("node.kubernetes.io/")) ?? [];
    if (taints.length > 0) problems.push(`node ${name} keeps ${taints.map(({ key, effect }) => `${key}:${effect}`)}`);
  }
  return problems;
}

function workloadProblems(store: Store): string[] {
  const problems: string[] = [];
  for (const deployment of store.of(DEPLOYMENTS).values()) {
    const { replicas = 0 } = deployment.spec;
    const { updatedReplicas = 0, availableReplicas = 0, observedGeneration } = deployment.status;
    const { replicas: total = 0 } = deployment.status;
    const told = `deployment ${keyOf(deployment)}: ${total} of ${replicas}, ${updatedReplicas} updated, ${availableReplicas} available`;
    if (total !== replicas || updatedReplicas !== replicas || availableReplicas !== replicas) problems.push(told);
    if (observedGeneration !== deployment.metadata.generation) problems.push(`${told}, not observed`);
  }
  for (const set of store.of(STATEFUL_SETS).values()) {
    const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, observedGeneration } = set.status;
    const isWell = [replicas, readyReplicas, updatedReplicas].every((count) => count === set.spec.replicas);
    if (isWell && observedGeneration === set.metadata.generation) continue;
    problems.push(`stateful set ${keyOf(set)}: ${JSON.stringify(set.status)} of ${set.spec.replicas}`);
  }
  for (const set of store.of(DAEMON_SETS).values()) {
    const { desiredNumberScheduled, numberAvailable = 0, updatedNumberScheduled = 0, numberMisscheduled } = set.status;
    const isWell = numberAvailable === desiredNumberScheduled && updatedNumberScheduled === desiredNumberScheduled;
    if (!isWell || numberMisscheduled > 0) problems.push(`daemon set ${keyOf(set)}: ${JSON.stringify(set.status)}`);
  }
  for (const claim of store.of(PERSISTENT_VOLUME_CLAIMS).values()) {
    const { deletionTimestamp } = claim.metadata;
    if (claim.status.phase === "Bound" && deletionTimestamp === undefined) continue;
    problems.push(`claim ${keyOf(claim)} is ${claim.status.phase}, ${deletionTimestamp ?? "not deleted"}`);
  }
  for (const set of store.of(REPLICA_SETS).values()) {
    const owned = [...store.of(PODS).byIndex("owner", set.metadata.uid)];
    if (owned.length !== (set.spec.replicas ?? 0)) {
      problems.push(`replica set ${keyOf(set)} has ${owned.length} pods of ${set.spec.replicas}`);
    }
    const owner = controllerOf(set);
    const known = [...store.of(DEPLOYMENTS).values()].some(({ metadata }) => metadata.uid === owner?.uid);
    if (owner !== undefined && !known) problems.push(`replica set ${keyOf(set)} outlived ${owner.name}`);
  }
  return problems;
}

function podProblems(store: Store): string[] {
  const problems: string[] = [];
  for (const pod of store.of(PODS).values()) {
    const { deletionTimestamp } = pod.metadata;
    const ready = pod.status.conditions?.find(({ type }) => type === "Ready")?.status;
    const told = `pod ${keyOf(pod)} on ${pod.spec.nodeName ?? "no node"}: ${pod.status.phase}, Ready=${ready}`;
    if (deletionTimestamp !== undefined) problems.push(`${told}, still terminating`);
    else if (pod.status.phase === "Pending") problems.push(told);
    else if (pod.status.phase === "Running" && ready !== "True" && !mayStayBroken(pod)) problems.push(told);
  }
  for (const namespace of store.of(NAMESPACES).values()) {
    if (namespace.status.phase !== "Active") problems.push(`namespace ${namespace.metadata.name} is still going`);
  }
  return problems;
}

/** Orphaned pods keep the image that cannot be pulled: nobody may mend them. */
function mayStayBroken(pod: {
  readonly spec: { readonly containers: readonly { readonly image?: string }[] };
}): boolean {
  return pod.spec.containers.some(({ image }) => image?.includes("does-not-exist"));
}

/** The ready endpoints of each service are its ready pods. */
function serviceProblems(store: Store): string[] {
  const problems: string[] = [];
  for (const service of store.of(SERVICES).values()) {
    const { selector } = service.spec;
    if (selector === undefined) continue;
    const { namespace = "" } = service.metadata;
    const expected = [...store.of(PODS).byIndex("namespace", namespace)].filter(
      ({ metadata, status }) =>
        Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value) &&
        status.phase === "Running" &&
        status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
    );
    let ready = 0;
    for (const slice of store.of(ENDPOINT_SLICES).byIndex("service", keyOf(service))) {
      ready += slice.endpoints?.filter(({ conditions }) => conditions?.ready === true).length ?? 0;
    }
    if (ready !== expected.length) {
      problems.push(`service ${keyOf(service)} has ${ready} ready endpoints for ${expected.length} ready pods`);
    }
  }
  return problems;
}

/** Every job is over and has counted each of its pods once; every budget has counted its pods. */
function batchProblems(store: Store): string[] {
  const problems: string[] = [];
  for (const job of store.of(JOBS).values()) {
    const { conditions = [], uncountedTerminatedPods = {}, succeeded = 0, completedIndexes } = job.status;
    const told = `job ${keyOf(job)}: ${JSON.stringify(job.status)}`;
    const end = conditions.find(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True");
    if (end === undefined) problems.push(`${told} is not over`);
    if (Object.keys(uncountedTerminatedPods).length > 0) problems.push(`${told} has uncounted pods`);
    if (end?.type === "Complete" && succeeded !== job.spec.completions) problems.push(`${told} is complete too early`);
    if (completedIndexes === undefined && job.spec.completionMode === "Indexed" && succeeded > 0) {
      problems.push(`${told} names no indexes`);
    }
  }
  for (const budget of store.of(POD_DISRUPTION_BUDGETS).values()) {
    const labels = Object.entries(budget.spec.selector?.matchLabels ?? {});
    const guarded = [...store.of(PODS).byIndex("namespace", budget.metadata.namespace ?? "")].filter(({ metadata }) =>
      labels.every(([key, value]) => metadata.labels?.[key] === value),
    );
    const healthy = guarded.filter(({ status }) =>
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
    ).length;
    const { currentHealthy, disruptedPods = {} } = budget.status;
    if (currentHealthy !== healthy)
      problems.push(`budget ${keyOf(budget)} counts ${currentHealthy} of ${healthy} pods`);
    if (Object.keys(disruptedPods).length > 0) problems.push(`budget ${keyOf(budget)} waits for pods to go`);
  }
  return problems;
}
