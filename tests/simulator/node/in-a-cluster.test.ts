import { describe, expect, it } from "vitest";
import { EVENTS, type Event, NODES, type Node, PODS, type Pod } from "../../../simulator/api/refs.ts";
import { canonicalJson, type JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/simulation.ts";

function post(simulation: Simulation, path: string, body: JsonObject): void {
  const { code, body: answer } = simulation.request({
    method: "POST",
    path,
    body: JSON.stringify(body),
    headers: {},
  } as never);
  expect([code, code < 300 ? "" : JSON.stringify(answer)]).toEqual([201, ""]);
}

const deployment = (name: string, replicas: number): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: "c", image: "ghcr.io/tabernetes/ml-model:1.0" }],
        serviceAccountName: "tests",
        // So that these tests are about kubelets alone: whoever takes a new node's taint away may take its time.
        tolerations: [{ key: "node.kubernetes.io/not-ready", operator: "Exists" }],
      },
    },
  },
});

/** A cluster that has come up, with what the pods of these tests need. */
function upAndRunning(): Simulation {
  const simulation = Simulation.start();
  simulation.advanceTo(60_000);
  post(simulation, ACCOUNTS_PATH, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tests" } });
  return simulation;
}

const fault = (name: string, type: string, target: JsonObject): JsonObject => ({
  apiVersion: "simulation.tabernetes.dev/v1alpha1",
  kind: "Fault",
  metadata: { name },
  spec: { type, target },
});

const ACCOUNTS_PATH = "/api/v1/namespaces/default/serviceaccounts";
const FAULTS_PATH = "/apis/simulation.tabernetes.dev/v1alpha1/faults";
const pods = (simulation: Simulation): Pod[] => [...simulation.store.of(PODS).values()];
const nodes = (simulation: Simulation): Node[] => [...simulation.store.of(NODES).values()];
const isReady = ({ status }: Pod | Node): boolean =>
  (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");

describe("a whole cluster", () => {
  it("comes up by itself: every node and every static pod is ready", () => {
    const simulation = Simulation.start();
    simulation.advanceTo(60_000);
    expect(nodes(simulation).map((node) => [node.metadata.name, isReady(node)])).toEqual(
      nodes(simulation).map((node) => [node.metadata.name, true]),
    );
    expect(nodes(simulation).length).toBe(4);
    const system = pods(simulation).filter(({ metadata }) => metadata.annotations?.["kubernetes.io/config.mirror"]);
    expect(system.map((pod) => [pod.metadata.name, isReady(pod)])).toEqual(
      system.map((pod) => [pod.metadata.name, true]),
    );
    expect(system.length).toBe(4 + 4);
  });

  it("heals a worker's loss, and the worker comes back with nothing of the old pods", () => {
    const simulation = upAndRunning();
    post(simulation, "/apis/apps/v1/namespaces/default/deployments", deployment("web", 3));
    simulation.advanceTo(120_000);
    const web = () => pods(simulation).filter(({ metadata }) => metadata.labels?.app === "web");
    expect(web().filter(isReady).length).toBe(3);
    const victim = web()[0]?.spec.nodeName ?? "";
    post(simulation, FAULTS_PATH, fault("dark", "NodeCrash", { kind: "Node", name: victim }));
    simulation.advanceTo(500_000);
    const alive = web().filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
    expect(alive.length).toBe(3);
    expect(alive.every((pod) => pod.spec.nodeName !== victim)).toBe(true);
    simulation.request({ method: "DELETE", path: `${FAULTS_PATH}/dark` });
    simulation.advanceTo(560_000);
    expect(web().length).toBe(3);
    expect(nodes(simulation).every(isReady)).toBe(true);
    const left = [...(simulation.machines.get(victim)?.pods.values() ?? [])].map(({ namespace }) => namespace);
    expect(left).not.toContain("default");
  });

  it("schedules nothing while the scheduler's pod is kept down", () => {
    const simulation = upAndRunning();
    post(simulation, FAULTS_PATH, fault("stop", "ComponentStop", { kind: "Component", name: "kube-scheduler" }));
    simulation.advanceTo(70_000);
    post(simulation, "/apis/apps/v1/namespaces/default/deployments", deployment("web", 2));
    simulation.advanceTo(100_000);
    const web = () => pods(simulation).filter(({ metadata }) => metadata.labels?.app === "web");
    expect(web().map(({ spec }) => spec.nodeName)).toEqual([undefined, undefined]);
    simulation.request({ method: "DELETE", path: `${FAULTS_PATH}/stop` });
    simulation.advanceTo(160_000);
    expect(web().filter(isReady).length).toBe(2);
  });

  it("goes on from a snapshot taken in the middle of everything", () => {
    const play = (cuts: readonly number[]): string => {
      let simulation = Simulation.start({ workers: 2 });
      const goTo = (ms: number) => {
        for (const cut of cuts.filter((each) => each > simulation.nowMs && each <= ms)) {
          simulation.advanceTo(cut);
          simulation = Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
        }
        simulation.advanceTo(ms);
      };
      goTo(30_000);
      post(simulation, ACCOUNTS_PATH, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tests" } });
      post(simulation, "/apis/apps/v1/namespaces/default/deployments", deployment("web", 3));
      goTo(34_000);
      post(simulation, FAULTS_PATH, fault("cut", "NodePartition", { kind: "Node", name: "node-1" }));
      goTo(80_000);
      simulation.request({ method: "DELETE", path: `${FAULTS_PATH}/cut` });
      goTo(120_000);
      expect(
        pods(simulation)
          .filter(({ metadata }) => metadata.labels?.app === "web")
          .every(isReady),
      ).toBe(true);
      const { clock, store, machines, host } = simulation.snapshot();
      return canonicalJson({ clock, store, machines, host });
    };
    const straight = play([]);
    expect(play([500, 3000, 31_000, 32_500, 33_000, 50_000, 80_000, 81_000]) === straight).toBe(true);
  });

  it("records a kubelet's events with its node as their host", () => {
    const simulation = upAndRunning();
    post(simulation, "/apis/apps/v1/namespaces/default/deployments", deployment("web", 3));
    simulation.advanceTo(120_000);
    const events: Event[] = [...simulation.store.of(EVENTS).values()];
    const started = events.filter(({ reason, source }) => reason === "Started" && source?.component === "kubelet");
    expect(started.length).toBeGreaterThan(0);
    expect(started.every(({ source }) => source?.host !== undefined)).toBe(true);
  });
});
