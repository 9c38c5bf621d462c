import { keyOf } from "../../../simulator/api/object.ts";
import { JOBS, type Job, PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { Controller } from "../../../simulator/controller-runtime/controller.ts";
import { jobController } from "../../../simulator/resources/batch/job/controller.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { Cluster, must } from "./harness.ts";
import { create, podsOf } from "./workloads.ts";

/** A cluster whose pods do what the test says, no more. */
export function startJobs(controllers: readonly Controller[] = [jobController]): Cluster {
  return Cluster.start(controllers);
}

/** Creates a job as a user would: with defaults, and the selector that the API server makes. */
export function createJob(cluster: Cluster, spec: JsonObject = {}, name = "j"): Job {
  const template = { spec: { containers: [{ name: "c", image: "busybox" }], restartPolicy: "Never" } };
  return create(cluster, JOBS, { metadata: { name, namespace: "default" }, spec: { template, ...spec } });
}

export const jobOf = (cluster: Cluster, name = "j"): Job => cluster.get(JOBS, `default/${name}`);

export function changeJob(cluster: Cluster, spec: JsonObject, name = "j"): void {
  const job = jobOf(cluster, name);
  const changed = { ...job, spec: { ...job.spec, ...spec } } as Job;
  const problems = kinds.get(JOBS.id)?.validateUpdate?.(changed as never, job as never, undefined as never) ?? [];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  must(cluster.client.update(JOBS, changed));
}

/** Pods that still run, or will, in the order of their indexes, else of their creation. */
export function livePods(cluster: Cluster): Pod[] {
  const live = podsOf(cluster).filter(
    ({ status, metadata }) => status.phase !== "Succeeded" && status.phase !== "Failed" && !metadata.deletionTimestamp,
  );
  return live.sort((a, b) => Number(indexText(a)) - Number(indexText(b)));
}

export function indexText({ metadata }: Pod): string {
  return metadata.annotations?.["batch.kubernetes.io/job-completion-index"] ?? "0";
}

export function podWithIndex(cluster: Cluster, index: number): Pod {
  const pod = livePods(cluster).find((each) => indexText(each) === String(index));
  if (pod === undefined) throw new Error(`no live pod with index ${index} at ${cluster.seconds} s`);
  return pod;
}

/** Ends a pod's container now. */
export function endPod(
  cluster: Cluster,
  pod: Pod,
  exitCode: number,
  conditions: Pod["status"]["conditions"] = [],
): void {
  const live = cluster.get(PODS, keyOf(pod));
  const terminated = {
    exitCode,
    finishedAt: cluster.now,
    startedAt: cluster.now,
    reason: exitCode ? "Error" : "Completed",
  };
  const container = { name: "c", image: "", imageID: "", ready: false, restartCount: 0, state: { terminated } };
  const phase = exitCode === 0 ? "Succeeded" : "Failed";
  must(
    cluster.client.updateStatus(PODS, {
      ...live,
      status: { ...live.status, phase, containerStatuses: [container], conditions },
    }),
  );
}

/** `type=status reason: message` of each condition that a job has. */
export function conditionsOf({ status }: Job): string[] {
  return (status.conditions ?? []).map(
    ({ type, status: value, reason, message }) => `${type}=${value} ${reason}: ${message}`,
  );
}
