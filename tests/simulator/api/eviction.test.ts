import { describe, expect, it } from "vitest";
import { type JsonObject, kubectl, kubectlApply } from "../../../simulator/index.ts";
import { deployment, startCluster, type TestCluster } from "../kubectl/cluster.ts";

const PODS = "/api/v1/namespaces/default/pods";
const BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";

type PodBody = {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
};

const podsOf = (cluster: TestCluster) => cluster.get(PODS).items as unknown as readonly PodBody[];
const budgetOf = (cluster: TestCluster) => cluster.get(`${BUDGETS}/web`).status as JsonObject;

async function start(spec: JsonObject, replicas = 3, probe = ""): Promise<TestCluster> {
  const cluster = startCluster();
  await kubectlApply(cluster.transport, deployment("web", replicas) + probe);
  cluster.advance(60_000);
  addBudget(cluster, spec);
  cluster.advance(1000);
  return cluster;
}

function addBudget(cluster: TestCluster, spec: JsonObject, name = "web"): void {
  const body = { metadata: { name }, spec: { selector: { matchLabels: { app: "web" } }, ...spec } };
  cluster.send({ method: "POST", path: BUDGETS, body });
}

function evict(cluster: TestCluster, name: string, deleteOptions?: JsonObject, query = "") {
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name },
    ...(deleteOptions && { deleteOptions }),
  };
  return cluster.simulation.request({ method: "POST", path: `${PODS}/${name}/eviction${query}`, body });
}

describe("pods/eviction", () => {
  it("takes a disruption off the budget, marks the pod and deletes it", async () => {
    const cluster = await start({ minAvailable: 2 });
    const [first, second] = podsOf(cluster);
    const answer = evict(cluster, first?.metadata.name ?? "");
    expect([answer.code, answer.body]).toEqual([
      201,
      { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
    ]);
    expect(budgetOf(cluster)).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { [first?.metadata.name ?? ""]: expect.anything() },
    });
    const going = cluster.get(`${PODS}/${first?.metadata.name}`) as unknown as PodBody;
    expect(going.metadata.deletionTimestamp).toBeDefined();
    expect(going.status.conditions).toContainEqual(
      expect.objectContaining({
        type: "DisruptionTarget",
        status: "True",
        reason: "EvictionByEvictionAPI",
        message: "Eviction API: evicting",
      }),
    );
    const refused = evict(cluster, second?.metadata.name ?? "");
    expect(refused.code).toBe(429);
    expect(refused.body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: VIOLATION,
      reason: "TooManyRequests",
      details: {
        causes: [
          { reason: "DisruptionBudget", message: "The disruption budget web needs 2 healthy pods and has 3 currently" },
        ],
      },
      code: 429,
    });
    cluster.advance(20_000);
    expect(budgetOf(cluster)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3 });
  });

  it("asks to come back while the budget's change is not seen yet", async () => {
    const cluster = await start({ minAvailable: 1 });
    cluster.send({
      method: "PATCH",
      path: `${BUDGETS}/web`,
      contentType: "application/merge-patch+json",
      body: { spec: { minAvailable: 2 } },
    });
    const { code, body } = evict(cluster, podsOf(cluster)[0]?.metadata.name ?? "");
    expect([code, body.details]).toEqual([
      429,
      {
        causes: [
          { reason: "DisruptionBudget", message: "The disruption budget web is still being processed by the server." },
        ],
        retryAfterSeconds: 10,
      },
    ]);
  });

  it("changes nothing in a dry run, and refuses as it would", async () => {
    const cluster = await start({ minAvailable: 2 });
    const [name = ""] = podsOf(cluster).map(({ metadata }) => metadata.name);
    expect(evict(cluster, name, undefined, "?dryRun=All").code).toBe(201);
    expect(evict(cluster, name, { dryRun: ["All"] }).code).toBe(201);
    expect(budgetOf(cluster)).toMatchObject({ disruptionsAllowed: 1 });
    expect(podsOf(cluster).every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true);
    evict(cluster, name);
    expect(evict(cluster, podsOf(cluster)[1]?.metadata.name ?? "", undefined, "?dryRun=All").code).toBe(429);
  });

  it("heeds the preconditions of the deletion", async () => {
    const cluster = await start({ minAvailable: 1 });
    const [pod] = podsOf(cluster);
    const { code, body } = evict(cluster, pod?.metadata.name ?? "", { preconditions: { uid: "other" } });
    expect(code).toBe(409);
    expect(body.message).toBe(
      `Operation cannot be fulfilled on Pod "${pod?.metadata.name}": the UID in the precondition (other) does not match the UID in record (${pod?.metadata.uid}). The object might have been deleted and then recreated`,
    );
    expect(evict(cluster, "nobody").code).toBe(404);
    const other = cluster.simulation.request({
      method: "POST",
      path: `${PODS}/${pod?.metadata.name}/eviction`,
      body: { metadata: { name: "x" } },
    });
    expect([other.code, other.body.message]).toEqual([400, "name in URL does not match name in Eviction object"]);
  });

  it("does not ask about pods that have ended, and cannot choose between two budgets", async () => {
    const cluster = await start({ minAvailable: 3 });
    const pod = {
      metadata: { name: "done", labels: { app: "web" } },
      spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1.36", command: ["true"] }] },
    };
    cluster.send({ method: "POST", path: PODS, body: pod });
    cluster.advance(20_000);
    expect(evict(cluster, "done").code).toBe(201);
    addBudget(cluster, { minAvailable: 1 }, "second");
    const { code, body } = evict(cluster, podsOf(cluster)[0]?.metadata.name ?? "");
    expect([code, body.message]).toEqual([
      500,
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    ]);
  });

  it.each<[string, number]>([
    ["IfHealthyBudget", 429],
    ["AlwaysAllow", 201],
  ])(
    "lets an unhealthy pod of a disrupted application go with the policy %s: %i",
    async (unhealthyPodEvictionPolicy, code) => {
      const cluster = await start({ minAvailable: 4, unhealthyPodEvictionPolicy });
      cluster.send({
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/default/deployments/web",
        contentType: "application/merge-patch+json",
        body: {
          spec: {
            template: {
              spec: {
                containers: [{ name: "nginx", image: "nginx:1.27", readinessProbe: { tcpSocket: { port: 9 } } }],
              },
            },
          },
        },
      });
      cluster.advance(30_000);
      const sick = podsOf(cluster).find(
        ({ status }) =>
          status.phase === "Running" &&
          status.conditions.some((each) => each.type === "Ready" && each.status === "False"),
      );
      expect(evict(cluster, sick?.metadata.name ?? "").code).toBe(code);
    },
  );
});

/** Ready only a while after they began. */
const SLOW = "        readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 8, periodSeconds: 1}\n";

describe("kubectl drain under a disruption budget", () => {
  it("waits for replacements, and asks again every 5 s: the timeline", async () => {
    const cluster = await start({ minAvailable: 5 }, 6, SLOW);
    const begun = cluster.simulation.nowMs;
    const at = () => ((cluster.simulation.nowMs - begun) / 1000).toFixed(1).padStart(5);
    const log: string[] = [];
    let last = "";
    const note = (text: string) => log.push(`${at()} s  ${text}`);
    const wait = async (ms: number) => {
      cluster.advance(ms);
      const { disruptionsAllowed, currentHealthy, expectedPods } = budgetOf(cluster);
      const text = `budget: ${disruptionsAllowed} allowed, ${currentHealthy} of ${expectedPods} healthy`;
      fewest = Math.min(fewest, Number(currentHealthy));
      if (text !== last) note(text);
      last = text;
    };
    const target = podsOf(cluster)[0]?.spec.nodeName ?? "";
    const leaving = podsOf(cluster).filter(({ spec }) => spec.nodeName === target);
    let fewest = 6;
    const transport: typeof cluster.transport = async (request) => {
      const response = await cluster.transport(request);
      if (request.path.endsWith("/eviction"))
        note(`evict ${request.path.split("/").at(-2)?.replace(/.*-/, "web-")}: ${response.code}`);
      return response;
    };
    const result = await kubectl(transport, ["drain", target, "--ignore-daemonsets", "--pod-selector=app=web"], {
      wait,
    });
    console.info([`Draining ${target} under a budget (minAvailable 5 of 6):`, ...log].join("\n"));
    expect(result.exit).toBe(0);
    expect(result.stdout.at(-1)).toBe(`node/${target} drained`);
    expect(fewest).toBe(5);
    expect(leaving.length).toBeGreaterThan(1);
    expect(result.stderr.filter((text) => text.includes("(will retry after 5s)")).length).toBeGreaterThan(0);
    expect(podsOf(cluster).some(({ spec }) => spec.nodeName === target)).toBe(false);
    const refusals = log.filter((line) => line.endsWith(": 429"));
    const grants = log.filter((line) => line.endsWith(": 201"));
    expect(grants).toHaveLength(leaving.length);
    expect(refusals.length).toBeGreaterThanOrEqual(leaving.length - 1);
  });
});
