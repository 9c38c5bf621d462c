import { expect, it } from "vitest";
import type { Job } from "../../simulator/api/refs.ts";
import { CRON_JOBS_PATH, cronJob, JOBS_PATH } from "../support/stories.ts";
import { Story } from "./story.ts";

const SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
const timeZone = "America/New_York";

/** The times, as New York tells them, for which jobs were made from a time on, in their order. */
async function scheduled(title: string, startEpochMs: number, hours: number): Promise<readonly string[]> {
  const times: string[] = [];
  const seen = new Set<string>();
  const story = new Story(
    (each) => {
      for (const { metadata } of each.list<Job>(JOBS_PATH)) {
        if (seen.has(metadata.uid)) continue;
        seen.add(metadata.uid);
        times.push(`${metadata.name.split("-")[0]} ${metadata.annotations?.[SCHEDULED]}`);
      }
      return `${times.length} jobs, the last: ${times.at(-1) ?? "none"}`;
    },
    { startEpochMs },
  );
  for (const [name, schedule] of [
    ["one", "30 1 * * *"],
    ["two", "30 2 * * *"],
    ["hourly", "0 * * * *"],
  ] as const) {
    story.create(CRON_JOBS_PATH, cronJob(name, "sleep 5", { schedule, timeZone }));
  }
  for (let minutes = 0; minutes < hours * 60; minutes++) {
    story.cluster.wait(59);
    await story.watch(1);
  }
  story.print(title);
  return times.map((time) => time.replace(/T(\d\d:\d\d):00/, "T$1"));
}

it("a cron job when clocks go forward: the hour that is not there is left out, and so is its job", async () => {
  const times = await scheduled("Clocks go forward (14 March 2027)", Date.UTC(2027, 2, 14, 4, 50), 5);
  expect(times).toEqual([
    "hourly 2027-03-14T00:00-05:00",
    "hourly 2027-03-14T01:00-05:00",
    "one 2027-03-14T01:30-05:00",
    "hourly 2027-03-14T03:00-04:00",
    "hourly 2027-03-14T04:00-04:00",
    "hourly 2027-03-14T05:00-04:00",
  ]);
});

it("a cron job when clocks go back: the hour that comes twice has its jobs twice", async () => {
  const times = await scheduled("Clocks go back (7 November 2027)", Date.UTC(2027, 10, 7, 3, 50), 5);
  expect(times).toEqual([
    "hourly 2027-11-07T00:00-04:00",
    "hourly 2027-11-07T01:00-04:00",
    "one 2027-11-07T01:30-04:00",
    "hourly 2027-11-07T01:00-05:00",
    "one 2027-11-07T01:30-05:00",
    "hourly 2027-11-07T02:00-05:00",
    "two 2027-11-07T02:30-05:00",
    "hourly 2027-11-07T03:00-05:00",
  ]);
});
