import { describe, expect, test } from "vitest";
import { CRON_JOBS, type CronJob, JOBS } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { garbageCollector } from "../../../simulator/controllers/garbage-collector/controller.ts";
import { cronJobController } from "../../../simulator/resources/batch/cronjob/controller.ts";
import { jobController } from "../../../simulator/resources/batch/job/controller.ts";
import { type Cluster, must } from "./harness.ts";
import { endPod, livePods, startJobs } from "./jobs.ts";
import { change, create, messages } from "./workloads.ts";

const MINUTE = 60;
/** Minutes from 1970 to the beginning of the tests' time. */
const FIRST = 1_767_225_600 / 60;

function start(spec: JsonObject = {}, name = "tick"): Cluster {
  const cluster = startJobs([cronJobController, jobController, garbageCollector]);
  createCronJob(cluster, spec, name);
  return cluster;
}

function createCronJob(cluster: Cluster, spec: JsonObject, name = "tick"): CronJob {
  const template = { spec: { containers: [{ name: "c", image: "busybox" }], restartPolicy: "Never" } };
  return create(cluster, CRON_JOBS, {
    metadata: { name, namespace: "default" },
    spec: { schedule: "* * * * *", jobTemplate: { spec: { template } }, ...spec },
  });
}

const tick = (cluster: Cluster): CronJob => cluster.get(CRON_JOBS, "default/tick");

/** The jobs that are there, by the minute of their names. */
function minutes(cluster: Cluster): number[] {
  return [...cluster.store.of(JOBS).values()].map(({ metadata }) => Number(metadata.name.split("-").at(-1)) - FIRST);
}

/** Ends what runs, with a code. */
function end(cluster: Cluster, code = 0): void {
  for (const pod of livePods(cluster)) endPod(cluster, pod, code);
  cluster.advanceTo(cluster.seconds + 3);
}

describe("a cron job", () => {
  test("starts a job at each of its times, and lists those that run", () => {
    const cluster = start();
    cluster.advanceTo(59.9);
    expect(minutes(cluster)).toEqual([]);
    cluster.advanceTo(60.2);
    expect(minutes(cluster)).toEqual([1]);
    const [job] = [...cluster.store.of(JOBS).values()];
    expect(job?.metadata).toMatchObject({
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T00:01:00Z" },
      ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: "tick", controller: true }],
    });
    expect(job?.spec).toMatchObject({ backoffLimit: 6, completions: 1, parallelism: 1 });
    const { uid, resourceVersion, name } = job?.metadata ?? {};
    const reference = { kind: "Job", namespace: "default", name, apiVersion: "batch/v1", uid };
    expect(tick(cluster).status.active).toMatchObject([reference]);
    expect(resourceVersion).toBeDefined();
    expect(tick(cluster).status.lastScheduleTime).toBe("2026-01-01T00:01:00Z");
    end(cluster);
    expect(tick(cluster).status.active).toBeUndefined();
    expect(tick(cluster).status.lastSuccessfulTime).toBe(
      job && cluster.get(JOBS, `default/${name}`).status.completionTime,
    );
    expect(messages(cluster, "CronJob")).toEqual([
      `SuccessfulCreate Created job ${name}`,
      `SawCompletedJob Saw completed job: ${name}, condition: Complete`,
    ]);
  });

  test.each<[string, number[], number, string | undefined]>([
    ["Allow", [1, 2, 3], 3, undefined],
    [
      "Forbid",
      [1],
      1,
      "JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid",
    ],
    ["Replace", [3], 1, `SuccessfulDelete Deleted job tick-${FIRST + 1}`],
  ])("with policy %s does so about jobs that still run", (concurrencyPolicy, left, active, message) => {
    const cluster = start({ concurrencyPolicy });
    cluster.advanceTo(3.5 * MINUTE);
    expect(minutes(cluster)).toEqual(left);
    expect(tick(cluster).status.active).toHaveLength(active);
    if (message !== undefined) expect(messages(cluster, "CronJob")).toContain(message);
  });

  test("keeps so many finished jobs, the newest", () => {
    const cluster = start({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 });
    for (let minute = 1; minute <= 5; minute++) {
      cluster.advanceTo(minute * MINUTE + 1);
      end(cluster);
    }
    cluster.advanceTo(5.5 * MINUTE);
    expect(minutes(cluster)).toEqual([4, 5]);
    expect(messages(cluster, "CronJob").filter((text) => text.startsWith("SuccessfulDelete"))).toHaveLength(3);
  });

  test("suspended starts nothing; what it missed counts as one", () => {
    const cluster = start({ suspend: true });
    cluster.advanceTo(5.5 * MINUTE);
    expect(minutes(cluster)).toEqual([]);
    change(cluster, CRON_JOBS, "tick", { suspend: false });
    cluster.advanceTo(5.6 * MINUTE);
    expect(minutes(cluster)).toEqual([5]);
    cluster.advanceTo(6.1 * MINUTE);
    expect(minutes(cluster)).toEqual([5, 6]);
  });

  test.each<[string, JsonObject, number[]]>([
    ["starts the last of those it missed", {}, [20]],
    ["unless it is too late for that", { schedule: "*/15 * * * *", startingDeadlineSeconds: 60 }, []],
    ["and in time", { schedule: "*/15 * * * *", startingDeadlineSeconds: 600 }, [15]],
  ])("whose controller was away %s", (_name, spec, expected) => {
    const cluster = start(spec);
    cluster.stopControllers();
    cluster.advanceTo(20.5 * MINUTE);
    cluster.startControllers();
    cluster.advanceTo(20.6 * MINUTE);
    expect(minutes(cluster)).toEqual(expected);
    expect(messages(cluster, "CronJob").filter((text) => !text.startsWith("SuccessfulCreate"))).toEqual([]);
  });

  test("says so when it missed more than a hundred times, and starts the last all the same", () => {
    const cluster = start();
    cluster.stopControllers();
    cluster.advanceTo(150.5 * MINUTE);
    cluster.startControllers();
    cluster.advanceTo(150.6 * MINUTE);
    expect(minutes(cluster)).toEqual([150]);
    expect(messages(cluster, "CronJob")[0]).toBe(
      "TooManyMissedTimes too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
    );
  });

  test("with a schedule that never comes says so, and rests", () => {
    const cluster = start({ schedule: "0 0 31 2 *" });
    cluster.advanceTo(3600);
    expect(messages(cluster, "CronJob")).toEqual([
      "InvalidSchedule invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second",
    ]);
    expect(cluster.lines.filter(({ kind }) => kind === "Event")).toHaveLength(1);
  });

  test("whose schedule is changed waits for the next of the new times", () => {
    const cluster = start({ schedule: "0 * * * *" });
    cluster.advanceTo(12 * MINUTE);
    change(cluster, CRON_JOBS, "tick", { schedule: "*/5 * * * *" });
    cluster.advanceTo(14 * MINUTE);
    expect(minutes(cluster)).toEqual([]);
    cluster.advanceTo(15.2 * MINUTE);
    expect(minutes(cluster)).toEqual([15]);
    cluster.advanceTo(20.2 * MINUTE);
    expect(minutes(cluster)).toEqual([15, 20]);
  });

  test("forgets a job that somebody deleted, and starts the next", () => {
    const cluster = start({ concurrencyPolicy: "Forbid" });
    cluster.advanceTo(61);
    must(cluster.client.delete(JOBS, `default/tick-${FIRST + 1}`, { propagationPolicy: "Background" }));
    cluster.advanceTo(70);
    expect(messages(cluster, "CronJob")).toContain(`MissingJob Active job went missing: tick-${FIRST + 1}`);
    expect(tick(cluster).status.active).toBeUndefined();
    cluster.advanceTo(121);
    expect(minutes(cluster)).toEqual([2]);
  });

  test("does not start a job twice, whenever its controller is restarted", () => {
    for (const cut of [59.99, 60.101, 60.103, 60.105, 61, 119.5]) {
      const cluster = start();
      cluster.advanceTo(cut);
      cluster.stopControllers();
      cluster.startControllers();
      cluster.advanceTo(125);
      expect(minutes(cluster), `stopped at ${cut}`).toEqual([1, 2]);
    }
  });

  test("over a change of the clock: the timeline", () => {
    const cluster = startJobs([cronJobController]);
    for (const [name, schedule] of [
      ["gap", "30 2 * * *"],
      ["hourly", "0 * * * *"],
      ["morning", "0 9 * * *"],
    ] as const) {
      createCronJob(cluster, { schedule, timeZone: "America/New_York" }, name);
    }
    // From 7 March, 22:00 in New York, to the morning after the leap.
    const from = (Date.UTC(2026, 2, 8, 3) - Date.UTC(2026, 0, 1)) / 1000;
    cluster.stopControllers();
    cluster.advanceTo(from);
    for (const name of ["gap", "hourly", "morning"]) {
      const object = cluster.get(CRON_JOBS, `default/${name}`);
      const lastScheduleTime = cluster.time(from - 1);
      must(cluster.client.updateStatus(CRON_JOBS, { ...object, status: { lastScheduleTime } }));
    }
    cluster.startControllers();
    cluster.advanceTo(from + 36 * 3600);
    const told = cluster.lines
      .filter(({ kind, verb, t }) => kind === "Job" && verb === "ADDED" && t >= from)
      .filter(({ name, t }) => !name.startsWith("hourly") || t < from + 8 * 3600)
      .map(({ object, t, name }) => {
        const local = object.metadata.annotations?.["batch.kubernetes.io/cronjob-scheduled-timestamp"];
        return `${cluster.time(t)}  ${local}  ${name.split("-")[0]}`;
      });
    console.info(["CronJobs over a change of the clock (UTC, scheduled, which):", ...told].join("\n"));
    expect(told.map((line) => line.slice(22))).toEqual([
      "2026-03-07T22:00:00-05:00  hourly",
      "2026-03-07T23:00:00-05:00  hourly",
      "2026-03-08T00:00:00-05:00  hourly",
      "2026-03-08T01:00:00-05:00  hourly",
      "2026-03-08T03:00:00-04:00  hourly",
      "2026-03-08T04:00:00-04:00  hourly",
      "2026-03-08T05:00:00-04:00  hourly",
      "2026-03-08T06:00:00-04:00  hourly",
      "2026-03-08T09:00:00-04:00  morning",
      "2026-03-09T02:30:00-04:00  gap",
      "2026-03-09T09:00:00-04:00  morning",
    ]);
  });
});
