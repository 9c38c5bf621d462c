import { describe, expect, test } from "vitest";
import { keyOf } from "../../../simulator/api/object.ts";
import { JOBS, PODS } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { garbageCollector } from "../../../simulator/controllers/garbage-collector/controller.ts";
import { ttlAfterFinishedController } from "../../../simulator/controllers/ttl-after-finished/controller.ts";
import { jobController } from "../../../simulator/resources/batch/job/controller.ts";
import type { Cluster } from "./harness.ts";
import { must } from "./harness.ts";
import {
  changeJob,
  conditionsOf,
  createJob,
  endPod,
  indexText,
  jobOf,
  livePods,
  podWithIndex,
  startJobs,
} from "./jobs.ts";
import { create, messages, podsOf } from "./workloads.ts";

const REACHED = "CompletionsReached: Reached expected number of succeeded pods";
const LIMIT = "BackoffLimitExceeded: Job has reached the specified backoff limit";

/** Ends the pod of each index with a code, waits for the next look, and says how the job stands. */
function endIndexes(cluster: Cluster, codes: { readonly [index: number]: number }): void {
  for (const [index, code] of Object.entries(codes)) endPod(cluster, podWithIndex(cluster, Number(index)), code);
  cluster.advanceTo(cluster.seconds + 1.1);
}

describe("a job", () => {
  test("runs as many pods at once as it may, never more than are left to do, and is complete", () => {
    const cluster = startJobs();
    createJob(cluster, { completions: 5, parallelism: 2 });
    const active: number[] = [];
    for (let second = 1; second <= 8; second++) {
      cluster.advanceTo(second * 2);
      const live = livePods(cluster);
      active.push(live.length);
      for (const pod of live) endPod(cluster, pod, 0);
    }
    expect(active).toEqual([2, 2, 1, 0, 0, 0, 0, 0]);
    const { status } = jobOf(cluster);
    expect(status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect(status.active).toBeUndefined();
    expect(status.completionTime).toBe(status.conditions?.at(-1)?.lastTransitionTime);
    expect(conditionsOf(jobOf(cluster))).toEqual([`SuccessCriteriaMet=True ${REACHED}`, `Complete=True ${REACHED}`]);
    expect(messages(cluster, "Job").filter((text) => !text.startsWith("SuccessfulCreate"))).toEqual([
      "Completed Job completed",
    ]);
    expect(podsOf(cluster).every(({ metadata }) => metadata.finalizers === undefined)).toBe(true);
  });

  test("without a number of completions ends with the first success, once the others have ended", () => {
    const cluster = startJobs();
    createJob(cluster, { parallelism: 3 });
    cluster.advanceTo(1);
    const [first, ...others] = livePods(cluster);
    endPod(cluster, first as never, 0);
    cluster.advanceTo(3);
    expect(livePods(cluster)).toHaveLength(2);
    expect(conditionsOf(jobOf(cluster))).toEqual([]);
    for (const pod of others) endPod(cluster, pod, 0);
    cluster.advanceTo(6);
    expect(conditionsOf(jobOf(cluster)).at(-1)).toBe(`Complete=True ${REACHED}`);
    expect(jobOf(cluster).status.succeeded).toBe(3);
  });

  test("waits 10 s after a failure, then 20, then 40; a success begins anew", () => {
    const cluster = startJobs();
    createJob(cluster, { completions: 3, backoffLimit: 10 });
    const waits: number[] = [];
    for (const code of [1, 1, 1, 0, 1, 0, 0]) {
      const from = cluster.seconds;
      while (livePods(cluster).length === 0) cluster.advanceTo(cluster.seconds + 0.25);
      waits.push(Math.round(cluster.seconds - from));
      endPod(cluster, livePods(cluster)[0] as never, code);
    }
    expect(waits).toEqual([0, 10, 20, 40, 1, 10, 1]);
    cluster.advanceTo(cluster.seconds + 3);
    expect(jobOf(cluster).status).toMatchObject({ succeeded: 3, failed: 4 });
  });

  test("counts the pods that run while it backs off", () => {
    const cluster = startJobs();
    createJob(cluster, { completions: 3, parallelism: 3 });
    cluster.advanceTo(1);
    endPod(cluster, livePods(cluster)[0] as never, 1);
    cluster.advanceTo(5);
    expect(jobOf(cluster).status).toMatchObject({ active: 2, failed: 1, uncountedTerminatedPods: {} });
    cluster.advanceTo(13);
    expect(jobOf(cluster).status).toMatchObject({ active: 3, failed: 1 });
  });

  test("fails when more pods failed than it may lose, and deletes those that run", () => {
    const cluster = startJobs();
    createJob(cluster, { completions: 4, parallelism: 4, backoffLimit: 1 });
    cluster.advanceTo(1);
    const [a, b, c] = livePods(cluster);
    endPod(cluster, a as never, 1);
    endPod(cluster, b as never, 1);
    endPod(cluster, c as never, 0);
    cluster.advanceTo(5);
    expect(conditionsOf(jobOf(cluster))).toEqual([`FailureTarget=True ${LIMIT}`, `Failed=True ${LIMIT}`]);
    expect(livePods(cluster)).toEqual([]);
    // The pod that was deleted counts as failed too.
    expect(jobOf(cluster).status).toMatchObject({ failed: 3, succeeded: 1, terminating: 0 });
    expect(messages(cluster, "Job").at(-1)).toBe("BackoffLimitExceeded Job has reached the specified backoff limit");
  });

  test("counts restarts of containers where they are restarted in place", () => {
    const cluster = startJobs();
    const template = { spec: { containers: [{ name: "c", image: "busybox" }], restartPolicy: "OnFailure" } };
    createJob(cluster, { template, backoffLimit: 2 });
    cluster.advanceTo(1);
    const [pod] = livePods(cluster);
    const container = { name: "c", image: "", imageID: "", ready: true, restartCount: 2 };
    const status = { phase: "Running", containerStatuses: [container] };
    must(cluster.client.updateStatus(PODS, { ...cluster.get(PODS, keyOf(pod as never)), status }));
    cluster.advanceTo(4);
    expect(conditionsOf(jobOf(cluster)).at(-1)).toBe(`Failed=True ${LIMIT}`);
  });

  test("fails at its deadline, counted from its start", () => {
    const cluster = startJobs();
    createJob(cluster, { activeDeadlineSeconds: 30 });
    cluster.advanceTo(29);
    expect(conditionsOf(jobOf(cluster))).toEqual([]);
    cluster.advanceTo(33);
    const why = "DeadlineExceeded: Job was active longer than specified deadline";
    expect(conditionsOf(jobOf(cluster))).toEqual([`FailureTarget=True ${why}`, `Failed=True ${why}`]);
  });

  test("suspended it has no pods and no start; resumed it begins anew", () => {
    const cluster = startJobs();
    createJob(cluster, { parallelism: 2, completions: 2, activeDeadlineSeconds: 20 });
    cluster.advanceTo(10);
    changeJob(cluster, { suspend: true });
    cluster.advanceTo(60);
    expect(livePods(cluster)).toEqual([]);
    expect(jobOf(cluster).status.startTime).toBeUndefined();
    expect(jobOf(cluster).status.failed).toBeUndefined();
    expect(conditionsOf(jobOf(cluster))).toEqual(["Suspended=True JobSuspended: Job suspended"]);
    changeJob(cluster, { suspend: false });
    cluster.advanceTo(75);
    expect(conditionsOf(jobOf(cluster))).toEqual(["Suspended=False JobResumed: Job resumed"]);
    expect(livePods(cluster)).toHaveLength(2);
    expect(jobOf(cluster).status.startTime).toBe(cluster.time(60));
    expect(messages(cluster, "Job").filter((text) => /^(Suspended|Resumed)/.test(text))).toEqual([
      "Suspended Job suspended",
      "Resumed Job resumed",
    ]);
  });

  test("of another controller is left alone", () => {
    const cluster = startJobs();
    createJob(cluster, { managedBy: "example.com/queue" });
    cluster.advanceTo(5);
    expect(podsOf(cluster)).toEqual([]);
    expect(jobOf(cluster).status).toEqual({});
  });

  test("is deleted with its pods when its time after the end is over", () => {
    const cluster = startJobs([jobController, ttlAfterFinishedController, garbageCollector]);
    createJob(cluster, { ttlSecondsAfterFinished: 10 });
    cluster.advanceTo(1);
    endPod(cluster, livePods(cluster)[0] as never, 0);
    cluster.advanceTo(9);
    expect(cluster.store.of(JOBS).size).toBe(1);
    cluster.advanceTo(14);
    expect(cluster.store.of(JOBS).size).toBe(0);
    expect(podsOf(cluster)).toEqual([]);
  });

  test("leaves no finalizer behind when it is deleted, whatever becomes of its pods", () => {
    for (const propagationPolicy of ["Background", "Foreground", "Orphan"] as const) {
      const cluster = startJobs([jobController, garbageCollector]);
      createJob(cluster, { parallelism: 2, completions: 2 });
      cluster.advanceTo(2);
      must(cluster.client.delete(JOBS, "default/j", { propagationPolicy }));
      cluster.advanceTo(10);
      expect(cluster.store.of(JOBS).size).toBe(0);
      const left = podsOf(cluster).map(({ metadata }) => metadata.finalizers ?? "none");
      expect(left, propagationPolicy).toEqual(propagationPolicy === "Orphan" ? ["none", "none"] : []);
    }
  });

  test("takes in a pod that it selects, and counts it", () => {
    const cluster = startJobs();
    const selector = { matchLabels: { app: "x" } };
    const template = {
      metadata: { labels: { app: "x" } },
      spec: { containers: [{ name: "c", image: "busybox" }], restartPolicy: "Never" },
    };
    create(cluster, PODS, {
      metadata: { name: "stray", namespace: "default", labels: { app: "x" } },
      spec: template.spec,
    });
    createJob(cluster, { manualSelector: true, selector, template, completions: 2, parallelism: 2 });
    cluster.advanceTo(2);
    expect(podsOf(cluster)).toHaveLength(2);
    expect(cluster.get(PODS, "default/stray").metadata).toMatchObject({
      finalizers: ["batch.kubernetes.io/job-tracking"],
      ownerReferences: [{ kind: "Job", name: "j", controller: true }],
    });
  });

  test("counts every pod once, although its controller is stopped at any instant", () => {
    for (let cut = 0; cut < 12; cut++) {
      const cluster = startJobs();
      createJob(cluster, { completions: 3, parallelism: 3 });
      cluster.advanceTo(1);
      for (const pod of livePods(cluster)) endPod(cluster, pod, 0);
      let writes = 0;
      cluster.reachable = true;
      // The API goes away after so many writes of the controller.
      const before = cluster.lines.length;
      while (cluster.seconds < 4) {
        cluster.advanceTo(cluster.seconds + 0.001);
        writes = cluster.lines.length - before;
        if (writes >= cut && cluster.reachable) {
          cluster.reachable = false;
          cluster.stopControllers();
          cluster.startControllers();
        }
      }
      cluster.reachable = true;
      cluster.advanceTo(80);
      expect(jobOf(cluster).status, `after ${cut} writes`).toMatchObject({ succeeded: 3, uncountedTerminatedPods: {} });
      expect(conditionsOf(jobOf(cluster)).at(-1)).toBe(`Complete=True ${REACHED}`);
    }
  });

  test("of a hundred thousand pods makes 500 at a look", () => {
    const cluster = startJobs();
    createJob(cluster, { completions: 100_000, parallelism: 100_000 });
    cluster.advanceTo(0.9);
    expect(podsOf(cluster)).toHaveLength(500);
    cluster.advanceTo(10);
    expect(cluster.store.of(PODS).size).toBe(5000);
    expect(jobOf(cluster).status.active).toBe(5000);
  });
});

describe("an indexed job", () => {
  const indexed = (spec: JsonObject = {}) => ({ completionMode: "Indexed", completions: 4, parallelism: 4, ...spec });

  test("tells each pod its index, and makes the pods that are missing", () => {
    const cluster = startJobs();
    createJob(cluster, indexed({ parallelism: 2 }));
    cluster.advanceTo(1);
    expect(livePods(cluster).map(indexText)).toEqual(["0", "1"]);
    const { metadata, spec } = podWithIndex(cluster, 1);
    expect(metadata.name).toMatch(/^j-1-[a-z0-9]{5}$/);
    expect(metadata.labels?.["batch.kubernetes.io/job-completion-index"]).toBe("1");
    expect(spec.hostname).toBe("j-1");
    const fieldPath = "metadata.labels['batch.kubernetes.io/job-completion-index']";
    expect(spec.containers[0]?.env).toEqual([
      { name: "JOB_COMPLETION_INDEX", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } },
    ]);
    endIndexes(cluster, { 1: 0 });
    expect(livePods(cluster).map(indexText)).toEqual(["0", "2"]);
    expect(jobOf(cluster).status).toMatchObject({ succeeded: 1, completedIndexes: "1", active: 2 });
    endIndexes(cluster, { 0: 0, 2: 0 });
    endIndexes(cluster, { 3: 0 });
    cluster.advanceTo(cluster.seconds + 2);
    expect(jobOf(cluster).status).toMatchObject({ succeeded: 4, completedIndexes: "0-3" });
  });

  test("grows and shrinks", () => {
    const cluster = startJobs();
    createJob(cluster, indexed());
    cluster.advanceTo(1);
    endIndexes(cluster, { 0: 0, 3: 0 });
    expect(jobOf(cluster).status.completedIndexes).toBe("0,3");
    changeJob(cluster, { completions: 2, parallelism: 2 });
    cluster.advanceTo(cluster.seconds + 2);
    expect(livePods(cluster).map(indexText)).toEqual(["1"]);
    expect(jobOf(cluster).status).toMatchObject({ succeeded: 1, completedIndexes: "0" });
    changeJob(cluster, { completions: 5, parallelism: 5 });
    cluster.advanceTo(cluster.seconds + 2);
    expect(livePods(cluster).map(indexText)).toEqual(["1", "2", "3", "4"]);
  });

  test("with a limit for each index gives up an index, not the others, and fails when all are done", () => {
    const cluster = startJobs();
    createJob(cluster, indexed({ completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }));
    cluster.advanceTo(1);
    endIndexes(cluster, { 0: 0, 1: 1, 2: 0 });
    expect(jobOf(cluster).status).toMatchObject({ completedIndexes: "0,2", failedIndexes: "" });
    cluster.advanceTo(9);
    expect(livePods(cluster)).toEqual([]);
    cluster.advanceTo(14);
    const again = podWithIndex(cluster, 1);
    expect(again.metadata.annotations?.["batch.kubernetes.io/job-index-failure-count"]).toBe("1");
    endPod(cluster, again, 1);
    cluster.advanceTo(20);
    const why = "FailedIndexes: Job has failed indexes";
    expect(conditionsOf(jobOf(cluster))).toEqual([`FailureTarget=True ${why}`, `Failed=True ${why}`]);
    expect(jobOf(cluster).status).toMatchObject({
      failedIndexes: "1",
      completedIndexes: "0,2",
      failed: 2,
      succeeded: 2,
    });
  });

  test("with one index that always fails: the timeline", () => {
    const cluster = startJobs();
    createJob(cluster, indexed({ completions: 3, parallelism: 3, backoffLimitPerIndex: 2 }));
    const begun = new Map<string, number>();
    const told: string[] = [];
    let last = "";
    while (cluster.seconds < 60) {
      cluster.advanceTo(cluster.seconds + 0.5);
      for (const pod of livePods(cluster)) {
        const name = `index ${indexText(pod)}`;
        const since = begun.get(pod.metadata.uid);
        if (since === undefined) {
          begun.set(pod.metadata.uid, cluster.seconds);
          told.push(`${cluster.seconds.toFixed(1).padStart(5)} s  ${name} begins`);
        } else if (cluster.seconds - since >= 4) {
          endPod(cluster, pod, name === "index 1" ? 1 : 0);
          told.push(
            `${cluster.seconds.toFixed(1).padStart(5)} s  ${name} ${name === "index 1" ? "fails" : "succeeds"}`,
          );
        }
      }
      const { completedIndexes = "", failedIndexes = "", failed = 0 } = jobOf(cluster).status;
      const types = (jobOf(cluster).status.conditions ?? []).map(({ type }) => type).join(", ");
      const now = `completed "${completedIndexes}", failed "${failedIndexes}", pods failed ${failed}${types && `, ${types}`}`;
      if (now !== last) told.push(`${cluster.seconds.toFixed(1).padStart(5)} s  job: ${now}`);
      last = now;
    }
    console.info(["A Job whose index 1 always fails (backoffLimitPerIndex 2):", ...told].join("\n"));
    const begins = told.filter((line) => line.endsWith("index 1 begins")).map((line) => Number(line.slice(0, 5)));
    // The pods of the index begin 10 s and 20 s after its failures, counted from whole seconds.
    const waits = begins.slice(1).map((at, index) => at - (begins[index] ?? 0));
    expect(begins).toHaveLength(3);
    for (const [at, wait] of [14, 24].entries()) expect(Math.abs((waits[at] ?? 0) - wait)).toBeLessThanOrEqual(1.5);
    expect(told.at(-1)).toMatch(/job: completed "0,2", failed "1", pods failed 3, FailureTarget, Failed$/);
  });

  test("fails when more indexes failed than it may lose", () => {
    const cluster = startJobs();
    createJob(cluster, indexed({ backoffLimitPerIndex: 0, maxFailedIndexes: 1 }));
    cluster.advanceTo(1);
    endIndexes(cluster, { 0: 1 });
    expect(conditionsOf(jobOf(cluster))).toEqual([]);
    endIndexes(cluster, { 1: 1 });
    cluster.advanceTo(cluster.seconds + 2);
    const why = "MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes";
    expect(conditionsOf(jobOf(cluster)).at(-1)).toBe(`Failed=True ${why}`);
    expect(jobOf(cluster).status.failedIndexes).toBe("0,1");
    expect(livePods(cluster)).toEqual([]);
  });

  test.each<[string, JsonObject, string | undefined]>([
    ["named indexes", { succeededIndexes: "1,3" }, undefined],
    ["named indexes that are done", { succeededIndexes: "0,2" }, "Matched rules at index 0"],
    ["a count", { succeededCount: 2 }, "Matched rules at index 0"],
    ["a count too high", { succeededCount: 3 }, undefined],
    ["a count among named indexes", { succeededIndexes: "1-3", succeededCount: 1 }, "Matched rules at index 0"],
    ["a count too high among them", { succeededIndexes: "1-3", succeededCount: 2 }, undefined],
  ])("is a success by its policy: %s", (_name, rule, message) => {
    const cluster = startJobs();
    createJob(cluster, indexed({ successPolicy: { rules: [rule] } }));
    cluster.advanceTo(1);
    endIndexes(cluster, { 0: 0, 2: 0 });
    cluster.advanceTo(cluster.seconds + 2);
    const expected = ["SuccessCriteriaMet", "Complete"].map((type) => `${type}=True SuccessPolicy: ${message}`);
    expect(conditionsOf(jobOf(cluster))).toEqual(message === undefined ? [] : expected);
    expect(livePods(cluster)).toHaveLength(message === undefined ? 2 : 0);
    expect(jobOf(cluster).status.failed).toBeUndefined();
  });
});

describe("the failure policy of a job", () => {
  const policy = (action: string, rule: JsonObject) => ({ podFailurePolicy: { rules: [{ action, ...rule }] } });
  const codes = { onExitCodes: { operator: "In", values: [3, 7] } };
  const evicted = { onPodConditions: [{ type: "DisruptionTarget", status: "True" }] };
  const target = [{ type: "DisruptionTarget", status: "True" }];

  test.each<[string, JsonObject, number, typeof target | undefined, JsonObject, RegExp | undefined]>([
    [
      "fails it",
      policy("FailJob", codes),
      7,
      undefined,
      { failed: 1 },
      /^Failed=True PodFailurePolicy: Container c for pod default\/j-[a-z0-9]{5} failed with exit code 7 matching FailJob rule at index 0$/,
    ],
    ["does not match", policy("FailJob", codes), 4, undefined, { failed: 1 }, undefined],
    [
      "does not match success",
      policy("FailJob", { onExitCodes: { operator: "NotIn", values: [3] } }),
      0,
      undefined,
      { succeeded: 1 },
      /^Complete=True/,
    ],
    ["forgives", policy("Ignore", evicted), 1, target, { failed: undefined }, undefined],
    ["counts", policy("Count", evicted), 1, target, { failed: 1 }, undefined],
    [
      "fails it for a condition",
      policy("FailJob", evicted),
      1,
      target,
      { failed: 1 },
      /^Failed=True PodFailurePolicy: Pod default\/j-[a-z0-9]{5} has condition DisruptionTarget matching FailJob rule at index 0$/,
    ],
  ])("%s", (_name, spec, code, conditions, status, condition) => {
    const cluster = startJobs();
    createJob(cluster, { backoffLimit: 2, ...spec });
    cluster.advanceTo(1);
    endPod(cluster, livePods(cluster)[0] as never, code, conditions);
    cluster.advanceTo(4);
    expect(jobOf(cluster).status.failed).toBe(status.failed);
    const last = conditionsOf(jobOf(cluster)).at(-1);
    if (condition === undefined) expect(last).toBeUndefined();
    else expect(last).toMatch(condition);
  });

  test("gives up an index at once", () => {
    const cluster = startJobs();
    createJob(cluster, {
      completionMode: "Indexed",
      completions: 2,
      parallelism: 2,
      backoffLimitPerIndex: 5,
      ...policy("FailIndex", codes),
    });
    cluster.advanceTo(1);
    endIndexes(cluster, { 0: 3 });
    cluster.advanceTo(30);
    expect(jobOf(cluster).status).toMatchObject({ failedIndexes: "0", active: 1 });
    expect(livePods(cluster).map(indexText)).toEqual(["1"]);
  });

  test("makes it wait for the end of pods that are being deleted", () => {
    const wait = (podReplacementPolicy: string) => {
      const cluster = startJobs();
      createJob(cluster, { podReplacementPolicy });
      cluster.advanceTo(1);
      const [pod] = livePods(cluster);
      const running = {
        ...cluster.get(PODS, keyOf(pod as never)),
        spec: { ...(pod as never as { spec: object }).spec, nodeName: "n" },
      };
      must(cluster.client.update(PODS, running as never));
      must(cluster.client.delete(PODS, keyOf(pod as never)));
      cluster.advanceTo(15);
      const { status } = jobOf(cluster);
      return [livePods(cluster).length, status.terminating, status.failed];
    };
    expect(wait("Failed")).toEqual([0, 1, undefined]);
    expect(wait("TerminatingOrFailed")).toEqual([1, 1, 1]);
  });
});
