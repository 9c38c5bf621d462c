import { describe, expect, test } from "vitest";
import { podTemplateHash } from "../../../simulator/api/meta/hash.ts";
import { DEPLOYMENTS, type Deployment, PODS, REPLICA_SETS, type ReplicaSet } from "../../../simulator/api/refs.ts";
import { proportionalSizes } from "../../../simulator/resources/apps/deployment/controller-scaling.ts";
import type { Cluster } from "./harness.ts";
import { must } from "./harness.ts";
import {
  BROKEN,
  change,
  createDeployment,
  createReplicaSet,
  messages,
  podsOf,
  setImage,
  sizes,
  startWorkloads,
  template,
} from "./workloads.ts";

const web = (cluster: Cluster) => cluster.get(DEPLOYMENTS, "default/web");

function progressing(cluster: Cluster): string {
  const condition = web(cluster).status.conditions?.find(({ type }) => type === "Progressing");
  return `${condition?.status} ${condition?.reason}: ${condition?.message?.replace(/web-[a-z0-9]+/, "web-x")}`;
}

describe("proportional scaling", () => {
  const deployment = (replicas: number) =>
    ({
      spec: { replicas, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } },
      status: {},
    }) as Deployment;
  const replicaSet = (name: string, replicas: number, maxBefore?: number) => {
    const annotations = maxBefore === undefined ? {} : { "deployment.kubernetes.io/max-replicas": String(maxBefore) };
    const metadata = { name, creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z`, annotations };
    return { metadata, spec: { replicas }, status: {} } as unknown as ReplicaSet;
  };
  test.each([
    [
      "5 -> 10",
      10,
      [
        ["rs-1", 4, 7],
        ["rs-2", 3, 7],
      ],
      { "rs-1": 7, "rs-2": 5 },
    ],
    [
      "10 -> 5",
      5,
      [
        ["rs-1", 8, 12],
        ["rs-2", 4, 12],
      ],
      { "rs-1": 5, "rs-2": 2 },
    ],
    [
      "to zero takes all",
      0,
      [
        ["rs-1", 4, 7],
        ["rs-2", 3, 7],
      ],
      { "rs-1": 0, "rs-2": 0 },
    ],
    [
      "of two equal ones the newer gets what is left over when growing",
      6,
      [
        ["rs-1", 3, 6],
        ["rs-2", 3, 6],
      ],
      { "rs-1": 4, "rs-2": 4 },
    ],
    [
      "an odd one more goes to the newer of two equal ones",
      7,
      [
        ["rs-1", 3, 8],
        ["rs-2", 3, 8],
      ],
      { "rs-1": 3, "rs-2": 6 },
    ],
    [
      "without annotations nothing but the largest grows",
      8,
      [
        ["rs-1", 4, undefined],
        ["rs-2", 2, undefined],
      ],
      { "rs-1": 8, "rs-2": 2 },
    ],
  ] as const)("%s", (_name, replicas, sets, expected) => {
    const given = sets.map(([name, size, before]) => replicaSet(name, size, before));
    const result = proportionalSizes(deployment(replicas), given);
    expect(Object.fromEntries(result.map(([{ metadata }, size]) => [metadata.name, size]))).toEqual(expected);
  });
});

describe("a deployment", () => {
  test("names its replica set and labels its pods by the hash of its template", () => {
    const cluster = startWorkloads();
    const { spec } = createDeployment(cluster, { replicas: 2 });
    cluster.advanceTo(2);
    const hash = podTemplateHash(spec.template);
    const replicaSet = cluster.get(REPLICA_SETS, `default/web-${hash}`);
    expect(replicaSet.spec.selector.matchLabels).toEqual({ app: "web", "pod-template-hash": hash });
    expect(podsOf(cluster).map(({ metadata }) => metadata.labels?.["pod-template-hash"])).toEqual([hash, hash]);
    expect(podsOf(cluster).every(({ metadata }) => metadata.name.startsWith(`web-${hash}-`))).toBe(true);
  });

  test("shares the pod spec of its template with its replica set", () => {
    const cluster = startWorkloads();
    const { spec } = createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(0.1);
    expect([...cluster.store.of(REPLICA_SETS).values()][0]?.spec.template?.spec).toBe(spec.template.spec);
  });

  test("that recreates makes no new pod before the last old one is gone", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 3, strategy: { type: "Recreate" } });
    cluster.advanceTo(2);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(2.08);
    expect(sizes(cluster)).toEqual(["0/0"]);
    expect(podsOf(cluster)).toHaveLength(3);
    cluster.advanceTo(4);
    expect(sizes(cluster)).toEqual(["0/0", "3/3"]);
    const added = cluster.lines.findIndex(({ kind, verb, t }) => kind === "Pod" && verb === "ADDED" && t > 2);
    const terminal = cluster.lines.slice(0, added).filter(({ kind, object, t }) => {
      return (
        kind === "Pod" && t > 2 && (object as unknown as { status: { phase: string } }).status.phase === "Succeeded"
      );
    });
    expect(new Set(terminal.map(({ name }) => name)).size).toBe(3);
    expect(progressing(cluster)).toBe('True NewReplicaSetAvailable: ReplicaSet "web-x" has successfully progressed.');
  });

  test("without progress within its deadline says so, once", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 2, progressDeadlineSeconds: 10 });
    cluster.advanceTo(2);
    setImage(cluster, BROKEN);
    cluster.advanceTo(11);
    expect(progressing(cluster)).toBe('True ReplicaSetUpdated: ReplicaSet "web-x" is progressing.');
    cluster.advanceTo(14);
    expect(progressing(cluster)).toBe('False ProgressDeadlineExceeded: ReplicaSet "web-x" has timed out progressing.');
    const before = cluster.lines.length;
    cluster.advanceTo(60);
    expect(cluster.lines.slice(before).filter(({ kind }) => kind === "Deployment")).toEqual([]);
  });

  test("that went back to an earlier template uses its replica set again, under a new revision", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 2 });
    cluster.advanceTo(2);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(6);
    setImage(cluster, "nginx");
    cluster.advanceTo(10);
    expect(sizes(cluster)).toEqual(["2/2", "0/0"]);
    const [first] = [...cluster.store.of(REPLICA_SETS).values()];
    expect(first?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/revision": "3",
      "deployment.kubernetes.io/revision-history": "1",
    });
    expect(web(cluster).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
  });

  test("counts revisions on exactly where they are larger than a number holds", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    const [first] = [...cluster.store.of(REPLICA_SETS).values()] as [ReplicaSet];
    const annotations = { ...first.metadata.annotations, "deployment.kubernetes.io/revision": "3546343826724305832" };
    must(cluster.client.update(REPLICA_SETS, { ...first, metadata: { ...first.metadata, annotations } }));
    setImage(cluster, "nginx:2");
    cluster.advanceTo(6);
    expect(web(cluster).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3546343826724305833");
  });

  test("rolled back by the old API's annotation returns to the revision before", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(5);
    const deployment = web(cluster);
    const annotations = { ...deployment.metadata.annotations, "deprecated.deployment.rollback.to": "0" };
    must(cluster.client.update(DEPLOYMENTS, { ...deployment, metadata: { ...deployment.metadata, annotations } }));
    cluster.advanceTo(8);
    expect(web(cluster).spec.template.spec?.containers[0]?.image).toBe("nginx");
    expect(web(cluster).metadata.annotations).not.toHaveProperty(["deprecated.deployment.rollback.to"]);
    expect(messages(cluster, "Deployment")).toContain('DeploymentRollback Rolled back deployment "web" to revision 1');
  });

  test("keeps as many old replica sets as its history limit says", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 1, revisionHistoryLimit: 1 });
    for (const [at, image] of ["a", "b", "c"].entries()) {
      cluster.advanceTo(3 * at + 3);
      setImage(cluster, image);
    }
    cluster.advanceTo(15);
    const kept = [...cluster.store.of(REPLICA_SETS).values()];
    expect(kept.map(({ spec }) => spec.template?.spec?.containers[0]?.image)).toEqual(["b", "c"]);
  });

  test("whose name for a replica set is taken counts the collision and takes another", () => {
    const cluster = startWorkloads();
    const hash = podTemplateHash({ ...template(), spec: createDeployment(startWorkloads()).spec.template.spec });
    createReplicaSet(
      cluster,
      { replicas: 0, selector: { matchLabels: { app: "other" } }, template: template("nginx", { app: "other" }) },
      `web-${hash}`,
    );
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    expect(web(cluster).status).toMatchObject({ collisionCount: 1, readyReplicas: 1 });
  });

  test("lets go of a replica set that it no longer selects", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    const [replicaSet] = [...cluster.store.of(REPLICA_SETS).values()];
    if (replicaSet === undefined) throw new Error("no replica set");
    must(
      cluster.client.update(REPLICA_SETS, {
        ...replicaSet,
        metadata: { ...replicaSet.metadata, labels: { app: "loose" } },
      }),
    );
    cluster.advanceTo(2.1);
    expect(cluster.get(REPLICA_SETS, `default/${replicaSet.metadata.name}`).metadata.ownerReferences).toBeUndefined();
  });

  test("shows the failure of its replica set to make pods", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    const [replicaSet] = [...cluster.store.of(REPLICA_SETS).values()];
    if (replicaSet === undefined) throw new Error("no replica set");
    const failure = {
      type: "ReplicaFailure",
      status: "True",
      reason: "FailedCreate",
      message: "no",
      lastTransitionTime: cluster.now,
    };
    must(
      cluster.client.updateStatus(REPLICA_SETS, {
        ...replicaSet,
        status: { ...replicaSet.status, conditions: [failure] },
      }),
    );
    cluster.advanceTo(2.1);
    const seen = cluster.lines.filter(({ kind, t }) => kind === "Deployment" && t >= 2);
    const [first, last] = seen.map(({ object }) => (object as Deployment).status.conditions?.at(-1));
    expect(first).toMatchObject({ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "no" });
    // The replica set, which makes its pods, takes it back.
    expect(last?.type).not.toBe("ReplicaFailure");
  });

  test("goes on after a restart in the middle of a rollout, as if nothing had happened", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 4 });
    cluster.advanceTo(2);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(2.3);
    cluster.stopControllers();
    cluster.advanceTo(3);
    cluster.startControllers();
    cluster.advanceTo(10);
    expect(sizes(cluster)).toEqual(["0/0", "4/4"]);
    expect(web(cluster).status).toMatchObject({
      replicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
      observedGeneration: 2,
    });
  });

  test("is scaled while it rolls out, and every pod is counted", () => {
    const cluster = startWorkloads();
    createDeployment(cluster, { replicas: 10 });
    cluster.advanceTo(2);
    setImage(cluster, BROKEN);
    cluster.advanceTo(4);
    change(cluster, DEPLOYMENTS, "web", { replicas: 20 });
    cluster.advanceTo(8);
    const { status } = web(cluster);
    expect(sizes(cluster)).toEqual(["15/15", "10/10"]);
    expect(status).toMatchObject({ replicas: 25, updatedReplicas: 10, readyReplicas: 15, unavailableReplicas: 10 });
    expect(cluster.store.of(PODS).size).toBe(25);
  });
});
