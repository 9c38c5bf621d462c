import { describe, expect, it } from "vitest";
import { APPS, BATCH, HOME, type Loose, Play, pod, template } from "./play.ts";

/** What the conformance tests of status and scale subresources do: "… should validate … Status endpoints" and the like. */

const time = "2026-01-01T00:05:00Z";
const condition = (type: string) => ({ type, status: "True", reason: "E2E", message: "Set by a test" });
const typesOf = ({ status }: Loose): string[] => (status.conditions ?? []).map(({ type }: Loose) => type);
const workload = (name: string, more: object = {}) => ({
  metadata: { name, labels: { kind: name } },
  spec: { selector: { matchLabels: { app: name } }, template: template({ app: name }), ...more },
});

describe.each([
  ["deployments", workload("d", { replicas: 1 })],
  ["replicasets", workload("rs", { replicas: 1 })],
  ["statefulsets", workload("ss", { replicas: 1, serviceName: "t" })],
  ["daemonsets", workload("ds")],
])("%s", (resource, object) => {
  const play = new Play();
  const all = `${APPS}/${resource}`;
  const path = `${all}/${object.metadata.name}`;

  it("take a status that is read, replaced and patched, and keep conditions that they do not know", () => {
    play.create(all, object);
    play.wait(8000);
    const { metadata, spec, status, ...rest } = play.get(`${path}/status`);
    const conditions = [...(status.conditions ?? []), condition("StatusUpdate")];
    const answer = play.replace(`${path}/status`, { ...rest, metadata, spec, status: { ...status, conditions } });
    expect(typesOf(answer)).toContain("StatusUpdate");
    play.wait(2000);
    expect(typesOf(play.get(path))).toContain("StatusUpdate");
    const patched = play.merge(`${path}/status`, { status: { conditions: [condition("StatusPatched")] } });
    expect(typesOf(patched)).toEqual(["StatusPatched"]);
  });

  // Daemon sets have as many pods as there are nodes: no scale.
  const scaled = resource === "daemonsets" ? [] : [path];
  it.each(scaled)("have a scale that is read, replaced and patched: %s", () => {
    const { metadata, ...scale } = play.get(`${path}/scale`);
    expect(scale.spec.replicas).toBe(1);
    const { resourceVersion: _, ...unconditional } = metadata;
    expect(
      play.replace(`${path}/scale`, { ...scale, metadata: unconditional, spec: { replicas: 2 } }).spec.replicas,
    ).toBe(2);
    play.merge(`${path}/scale`, { spec: { replicas: 4 } });
    expect(play.get(path).spec.replicas).toBe(4);
  });

  it("are listed everywhere, patched and deleted by their labels", () => {
    const selector = `labelSelector=kind%3D${object.metadata.name}`;
    expect(play.list(`/apis/apps/v1/${resource}?${selector}`)).toHaveLength(1);
    play.patch(path, { metadata: { labels: { test: "patched" } } });
    play.remove(`${all}?labelSelector=test%3Dpatched`);
    play.until("it is gone", () => play.list(all).length === 0);
  });
});

describe("other statuses", () => {
  it("of a service: addresses by patch, conditions by replacement", () => {
    const play = new Play();
    const path = `${HOME}/services/t`;
    play.create(`${HOME}/services`, { metadata: { name: "t" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    const loadBalancer = { ingress: [{ ip: "203.0.113.1" }] };
    const metadata = { annotations: { patchedstatus: "true" } };
    const patched = play.merge(`${path}/status`, { metadata, status: { loadBalancer } });
    expect(patched).toMatchObject({ metadata, status: { loadBalancer } });
    const conditions = [{ ...condition("StatusUpdate"), lastTransitionTime: time }];
    const answer = play.replace(`${path}/status`, { ...patched, status: { ...patched.status, conditions } });
    expect(answer.status).toMatchObject({ loadBalancer, conditions });
  });

  it("of a job: suspended, patched, replaced, run, its status kept, deleted by its label", () => {
    const play = new Play();
    const path = `${BATCH}/jobs/j`;
    const spec = { suspend: true, template: template({}, { command: ["sleep", "100000"], image: "busybox" }) };
    play.create(`${BATCH}/jobs`, {
      metadata: { name: "j", labels: { job: "j" } },
      spec: { ...spec, template: { spec: { ...spec.template.spec, restartPolicy: "Never" } } },
    });
    play.patch(path, { metadata: { labels: { j: "patched" } } });
    const job = play.get(path);
    play.replace(path, { ...job, spec: { ...job.spec, suspend: false } });
    play.until("its pod is ready", () => play.get(path).status.ready === 1);
    const conditions = [{ ...condition("CustomConditionType"), lastTransitionTime: time }];
    play.merge(`${path}/status`, { status: { conditions } });
    play.wait(3000);
    expect(typesOf(play.get(`${path}/status`))).toContain("CustomConditionType");
    play.remove(`${BATCH}/jobs?labelSelector=job%3Dj&propagationPolicy=Background`);
    play.until("it is gone", () => play.isGone(path));
  });

  it("of a cron job", () => {
    const play = new Play();
    const path = `${BATCH}/cronjobs/c`;
    const jobTemplate = { spec: { template: { spec: { ...template({}).spec, restartPolicy: "OnFailure" } } } };
    play.create(`${BATCH}/cronjobs`, { metadata: { name: "c" }, spec: { schedule: "0 0 1 1 *", jobTemplate } });
    expect(play.merge(`${path}/status`, { status: { lastScheduleTime: time } }).status.lastScheduleTime).toBe(time);
    const cron = play.get(`${path}/status`);
    const later = "2026-01-01T00:06:00Z";
    expect(play.replace(`${path}/status`, { ...cron, status: { lastScheduleTime: later } }).status).toEqual({
      lastScheduleTime: later,
    });
  });

  it("of a disruption budget: pods that are about to be disrupted", () => {
    const play = new Play();
    const all = "/apis/policy/v1/namespaces/e2e/poddisruptionbudgets";
    play.create(all, {
      metadata: { name: "foo" },
      spec: { minAvailable: "1%", selector: { matchLabels: { a: "b" } } },
    });
    play.until("it was looked at", () => play.get(`${all}/foo`).status.observedGeneration === 1);
    play.patch(`${all}/foo`, { spec: { minAvailable: "3%" } });
    const budget = play.get(`${all}/foo/status`);
    const status = { ...budget.status, disruptedPods: { "pod-0": time } };
    expect(play.replace(`${all}/foo/status`, { ...budget, status }).status.disruptedPods).toEqual({ "pod-0": time });
    const patched = play.patch(`${all}/foo/status`, { status: { disruptedPods: { "pod-1": time } } });
    expect(Object.keys(patched.status.disruptedPods)).toEqual(["pod-0", "pod-1"]);
  });

  it("of a replication controller, which its controller puts right", () => {
    const play = new Play();
    const path = `${HOME}/replicationcontrollers/rc`;
    const spec = { replicas: 1, selector: { app: "rc" }, template: template({ app: "rc" }) };
    play.create(`${HOME}/replicationcontrollers`, { metadata: { name: "rc" }, spec });
    const isReady = () => play.get(path).status.readyReplicas === 1;
    play.until("it is ready", isReady);
    play.merge(`${path}/status`, { status: { readyReplicas: 0, availableReplicas: 0 } });
    play.until("its status is right again", isReady);
    play.patch(`${path}/scale`, { spec: { replicas: 2 } });
    play.until("two are available", () => play.get(path).status.availableReplicas === 2);
  });

  it("of a volume and its claim, from their making to their deletion by label", () => {
    const play = new Play();
    const [pv, pvc] = ["/api/v1/persistentvolumes", `${HOME}/persistentvolumeclaims`];
    const labels = { pool: "e2e" };
    const shared = { storageClassName: "test", accessModes: ["ReadWriteOnce"] };
    play.create(pv, {
      metadata: { name: "v", labels },
      spec: { ...shared, capacity: { storage: "2Gi" }, csi: { driver: "e2e-driver", volumeHandle: "x" } },
    });
    play.create(pvc, {
      metadata: { name: "c", labels },
      spec: { ...shared, resources: { requests: { storage: "1Gi" } } },
    });
    play.until("they are bound", () => play.get(`${pvc}/c`).status.phase === "Bound");
    play.merge(`${pvc}/c/status`, { status: { conditions: [condition("StatusPatched")] } });
    const words = { message: "StatusPatched", reason: "E2E" };
    expect(play.merge(`${pv}/v/status`, { status: words }).status).toMatchObject(words);
    play.wait(3000);
    expect(typesOf(play.get(`${pvc}/c/status`))).toEqual(["StatusPatched"]);
    play.remove(`${pvc}?labelSelector=pool%3De2e`);
    play.until("the claim is gone", () => play.isGone(`${pvc}/c`));
    play.until("the volume is released", () => play.get(`${pv}/v`).status.phase === "Released");
    play.remove(`${pv}?labelSelector=pool%3De2e`);
    play.until("the volume is gone", () => play.isGone(`${pv}/v`));
  });

  it("of an attachment that nobody but its maker knows, which stays", () => {
    const play = new Play();
    const all = "/apis/storage.k8s.io/v1/volumeattachments";
    const spec = { attacher: "e2e.example.com", nodeName: "node-1", source: { persistentVolumeName: "none" } };
    play.create(all, { metadata: { name: "va" }, spec });
    play.wait(10_000);
    expect(play.get(`${all}/va/status`).status.attached).toBe(false);
    expect(play.merge(`${all}/va/status`, { status: { attached: true } }).status.attached).toBe(true);
    play.remove(`${all}/va`);
    play.until("it is gone", () => play.isGone(`${all}/va`));
  });

  it("of a pod: replaced and patched while it runs", () => {
    const play = new Play();
    const path = `${HOME}/pods/p`;
    play.create(`${HOME}/pods`, pod("p"));
    play.until("it runs", () => play.get(path).status.phase === "Running");
    const now = play.get(`${path}/status`);
    const conditions = now.status.conditions.map((one: Loose) =>
      one.type === "Ready" ? { ...one, status: "False" } : one,
    );
    const answer = play.replace(`${path}/status`, { ...now, status: { ...now.status, conditions } });
    expect(answer.status.conditions.find(({ type }: Loose) => type === "Ready").status).toBe("False");
    const words = { message: "Patched by e2e test", reason: "E2E" };
    expect(play.merge(`${path}/status`, { status: words }).status).toMatchObject(words);
  });
});
