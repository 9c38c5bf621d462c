import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/index.ts";

const GROUP = "/apis/simulation.tabernetes.dev/v1alpha1";
const WAITS = `${GROUP}/namespaces/default/waits`;
const PODS = "/api/v1/namespaces/default/pods";
const PAUSE = "registry.k8s.io/pause:3.10";

interface Item {
  readonly reason: string;
  readonly message: string;
  readonly by: string;
  readonly since?: string;
  readonly until?: string;
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly [field: string]: unknown;
}

function pod(name: string, container: Container, spec: object = {}) {
  const containers = [{ name: "c", image: PAUSE, ...container }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers, ...spec } };
}

const begun = Simulation.start({ workers: 2 });
begun.advanceTo(60_000);

class Cluster {
  readonly simulation = begun.fork();

  send(method: "POST" | "PATCH" | "DELETE", path: string, body?: object) {
    const answer = this.simulation.request({
      method,
      path,
      ...(body && { body: body as JsonObject }),
      ...(method === "PATCH" && { contentType: "application/merge-patch+json" }),
    });
    expect(answer.code, JSON.stringify(answer.body)).toBeLessThan(300);
  }

  items(name: string): readonly Item[] {
    const { code, body } = this.simulation.request({ method: "GET", path: `${WAITS}/${name}` });
    return code === 404 ? [] : (body as unknown as { items: Item[] }).items;
  }

  item(name: string, reason: string): Item | undefined {
    return this.items(name).find((item) => item.reason === reason);
  }

  /** Milliseconds from now until an item is over. */
  leftMs({ until }: Item): number {
    return Date.parse(until ?? "") - this.simulation.options.startEpochMs - this.simulation.nowMs;
  }

  /** Goes on by 10 ms until the object waits for this. */
  until(name: string, reason: string, limitMs = 60_000): Item {
    for (const endMs = this.simulation.nowMs + limitMs; this.simulation.nowMs < endMs; this.by(10)) {
      const item = this.item(name, reason);
      if (item !== undefined) return item;
    }
    throw new Error(`${name} never waited for ${reason}`);
  }

  by(ms: number): void {
    this.simulation.advanceTo(this.simulation.nowMs + ms);
  }

  condition(path: string, type: string): string | undefined {
    const { body } = this.simulation.request({ method: "GET", path });
    const { status } = body as unknown as { status: { conditions?: { type: string; status: string }[] } };
    return status.conditions?.find((condition) => condition.type === type)?.status;
  }
}

describe("waits", () => {
  it("of a pod: its image is pulled until then, and it runs soon after", () => {
    const cluster = new Cluster();
    cluster.send("POST", PODS, pod("web", { image: "nginx:1.27" }));
    const pull = cluster.until("pods.web", "ImagePull");
    expect(pull.message).toContain("image nginx:1.27 is pulled");
    expect(pull.by).toMatch(/^kubelet\/node-\d$/);
    const left = cluster.leftMs(pull);
    expect(left).toBeGreaterThan(500);
    cluster.by(left + 1000);
    expect(cluster.items("pods.web")).toEqual([]);
  });

  it("of a pod: its crash back-off, and its container starts at the first look after that", () => {
    const cluster = new Cluster();
    cluster.send("POST", PODS, pod("crash", { image: "busybox:1.37", command: ["false"] }));
    const first = cluster.until("pods.crash", "CrashLoopBackOff");
    expect(first.by).toMatch(/^kubelet/);
    const restarts = () => {
      const { body } = cluster.simulation.request({ method: "GET", path: `${PODS}/crash` });
      const { status } = body as unknown as { status: { containerStatuses: { restartCount: number }[] } };
      return status.containerStatuses[0]?.restartCount ?? 0;
    };
    const before = restarts();
    cluster.by(cluster.leftMs(first) - 1);
    expect(restarts()).toBe(before);
    cluster.by(16_000);
    expect(restarts()).toBe(before + 1);
  });

  it("of a pod: the next run of its readiness probe, first after the initial delay", () => {
    const cluster = new Cluster();
    const readinessProbe = { tcpSocket: { port: 81 }, initialDelaySeconds: 20, periodSeconds: 7 };
    cluster.send("POST", PODS, pod("slow", { image: "nginx:1.27", readinessProbe }));
    const first = cluster.until("pods.slow", "ReadinessProbe");
    expect(first.message).toContain("after an initial delay of 20 s");
    expect(cluster.leftMs(first)).toBeGreaterThan(19_000);
    cluster.by(cluster.leftMs(first) + 100);
    const next = cluster.item("pods.slow", "ReadinessProbe");
    expect(next?.message).toContain("failed 1 times in a row");
    expect(next && cluster.leftMs(next)).toBeLessThanOrEqual(7000);
  });

  it("of a pod that is deleted: its grace, whatever its program would do", () => {
    const cluster = new Cluster();
    const command = ["sh", "-c", "trap '' TERM; sleep 3600"];
    const stubborn = pod("stubborn", { image: "busybox:1.37", command: ["sleep", "3600"] });
    cluster.send("POST", PODS, {
      ...stubborn,
      metadata: { name: "stubborn", annotations: { was: command.join(" ") } },
    });
    cluster.by(20_000);
    cluster.send("DELETE", `${PODS}/stubborn`);
    const grace = cluster.until("pods.stubborn", "TerminationGrace", 2000);
    expect(cluster.leftMs(grace)).toBeGreaterThan(29_000);
    expect(cluster.item("pods.stubborn", "Deletion")?.by).toBe("kube-apiserver");
    cluster.by(cluster.leftMs(grace) + 3000);
    expect(cluster.items("pods.stubborn")).toEqual([]);
  });

  it("of a pod that no node takes: who rejects it, and when it is tried again at the latest", () => {
    const cluster = new Cluster();
    cluster.send("POST", PODS, pod("huge", { resources: { requests: { cpu: "500" } } }));
    cluster.by(1000);
    const wait = cluster.item("pods.huge", "Unschedulable");
    expect(wait?.by).toBe("kube-scheduler");
    expect(wait?.message).toContain("NodeResourcesFit");
    expect(wait && cluster.leftMs(wait)).toBeGreaterThan(299_000);
    expect(wait && cluster.leftMs(wait)).toBeLessThanOrEqual(331_000);
  });

  it("of a node whose machine is off: its lease, until it is marked Unknown; then of its pods, their tolerations", () => {
    const cluster = new Cluster();
    cluster.send("POST", PODS, pod("web", {}, { nodeName: "node-1" }));
    cluster.by(10_000);
    const fault = { type: "NodeCrash", target: { kind: "Node", name: "node-1" } };
    cluster.send("POST", `${GROUP}/faults`, {
      apiVersion: "simulation.tabernetes.dev/v1alpha1",
      kind: "Fault",
      metadata: { name: "dark" },
      spec: fault,
    });
    const lease = cluster.until("nodes.node-1", "NodeLease");
    const left = cluster.leftMs(lease);
    expect(left).toBeLessThanOrEqual(50_000);
    cluster.by(left - 100);
    expect(cluster.condition("/api/v1/nodes/node-1", "Ready")).toBe("True");
    cluster.by(5200);
    expect(cluster.condition("/api/v1/nodes/node-1", "Ready")).toBe("Unknown");
    expect(cluster.item("nodes.node-1", "NodeLease")).toBeUndefined();
    const toleration = cluster.until("pods.web", "TaintToleration", 10_000);
    const evictedMs = cluster.leftMs(toleration);
    expect(evictedMs).toBeGreaterThan(280_000);
    cluster.by(evictedMs - 100);
    expect(cluster.item("pods.web", "Deletion")).toBeUndefined();
    cluster.by(200);
    expect(cluster.item("pods.web", "Deletion")).toBeDefined();
  });

  it("of a rollout that does not get on: its progress deadline", () => {
    const cluster = new Cluster();
    const labels = { app: "stuck" };
    const containers = [{ name: "c", image: PAUSE, resources: { requests: { cpu: "500" } } }];
    const spec = {
      replicas: 2,
      progressDeadlineSeconds: 60,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    const path = "/apis/apps/v1/namespaces/default/deployments";
    cluster.send("POST", path, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "stuck" }, spec });
    cluster.by(5000);
    const wait = cluster.item("deployments.apps.stuck", "ProgressDeadline");
    expect(wait?.message).toContain("0 of 2 replicas are available");
    cluster.by(wait === undefined ? 0 : cluster.leftMs(wait) + 2100);
    expect(cluster.condition(`${path}/stuck`, "Progressing")).toBe("False");
    expect(cluster.items("deployments.apps.stuck").map(({ reason }) => reason)).toEqual(["Replicas"]);
  });

  it("of jobs and cron jobs: the next pod after a failure, the next run", () => {
    const cluster = new Cluster();
    const spec = { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1.37", command: ["false"] }] };
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "fails" }, spec: { template: { spec } } };
    cluster.send("POST", "/apis/batch/v1/namespaces/default/jobs", job);
    const backOff = cluster.until("jobs.batch.fails", "JobBackOff");
    expect(cluster.leftMs(backOff)).toBeGreaterThan(5000);
    cluster.send("POST", "/apis/batch/v1/namespaces/default/cronjobs", {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "hourly" },
      spec: { schedule: "0 * * * *", jobTemplate: { spec: { template: { spec } } } },
    });
    cluster.by(1000);
    const next = cluster.item("cronjobs.batch.hourly", "NextRun");
    expect(next?.until).toMatch(/T\d\d:00:00/);
  });

  it("of a machine on its way, and of pods that have to be ready for a while", () => {
    const cluster = new Cluster();
    cluster.send("POST", `${GROUP}/nodegroups`, {
      apiVersion: "simulation.tabernetes.dev/v1alpha1",
      kind: "NodeGroup",
      metadata: { name: "more" },
      spec: { desiredSize: 1, startupSeconds: 45 },
    });
    cluster.by(5000);
    const start = cluster.item("nodegroups.simulation.tabernetes.dev.more", "MachineStart");
    expect(start?.message).toContain("more-1");
    expect(start && cluster.leftMs(start)).toBeGreaterThan(39_000);
    const labels = { app: "late" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: PAUSE }] } };
    cluster.send("POST", "/apis/apps/v1/namespaces/default/replicasets", {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "late" },
      spec: { replicas: 1, minReadySeconds: 20, selector: { matchLabels: labels }, template },
    });
    const ready = cluster.until("replicasets.apps.late", "MinReadySeconds");
    expect(ready.by).toBe("replicaset-controller");
    expect(cluster.leftMs(ready)).toBeGreaterThan(15_000);
    cluster.by(cluster.leftMs(ready) + 1000);
    expect(cluster.items("replicasets.apps.late")).toEqual([]);
  });

  it("are a table with the time that is left, and change nothing", () => {
    const cluster = new Cluster();
    cluster.send("POST", PODS, pod("slow", { readinessProbe: { tcpSocket: { port: 81 }, periodSeconds: 30 } }));
    cluster.by(20_000);
    const before = JSON.stringify(cluster.simulation.snapshot());
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = cluster.simulation.request({ method: "GET", path: WAITS, accept });
    const rows = (body as unknown as { rows: { cells: string[] }[] }).rows.map(({ cells }) => cells);
    const row = rows.find(([name]) => name === "pods.slow");
    expect(row?.[1]).toBe("ReadinessProbe");
    expect(row?.[2]).toMatch(/^\d+s$/);
    expect(JSON.stringify(cluster.simulation.snapshot())).toBe(before);
  });
});
