import { beforeEach, describe, expect, it } from "vitest";
import { type JsonObject, kubectl, kubectlApply } from "../../../simulator/index.ts";
import { configMap, deployment, podOn, startCluster, type TestCluster } from "./cluster.ts";

let cluster: TestCluster;
beforeEach(() => {
  cluster = startCluster();
});

const apply = async (...texts: string[]) => {
  const { results } = await kubectlApply(cluster.transport, texts.join("---\n"));
  for (const { ok, message } of results) if (!ok) throw new Error(message);
};
const words = (line: string) => line.split(" ").filter((word) => word !== "");
const output = (...stdout: string[]) => ({ stdout, stderr: [], exit: 0 });
const refused = (...stderr: string[]) => ({ stdout: [], stderr, exit: 1 });
const names = (path: string) =>
  ((cluster.get(path).items ?? []) as readonly { readonly metadata: { readonly name: string } }[]).map(
    ({ metadata }) => metadata.name,
  );
const DEFAULT_PODS = "/api/v1/namespaces/default/pods";

describe("kubectl delete", () => {
  const remove = (flags: string, ...resources: string[]) =>
    kubectl(cluster.transport, ["delete", ...resources, ...words(flags)], { wait: cluster.wait });

  it("deletes by type and names, in any form", async () => {
    await apply(configMap("a"), configMap("b"), configMap("c"));
    expect(await remove("--wait=false", "cm", "a")).toEqual(output('configmap "a" deleted from default namespace'));
    expect(await remove("", "ConfigMap/b", "configmaps/c")).toEqual(
      output('configmap "b" deleted from default namespace', 'configmap "c" deleted from default namespace'),
    );
  });

  it("goes on after one that is not there", async () => {
    await apply(configMap("b"));
    expect(await remove("", "cm", "a", "b")).toEqual({
      stdout: ['configmap "b" deleted from default namespace'],
      stderr: ['Error from server (NotFound): configmaps "a" not found'],
      exit: 1,
    });
  });

  it("deletes by selector, in all namespaces too", async () => {
    await apply(configMap("a"), configMap("b").replace("tier: a", "tier: b"));
    expect(await remove("-l=tier=a", "cm")).toEqual(output('configmap "a" deleted from default namespace'));
    await apply(configMap("c").replace("metadata:", "metadata:\n  namespace: kube-public"));
    expect((await remove("-l tier -A", "cm")).stdout).toEqual([
      'configmap "b" deleted from default namespace',
      'configmap "c" deleted from kube-public namespace',
    ]);
    expect(await remove("-l a==b==c", "cm")).toMatchObject({ stdout: [], exit: 1 });
  });

  it("waits until a pod has stopped, with the grace it was given", async () => {
    await apply(podOn("node-1", "slow").replace("GracePeriodSeconds: 1", "GracePeriodSeconds: 30"));
    cluster.advance(30_000);
    const started = cluster.simulation.nowMs;
    expect(await remove("", "pod", "slow")).toEqual(output('pod "slow" deleted from default namespace'));
    expect(names(DEFAULT_PODS)).toEqual([]);
    const tookMs = cluster.simulation.nowMs - started;
    expect(tookMs).toBeGreaterThanOrEqual(30_000);
    expect(tookMs).toBeLessThan(34_000);
  });

  it("hurries with --now, and forces with --force", async () => {
    await apply(podOn("node-1", "a").replace("Seconds: 1", "Seconds: 30"), podOn("node-1", "b"));
    cluster.advance(30_000);
    const started = cluster.simulation.nowMs;
    await remove("--now", "pod", "a");
    expect(cluster.simulation.nowMs - started).toBeLessThan(5000);
    expect(await remove("--force --wait=false", "pod", "b")).toEqual({
      stdout: ['pod "b" force deleted from default namespace'],
      stderr: [
        "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
      ],
      exit: 0,
    });
    expect(names(DEFAULT_PODS)).toEqual([]);
  });

  it("gives up waiting after its time", async () => {
    const held = configMap("held").replace("metadata:", "metadata:\n  finalizers: [example.com/hold]");
    await apply(held);
    expect(await remove("--timeout=3s", "cm", "held")).toEqual({
      stdout: ['configmap "held" deleted from default namespace'],
      stderr: ["error: timed out waiting for the condition on configmaps/held"],
      exit: 1,
    });
  });

  it.each([
    ["--now --grace-period=3", "error: --now and --grace-period cannot be specified together"],
    ["--force --grace-period=3", "error: --force and --grace-period greater than 0 cannot be specified together"],
    ["--all -l a", "error: setting 'all' parameter but found a non empty selector. "],
  ])("refuses %j", async (options, message) => {
    expect(await remove(options, "pods")).toEqual(refused(message));
  });

  it.each([
    [["gizmo", "a"], `error: the server doesn't have a resource type "gizmo"`],
    [["pod"], "error: resource(s) were provided, but no name was specified"],
    [["pod/a/b"], /^error: /],
    [["pod/a", "b"], /^error: there is no need to specify a resource type as a separate argument/],
  ])("refuses %j", async (resources, message) => {
    const { stderr, exit } = await remove("", ...resources);
    expect(exit).toBe(1);
    expect(stderr.join("\n")).toMatch(message);
  });

  it("warns when a namespace is given for what has none", async () => {
    const result = await remove("-n default", "node/nope");
    expect(result.stderr).toEqual([
      "Warning: deleting cluster-scoped resources, not scoped to the provided namespace",
      'Error from server (NotFound): nodes "nope" not found',
    ]);
  });
});

describe("kubectl scale", () => {
  const scale = (replicas: number, flags: string, ...resources: string[]) =>
    kubectl(cluster.transport, ["scale", ...resources, `--replicas=${replicas}`, ...words(flags)], {
      wait: cluster.wait,
    });
  const replicas = () => (cluster.get("/apis/apps/v1/namespaces/default/deployments/web").spec as JsonObject).replicas;

  it("sets the number of replicas", async () => {
    await apply(deployment("web", 1));
    expect(await scale(3, "", "deploy/web")).toEqual(output("deployment.apps/web scaled"));
    expect(replicas()).toBe(3);
    expect(await scale(0, "-l app=web", "deployments.apps")).toEqual(output("deployment.apps/web scaled"));
    expect(replicas()).toBe(0);
  });

  it("scales only what is as expected", async () => {
    await apply(deployment("web", 1));
    expect(await scale(3, "--current-replicas=2", "deploy", "web")).toEqual(
      refused("error: Expected replicas to be 2, was 1"),
    );
    expect(await scale(3, "--current-replicas=1", "deploy", "web")).toEqual(output("deployment.apps/web scaled"));
    expect((await scale(4, "--resource-version=1", "deploy", "web")).stderr[0]).toMatch(
      /^error: Expected resource version to be 1, was \d+$/,
    );
    expect(replicas()).toBe(3);
  });

  it("waits until the pods are there", async () => {
    await apply(deployment("web", 1));
    await scale(3, "--timeout=60s", "deploy/web");
    expect(cluster.get("/apis/apps/v1/namespaces/default/deployments/web/scale").status).toMatchObject({ replicas: 3 });
  });

  it("refuses what can't be", async () => {
    expect(await scale(-1, "", "deploy/web")).toEqual(
      refused("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"),
    );
    expect(await scale(1, "", "deploy/web")).toEqual(
      refused('Error from server (NotFound): deployments.apps "web" not found'),
    );
    expect(await scale(1, "--all", "deploy")).toEqual(refused("error: no objects passed to scale"));
    await apply(podOn("node-1", "alone"));
    expect((await scale(2, "", "pod/alone")).exit).toBe(1);
  });
});

describe("kubectl drain", () => {
  const drain = (podSelector: string, ...nodes: string[]) =>
    kubectl(cluster.transport, ["drain", ...nodes, `--pod-selector=${podSelector}`], { wait: cluster.wait });

  it("says all that stands in the way, and leaves the pods alone", async () => {
    const owned = podOn("node-1", "agent").replace(
      "metadata:",
      "metadata:\n  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}]",
    );
    await apply(podOn("node-1", "bare"), podOn("node-1", "local", "  volumes: [{name: data, emptyDir: {}}]\n"), owned);
    const { stdout, stderr, exit } = await drain("app", "node-1");
    expect({ stdout, exit }).toEqual({ stdout: ["node/node-1 cordoned"], exit: 1 });
    expect(stderr[0]).toMatch(/^error: unable to drain node "node-1" due to error: \[cannot delete /);
    const problems = [
      "cannot delete Pods that declare no controller (use --force to override): default/bare",
      "cannot delete Pods with local storage (use --delete-emptydir-data to override): default/local",
    ];
    for (const problem of problems) expect(stderr.join("\n")).toContain(problem);
    expect(stderr.slice(1, 3)).toEqual(["There are pending nodes to be drained:", " node-1"]);
  });

  it("evicts and waits until the pods are gone", async () => {
    await apply(deployment("web", 6));
    cluster.advance(60_000);
    const on = (node: string) => names(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}&labelSelector=app`);
    const before = on("node-2");
    expect(before.length).toBeGreaterThan(0);
    const { stdout, exit } = await drain("app", "node-2");
    expect(exit).toBe(0);
    expect(stdout).toEqual([
      "node/node-2 cordoned",
      ...before.map((name) => `evicting pod default/${name}`),
      ...before.map((name) => `pod/${name} evicted`),
      "node/node-2 drained",
    ]);
    cluster.advance(60_000);
    expect(on("node-2")).toEqual([]);
    expect(names(DEFAULT_PODS)).toHaveLength(6);
  });

  it("leaves mirror pods alone", async () => {
    const result = await drain("tier=control-plane", "control-plane");
    expect(result).toEqual(output("node/control-plane cordoned", "node/control-plane drained"));
  });

  it("asks again when a disruption budget holds a pod, and gives up after its time", async () => {
    await apply(podOn("node-1", "held"));
    let asked = 0;
    const holding: typeof cluster.transport = async (request) => {
      if (!request.path.endsWith("/eviction")) return cluster.transport(request);
      asked += 1;
      const message = "Cannot evict pod as it would violate the pod's disruption budget.";
      return { code: 429, body: { reason: "TooManyRequests", message }, warnings: [] };
    };
    const line = "drain node-1 --force --pod-selector=app --timeout=12s";
    const { stderr, exit } = await kubectl(holding, words(line), { wait: cluster.wait });
    expect({ asked, exit }).toEqual({ asked: 3, exit: 1 });
    expect(stderr).toContain(
      `error when evicting pods/"held" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`,
    );
    expect(stderr.at(-1)).toBe('error when evicting pods/"held" -n "default": global timeout reached: 12s');
  });
});
