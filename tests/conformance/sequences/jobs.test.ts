import { describe, expect, it } from "vitest";
import { APPS, BATCH, HOME, type Loose, Play, template } from "./play.ts";

/** What the conformance tests of jobs, cron jobs and controller revisions do. */

const JOBS = `${BATCH}/jobs`;
const PODS = `${HOME}/pods`;
const FAILS = ["false"];
const STAYS = ["sleep", "100000"];

function startJob(play: Play, spec: object, command: string[]): void {
  const pods = template({}, { image: "busybox", command }, { restartPolicy: "Never" });
  play.create(JOBS, { metadata: { name: "j" }, spec: { ...spec, template: pods } });
}

const status = (play: Play) => play.get(`${JOBS}/j`).status;
const conditions = (play: Play): string[] =>
  (status(play).conditions ?? []).map(({ type, reason }: Loose) => `${type} ${reason}`);
const podsOf = (play: Play) => play.list(`${PODS}?labelSelector=batch.kubernetes.io%2Fjob-name%3Dj`);
const running = (play: Play) => podsOf(play).filter((one) => one.status.phase === "Running");

/** Ends a pod as its kubelet would: well. */
function succeed(play: Play, { metadata, status: now }: Loose): void {
  const [container] = now.containerStatuses;
  const terminated = { exitCode: 0, reason: "Completed", containerID: container.containerID };
  const containerStatuses = [{ ...container, ready: false, started: false, state: { terminated } }];
  play.merge(`${PODS}/${metadata.name}/status`, { status: { phase: "Succeeded", containerStatuses } });
}

describe("a job", () => {
  const indexed = { completionMode: "Indexed" };
  const exit = (action: string) => ({ rules: [{ action, onExitCodes: { operator: "In", values: [1] } }] });

  it.each<[string, object, string, object]>([
    ["fails early by an exit code", { podFailurePolicy: exit("FailJob") }, "Failed PodFailurePolicy", { failed: 1 }],
    [
      "runs every index though all fail",
      { ...indexed, completions: 4, parallelism: 2, backoffLimitPerIndex: 1 },
      "Failed FailedIndexes",
      { failed: 8, failedIndexes: "0-3" },
    ],
    [
      "gives up indexes by an exit code",
      { ...indexed, completions: 2, parallelism: 2, backoffLimitPerIndex: 1, podFailurePolicy: exit("FailIndex") },
      "Failed FailedIndexes",
      { failed: 2, failedIndexes: "0,1" },
    ],
    [
      "ends when too many indexes have failed",
      { ...indexed, completions: 4, parallelism: 1, backoffLimitPerIndex: 0, maxFailedIndexes: 0 },
      "Failed MaxFailedIndexesExceeded",
      { failed: 1 },
    ],
  ])("%s", (_name, spec, condition, wanted) => {
    const play = new Play();
    startJob(play, spec, FAILS);
    play.until(condition, () => conditions(play).includes(condition), 300_000);
    expect(status(play)).toMatchObject(wanted);
  });

  it.each([
    ["count", { succeededCount: 1 }],
    ["indexes", { succeededIndexes: "0" }],
  ])("succeeds by a %s while others still run", (_name, rule) => {
    const play = new Play();
    startJob(play, { ...indexed, completions: 2, parallelism: 2, successPolicy: { rules: [rule] } }, STAYS);
    play.until("both run", () => running(play).length === 2);
    const first = podsOf(play).find((one) => one.metadata.labels["batch.kubernetes.io/job-completion-index"] === "0");
    succeed(play, first);
    play.until("it is complete", () => conditions(play).includes("Complete SuccessPolicy"));
    expect(conditions(play)).toContain("SuccessCriteriaMet SuccessPolicy");
    expect(status(play)).toMatchObject({ succeeded: 1, completedIndexes: "0" });
  });

  it("does not count pods that were evicted, by its policy", () => {
    const play = new Play();
    const onPodConditions = [{ type: "DisruptionTarget", status: "True" }];
    const podFailurePolicy = { rules: [{ action: "Ignore", onPodConditions }] };
    startJob(play, { ...indexed, completions: 2, parallelism: 2, backoffLimit: 0, podFailurePolicy }, STAYS);
    play.until("both run", () => running(play).length === 2);
    for (const { metadata } of podsOf(play)) {
      play.create(`${PODS}/${metadata.name}/eviction`, { metadata: { name: metadata.name } });
    }
    play.until("others run", () => running(play).length === 2 && podsOf(play).length >= 2);
    for (const one of running(play)) succeed(play, one);
    play.until("it is complete", () => conditions(play).includes("Complete CompletionsReached"));
  });

  it("takes a pod back that was orphaned, and lets one go that no longer matches", () => {
    const play = new Play();
    startJob(play, { completions: 4, parallelism: 2 }, STAYS);
    play.until("both run", () => running(play).length === 2);
    const path = `${PODS}/${podsOf(play)[0].metadata.name}`;
    const owner = () => play.get(path).metadata.ownerReferences?.[0].kind;
    play.merge(path, { metadata: { ownerReferences: null } });
    play.until("it is adopted", () => owner() === "Job");
    play.merge(path, { metadata: { labels: null } });
    play.until("it is let go", () => owner() === undefined);
  });
});

describe("cron jobs", () => {
  it("run side by side, one at a time, the newest, or none", () => {
    const play = new Play();
    const pods = template({}, { image: "busybox", command: ["sleep", "300"] }, { restartPolicy: "OnFailure" });
    for (const [name, more] of [
      ["allow", { concurrencyPolicy: "Allow" }],
      ["forbid", { concurrencyPolicy: "Forbid" }],
      ["replace", { concurrencyPolicy: "Replace" }],
      ["suspended", { suspend: true }],
    ] as const) {
      const spec = { schedule: "*/1 * * * *", ...more, jobTemplate: { spec: { template: pods } } };
      play.create(`${BATCH}/cronjobs`, { metadata: { name }, spec });
    }
    const active = (name: string): string[] =>
      (play.get(`${BATCH}/cronjobs/${name}`).status.active ?? []).map((one: Loose) => one.name);
    play.until("one runs", () => active("replace").length === 1, 90_000);
    const [first] = active("replace");
    play.until("two run side by side", () => active("allow").length >= 2, 90_000);
    expect(active("forbid")).toHaveLength(1);
    play.until("another runs instead", () => active("replace").length === 1 && active("replace")[0] !== first, 90_000);
    expect(play.list(JOBS).filter(({ metadata }) => metadata.name.startsWith("suspended"))).toEqual([]);
  });
});

describe("controller revisions", () => {
  it("are made by a daemon set, by hand and by its change, and deleted one by one and by label", () => {
    const play = new Play();
    const [sets, revisions] = [`${APPS}/daemonsets`, `${APPS}/controllerrevisions`];
    const all = () => play.list(`${revisions}?labelSelector=d%3D1`);
    const spec = { selector: { matchLabels: { d: "1" } }, template: template({ d: "1" }) };
    play.create(sets, { metadata: { name: "ds", labels: { d: "1" } }, spec });
    play.until("its pods run", () => play.get(`${sets}/ds`).status.numberAvailable === 2);
    play.wait(2000);
    const [first] = all();
    const { labels, ownerReferences } = first.metadata;
    const metadata = { name: "by-hand", labels, ownerReferences };
    play.create(revisions, { metadata, data: first.data, revision: first.revision + 1 });
    expect(all()).toHaveLength(2);
    play.remove(`${revisions}/${first.metadata.name}`);
    play.until("one is left", () => all().length === 1);
    play.merge(`${revisions}/by-hand`, { metadata: { labels: { mine: "updated" } } });
    play.patch(`${sets}/ds`, { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } });
    play.until("there is another", () => all().length === 2);
    play.remove(`${revisions}?labelSelector=mine%3Dupdated`);
    play.until("one is left", () => all().length === 1);
    expect(all()[0].revision).toBe(3);
  });
});
