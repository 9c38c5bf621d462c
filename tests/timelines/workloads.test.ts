import { describe, expect, it } from "vitest";
import type { Deployment, Job, Pod, ReplicaSet, StatefulSet } from "../../simulator/api/refs.ts";
import { BUDGETS_PATH, budget, DEPLOYMENTS_PATH, deployment, JOBS_PATH, job } from "../support/stories.ts";
import { evictions, STATEFUL_SETS_PATH, statefulSet } from "../swarm/workloads.ts";
import { Story } from "./story.ts";

const PODS_PATH = "/api/v1/namespaces/default/pods";
const REPLICA_SETS_PATH = "/apis/apps/v1/namespaces/default/replicasets";
const WEB = `${DEPLOYMENTS_PATH}/web`;
const DB = `${STATEFUL_SETS_PATH}/db`;

const imageOf = ({ spec }: Pod) => spec.containers[0]?.image;
const isReady = ({ metadata, status }: Pod) =>
  metadata.deletionTimestamp === undefined &&
  status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
const withImage = (image: string) => ({ spec: { template: { spec: { containers: [{ name: "app", image }] } } } });
const resources = { requests: { cpu: "100m", memory: "64Mi" } };
const sized = (image: string) => ({
  spec: { template: { spec: { containers: [{ name: "app", image, resources }] } } },
});

function rollout(story: Story): string {
  const sets = story.list<ReplicaSet>(REPLICA_SETS_PATH).map(({ spec, status }) => {
    const image = (spec.template as { spec: Pod["spec"] }).spec.containers[0]?.image;
    return `${image} ${status.readyReplicas ?? 0}/${status.replicas ?? 0} of ${spec.replicas}`;
  });
  return `web: ${sets.sort().join(", ")}`;
}

const isRolledOut = (story: Story, image: string) => () => {
  const { status, metadata } = story.get<Deployment>(WEB);
  const pods = story.list<Pod>(PODS_PATH);
  const isSeen = status.observedGeneration === metadata.generation;
  return isSeen && status.availableReplicas === 4 && pods.length === 4 && pods.every((pod) => imageOf(pod) === image);
};

describe("a deployment's timeline", () => {
  it("rolling update: never fewer than three of four are ready, never more than five exist; and back", async () => {
    const story = new Story(rollout);
    story.create(DEPLOYMENTS_PATH, deployment("web", 4));
    await story.watchUntil(isRolledOut(story, "nginx:1.27"));
    const before = story.lines.length;
    story.patch(WEB, sized("nginx:1.28"));
    await story.watchUntil(isRolledOut(story, "nginx:1.28"));
    // `kubectl rollout undo` writes the template of the revision before.
    story.patch(WEB, sized("nginx:1.27"));
    await story.watchUntil(isRolledOut(story, "nginx:1.27"));
    story.print("Rolling update and rollback");
    for (const line of story.lines.slice(before).filter((each) => each.includes("web: "))) {
      const counts = [...line.matchAll(/(\d+)\/(\d+) of/g)];
      const sum = (group: number) => counts.reduce((total, match) => total + Number(match[group]), 0);
      expect(sum(1), line).toBeGreaterThanOrEqual(3);
      expect(sum(2), line).toBeLessThanOrEqual(5);
    }
    const revisions = story
      .list<ReplicaSet>(REPLICA_SETS_PATH)
      .map(({ metadata }) => metadata.annotations?.["deployment.kubernetes.io/revision"]);
    expect(revisions.sort()).toEqual(["2", "3"]);
  });
});

describe("a stateful set's timeline", () => {
  it("partition: the pods below it keep the old revision, until it is lowered", async () => {
    const story = new Story(
      (each) =>
        `db: ${each
          .list<Pod>(PODS_PATH)
          .map((pod) => `${pod.metadata.name}=${imageOf(pod)}${isReady(pod) ? "" : " (not ready)"}`)
          .join(", ")}`,
      { storageClasses: true },
    );
    const ready = (updated: number) => () => {
      const { status, metadata } = story.get<StatefulSet>(DB);
      const isSeen = status.observedGeneration === metadata.generation;
      return isSeen && status.readyReplicas === 4 && (status.updatedReplicas ?? 0) === updated;
    };
    const rollingUpdate = (partition: number) => ({
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } },
    });
    story.create(STATEFUL_SETS_PATH, statefulSet("db", 4, rollingUpdate(2)));
    await story.watchUntil(ready(4));
    story.patch(DB, withImage("redis:7.2"));
    await story.watchUntil(ready(2));
    const images = () => story.list<Pod>(PODS_PATH).map(imageOf);
    expect(images()).toEqual(["redis:7", "redis:7", "redis:7.2", "redis:7.2"]);
    story.patch(DB, { spec: rollingUpdate(0) });
    await story.watchUntil(ready(4));
    expect(images()).toEqual(["redis:7.2", "redis:7.2", "redis:7.2", "redis:7.2"]);
    story.print("Stateful set with a partition");
    // One by one, the highest ordinal first.
    const firstDown = [3, 2, 1, 0].map((ordinal) =>
      story.lines.findIndex((line) => line.includes(`db-${ordinal}=redis:7.2`)),
    );
    expect(firstDown).toEqual([...firstDown].sort((a, b) => a - b));
  });
});

describe("a drain's timeline", () => {
  it("under a disruption budget: pods go one by one, and never fewer are ready than it says", async () => {
    const story = new Story((each) => {
      const pods = each.list<Pod>(PODS_PATH);
      const places = ["node-1", "node-2"].map((node) => pods.filter(({ spec }) => spec.nodeName === node).length);
      return `web: ${pods.filter(isReady).length} ready; node-1 ${places[0]}, node-2 ${places[1]}`;
    });
    story.create(DEPLOYMENTS_PATH, deployment("web", 6));
    story.create(BUDGETS_PATH, budget("web", "web", { minAvailable: 5 }));
    await story.watchUntil(() => story.list<Pod>(PODS_PATH).filter(isReady).length === 6);
    await story.watch(5);
    const since = story.lines.length;
    story.patch("/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    const left = () => evictions(story.cluster.simulation, "node-1").filter(({ path }) => path.includes("/default/"));
    const codes: (number | undefined)[] = [];
    while (left().length > 0 && story.seconds < 600) {
      for (const request of left()) codes.push(story.cluster.simulation.request(request).code);
      story.look();
      await story.watch(5);
    }
    await story.watch(10);
    story.print("Drain under a budget");
    expect(codes.filter((code) => code === 201)).toHaveLength(3);
    expect(codes).toContain(429);
    const readies = story.lines.slice(since).flatMap((line) => /(\d+) ready/.exec(line)?.[1] ?? []);
    expect(Math.min(...readies.map(Number))).toBe(5);
    expect(story.lines.at(-1)).toContain("6 ready; node-1 0, node-2 6");
  });
});

describe("a job's timeline", () => {
  it("with an index that fails: it is tried again, fails for good, and the others complete all the same", async () => {
    const story = new Story(
      (each) => {
        const { status } = each.get<Job>(`${JOBS_PATH}/work`);
        const { active = 0, completedIndexes = "", failedIndexes = "", conditions = [] } = status;
        const ends = conditions.map(({ type, reason }) => ` ${type} (${reason})`).join(",");
        return `work: ${active} active, completed [${completedIndexes}], failed [${failedIndexes}]${ends}`;
      },
      { shells: true },
    );
    const spec = { completionMode: "Indexed", completions: 4, parallelism: 2, backoffLimitPerIndex: 1 };
    story.create(JOBS_PATH, job("work", 'sleep 4; [ "$JOB_COMPLETION_INDEX" != 1 ]', spec));
    await story.watchUntil(() => story.get<Job>(`${JOBS_PATH}/work`).status.conditions?.at(-1)?.type === "Failed");
    story.print("Job with indexes");
    const { status } = story.get<Job>(`${JOBS_PATH}/work`);
    expect(status).toMatchObject({ succeeded: 3, completedIndexes: "0,2,3", failedIndexes: "1", failed: 2 });
    expect(status.conditions?.at(-1)?.reason).toBe("FailedIndexes");
  });
});
