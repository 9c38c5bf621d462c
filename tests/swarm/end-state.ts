import { controllerOf } from "../../simulator/api/object.ts";
import {
  CONTROLLER_REVISIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
} from "../../simulator/api/refs.ts";
import type { Store } from "../../simulator/api/store.ts";

const REVISION = "deployment.kubernetes.io/revision";

/** One line for each object that workloads are made of, without what chance decides: names' ends, nodes, addresses, times. */
export function endState(store: Store): readonly string[] {
  const lines: string[] = [];
  const add = (...words: unknown[]) => lines.push(words.map((word) => JSON.stringify(word) ?? "-").join(" "));
  for (const pod of store.of(PODS).values()) {
    if (pod.metadata.namespace !== "default") continue;
    const ready = pod.status.conditions?.find(({ type }) => type === "Ready")?.status;
    const owner = controllerOf(pod);
    // A drain takes them from the node where chance put them; their job tells how many there were.
    if (owner?.kind === "Job" && pod.status.phase === "Succeeded") continue;
    const name = owner?.kind === "StatefulSet" ? pod.metadata.name : "";
    const images = pod.spec.containers.map(({ image }) => image);
    add("pod", owner?.kind, owner?.name, name, images, pod.status.phase, ready, pod.metadata.deletionTimestamp ?? "");
  }
  for (const { metadata, spec, status } of store.of(DEPLOYMENTS).values()) {
    const { replicas, updatedReplicas, availableReplicas, observedGeneration, conditions } = status;
    const told = conditions?.map(({ type, status: value, reason }) => [type, value, reason]).sort();
    const seen = observedGeneration === metadata.generation;
    add("deployment", metadata.name, spec.replicas, replicas, updatedReplicas, availableReplicas, seen, told);
  }
  for (const { metadata, spec, status } of store.of(REPLICA_SETS).values()) {
    add("replica set", metadata.name, metadata.annotations?.[REVISION], spec.replicas, status.availableReplicas ?? 0);
  }
  for (const { metadata, spec, status } of store.of(STATEFUL_SETS).values()) {
    const { replicas, readyReplicas, updatedReplicas, currentRevision, updateRevision } = status;
    const name = metadata.name;
    add("stateful set", name, spec.replicas, replicas, readyReplicas, updatedReplicas, currentRevision, updateRevision);
  }
  for (const { metadata, revision } of store.of(CONTROLLER_REVISIONS).values())
    add("revision", metadata.name, revision);
  for (const { metadata, status } of store.of(DAEMON_SETS).values()) {
    const { currentNumberScheduled, numberAvailable, desiredNumberScheduled, updatedNumberScheduled } = status;
    const counts = [currentNumberScheduled, numberAvailable, desiredNumberScheduled, updatedNumberScheduled];
    add("daemon set", metadata.namespace, metadata.name, counts);
  }
  for (const { metadata, status } of store.of(JOBS).values()) {
    const { active = 0, succeeded = 0, failed = 0, completedIndexes, conditions } = status;
    const told = conditions?.map(({ type, reason }) => [type, reason]);
    add("job", metadata.name, active, succeeded, failed, completedIndexes, told);
  }
  for (const { metadata, status } of store.of(PERSISTENT_VOLUME_CLAIMS).values()) {
    add("claim", metadata.name, status.phase, status.capacity, status.conditions ?? []);
  }
  for (const { spec, status } of store.of(PERSISTENT_VOLUMES).values()) {
    add("volume", spec.claimRef?.name, status.phase, spec.capacity);
  }
  for (const { metadata, status } of store.of(POD_DISRUPTION_BUDGETS).values()) {
    const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, disruptedPods } = status;
    add("budget", metadata.name, currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods, disruptedPods ?? {});
  }
  for (const slice of store.of(ENDPOINT_SLICES).byIndex("service", "default/web")) {
    add("endpoints", slice.endpoints?.filter(({ conditions }) => conditions?.ready === true).length);
  }
  return lines.sort();
}
