import { describe, expect, test } from "vitest";
import {
  DEPLOYMENTS,
  type Deployment,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
  type PodDisruptionBudget,
} from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { jobController } from "../../../simulator/resources/batch/job/controller.ts";
import { disruptionController } from "../../../simulator/resources/policy/poddisruptionbudget/controller.ts";
import { addNodes, fakeKubelet, readyPod } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";
import { createJob } from "./jobs.ts";
import {
  CONTROLLERS,
  change,
  create,
  createDeployment,
  createReplicaSet,
  messages,
  NODES_OF_TESTS,
  podsOf,
  template,
} from "./workloads.ts";

/** A cluster whose pods are ready at once. */
function start(): Cluster {
  const cluster = new Cluster([...CONTROLLERS, jobController, disruptionController]);
  cluster.addNamespace("default");
  addNodes(cluster, NODES_OF_TESTS, "z1");
  const plan = (_pod: Pod, nowMs: number) => ({ node: "n1", readyAtMs: nowMs + 100 });
  cluster.host.add(fakeKubelet({ plan, stopMs: 100, goneMs: 5000 }));
  cluster.startControllers();
  cluster.host.startProcess("fake-kubelet");
  return cluster;
}

function createBudget(cluster: Cluster, spec: JsonObject, name = "b"): void {
  const selector = { matchLabels: { app: "web" } };
  create(cluster, POD_DISRUPTION_BUDGETS, { metadata: { name, namespace: "default" }, spec: { selector, ...spec } });
}

const budget = (cluster: Cluster): PodDisruptionBudget => cluster.get(POD_DISRUPTION_BUDGETS, "default/b");

/** allowed, healthy, desired, expected. */
function counts(cluster: Cluster): (number | undefined)[] {
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = budget(cluster).status;
  return [disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods];
}

describe("a disruption budget", () => {
  test.each<[JsonObject, number[], string]>([
    [{ minAvailable: 3 }, [4, 7, 3, 7], "True SufficientPods"],
    [{ minAvailable: 7 }, [0, 7, 7, 7], "False InsufficientPods"],
    [{ minAvailable: 9 }, [0, 7, 9, 7], "False InsufficientPods"],
    [{ minAvailable: "50%" }, [3, 7, 4, 7], "True SufficientPods"],
    [{ minAvailable: "100%" }, [0, 7, 7, 7], "False InsufficientPods"],
    [{ maxUnavailable: 1 }, [1, 7, 6, 7], "True SufficientPods"],
    [{ maxUnavailable: 0 }, [0, 7, 7, 7], "False InsufficientPods"],
    [{ maxUnavailable: "30%" }, [3, 7, 4, 7], "True SufficientPods"],
    [{ maxUnavailable: 20 }, [7, 7, 0, 7], "True SufficientPods"],
    [{}, [0, 7, 0, 0], "False InsufficientPods"],
  ])("of %j counts", (spec, expected, condition) => {
    const cluster = start();
    createDeployment(cluster, { replicas: 7 });
    cluster.advanceTo(3);
    createBudget(cluster, spec);
    cluster.advanceTo(4);
    expect(counts(cluster)).toEqual(expected);
    const [{ type, status, reason, message } = {}] = budget(cluster).status.conditions ?? [];
    expect(`${type} ${status} ${reason}:${message}`).toBe(`DisruptionAllowed ${condition}:`);
    expect(budget(cluster).status.observedGeneration).toBe(1);
  });

  test("without pods allows nothing, and says so", () => {
    const cluster = start();
    createBudget(cluster, { minAvailable: 0 });
    cluster.advanceTo(1);
    expect(counts(cluster)).toEqual([0, 0, 0, 0]);
    expect(messages(cluster, "PodDisruptionBudget")).toEqual(["NoPods No matching pods found"]);
  });

  test("adds up the scales of all that control its pods, present or not", () => {
    const cluster = start();
    createDeployment(cluster, { replicas: 4 });
    createReplicaSet(cluster, {
      replicas: 2,
      selector: { matchLabels: { own: "rs" } },
      template: template("nginx", { app: "web", own: "rs" }),
    });
    cluster.advanceTo(3);
    createBudget(cluster, { maxUnavailable: "50%" });
    cluster.advanceTo(4);
    expect(counts(cluster)).toEqual([3, 6, 3, 6]);
    const [pod] = podsOf(cluster);
    must(cluster.client.updateStatus(PODS, readyPod(pod as never, false, cluster.now)));
    cluster.advanceTo(4.1);
    expect(counts(cluster)).toEqual([2, 5, 3, 6]);
    // As upstream: a scale is read again only when a pod changes.
    change(cluster, DEPLOYMENTS, "web", { replicas: 8 } as Partial<Deployment["spec"]>);
    cluster.advanceTo(8);
    expect(counts(cluster)).toEqual([4, 9, 5, 10]);
  });

  test("tells of pods that nobody controls, and leaves them out of a share", () => {
    const cluster = start();
    createDeployment(cluster, { replicas: 2 });
    create(cluster, PODS, {
      metadata: { name: "bare", namespace: "default", labels: { app: "web", x: "1" } },
      spec: template().spec,
    });
    createBudget(cluster, { maxUnavailable: 1, selector: { matchLabels: { app: "web" } } });
    cluster.advanceTo(3);
    expect(counts(cluster).slice(2)).toEqual([1, 2]);
    expect(messages(cluster, "PodDisruptionBudget").find((text) => text.startsWith("Unmanaged"))).toBe(
      'UnmanagedPods Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    );
  });

  test("allows nothing where a share of what has no scale is asked for", () => {
    const cluster = start();
    createJob(cluster, {
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "busybox" }], restartPolicy: "Never" },
      },
    });
    createBudget(cluster, { maxUnavailable: "50%" });
    cluster.advanceTo(3);
    const why = "jobs.batch does not implement the scale subresource";
    expect(budget(cluster).status.conditions).toMatchObject([{ status: "False", reason: "SyncFailed", message: why }]);
    const text = `CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${why}`;
    expect(messages(cluster, "PodDisruptionBudget")).toContain(text);
  });

  test("counts a pod that was to go again when it stays for two minutes", () => {
    const cluster = start();
    createDeployment(cluster, { replicas: 2 });
    createBudget(cluster, { minAvailable: 1 });
    cluster.advanceTo(3);
    const [pod] = podsOf(cluster);
    const name = pod?.metadata.name ?? "";
    const status = { ...budget(cluster).status, disruptionsAllowed: 0, disruptedPods: { [name]: cluster.now } };
    must(cluster.client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget(cluster), status }));
    cluster.advanceTo(4);
    expect(counts(cluster)).toEqual([0, 1, 1, 2]);
    cluster.advanceTo(122.5);
    expect(budget(cluster).status.disruptedPods).toBeDefined();
    cluster.advanceTo(124);
    expect(counts(cluster)).toEqual([1, 2, 1, 2]);
    expect(budget(cluster).status.disruptedPods).toBeUndefined();
    expect(messages(cluster, "Pod")).toContain(
      "NotDeleted Pod was expected by PDB default/default to be deleted but it wasn't",
    );
  });

  test("a pod that says it is to go and stays takes it back", () => {
    const cluster = start();
    createDeployment(cluster, { replicas: 1 });
    cluster.advanceTo(3);
    const [pod] = podsOf(cluster);
    if (pod === undefined) throw new Error("no pod");
    const target = {
      type: "DisruptionTarget",
      status: "True",
      reason: "EvictionByEvictionAPI",
      lastTransitionTime: cluster.now,
    };
    const conditions = [...(pod.status.conditions ?? []), target];
    must(cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } }));
    const said = () => podsOf(cluster)[0]?.status.conditions?.find(({ type }) => type === "DisruptionTarget")?.status;
    cluster.advanceTo(122);
    expect(said()).toBe("True");
    cluster.advanceTo(124);
    expect(said()).toBe("False");
  });

  test("beside another over the same pods is told of at each pod", () => {
    const cluster = start();
    createDeployment(cluster, { replicas: 1 });
    createBudget(cluster, { minAvailable: 1 });
    createBudget(cluster, { minAvailable: 1 }, "a");
    cluster.advanceTo(3);
    const [pod] = podsOf(cluster);
    expect(messages(cluster, "Pod")).toEqual([
      `MultiplePodDisruptionBudgets Pod "default"/"${pod?.metadata.name}" matches multiple PodDisruptionBudgets.  Chose "a" arbitrarily.`,
    ]);
  });
});
