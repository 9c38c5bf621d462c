import { describe, expect, it } from "vitest";
import { APPS, HOME, type Loose, Play, pod, template } from "./play.ts";

/** What the conformance tests of sig-scheduling, and of taints and host ports, do. */

const PODS = `${HOME}/pods`;
const NODES = "/api/v1/nodes";
const CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses";
const FAKE = "example.com/fakecpu";
const NODE = "node-1";
const TAINT = { key: "kubernetes.io/e2e-evict-taint-key", value: "evictTaintVal", effect: "NoExecute" };

const wants = (amount: string) => ({ resources: { requests: { [FAKE]: amount }, limits: { [FAKE]: amount } } });
const here = (priorityClassName?: string) => ({
  nodeSelector: { "kubernetes.io/hostname": NODE },
  ...(priorityClassName && { priorityClassName }),
});

/** A node with 1000 of a resource that is none, and priorities from 1 to 4. */
function withPriorities(): Play {
  const play = new Play();
  play.patch(`${NODES}/${NODE}/status`, { status: { capacity: { [FAKE]: "1000" } } });
  for (const value of [1, 2, 3, 4]) play.create(CLASSES, { metadata: { name: `p${value}` }, value });
  play.until("the resource can be had", () => play.get(`${NODES}/${NODE}`).status.allocatable[FAKE]);
  return play;
}

const runs = (play: Play, name: string) => play.get(`${PODS}/${name}`).status.phase === "Running";

describe("preemption", () => {
  it("takes the least important pods of replica sets, once", () => {
    const play = withPriorities();
    const seen = new Map([1, 2, 3].map((at) => [`pod${at}`, new Set<string>()]));
    const look = () => {
      for (const { metadata } of play.list(PODS)) seen.get(metadata.labels.name)?.add(metadata.uid);
    };
    for (const [at, amount] of ["200", "300", "450"].entries()) {
      const name = `pod${at + 1}`;
      const spec = {
        selector: { matchLabels: { name } },
        template: template({ name }, wants(amount), here(`p${at + 1}`)),
      };
      play.create(`${APPS}/replicasets`, { metadata: { name: `rs-${name}` }, spec });
      play.until("it is available", () => play.get(`${APPS}/replicasets/rs-${name}`).status.availableReplicas === 1);
      look();
    }
    play.create(PODS, pod("pod4", wants("500"), here("p4"), { labels: { name: "pod4" } }));
    play.until("it is bound", () => play.get(`${PODS}/pod4`).spec.nodeName);
    for (let second = 0; second < 20; second++) {
      play.wait(1000);
      look();
    }
    expect([...seen.values()].map(({ size }) => size)).toEqual([2, 2, 1]);
    expect(runs(play, "pod4")).toBe(true);
  });

  it("marks its victim as disrupted, which a finalizer may keep", () => {
    const play = withPriorities();
    play.create(PODS, pod("victim", wants("1000"), here("p1"), { finalizers: ["example.com/test-finalizer"] }));
    play.until("it runs", () => runs(play, "victim"));
    play.create(PODS, pod("preemptor", wants("1000"), here("p4")));
    play.until("the victim is deleted", () => play.get(`${PODS}/victim`).metadata.deletionTimestamp);
    const { conditions } = play.get(`${PODS}/victim`).status;
    expect(conditions.find(({ type }: Loose) => type === "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "PreemptionByScheduler",
    });
    play.merge(`${PODS}/victim`, { metadata: { finalizers: null } });
    play.until("the other runs", () => runs(play, "preemptor"));
  });

  it("gives a critical pod the place of another", () => {
    const play = withPriorities();
    play.create(PODS, pod("low", wants("1000"), here("p1")));
    play.until("it runs", () => runs(play, "low"));
    const system = "/api/v1/namespaces/kube-system/pods";
    play.create(system, pod("critical", wants("1000"), here("system-cluster-critical")));
    play.until("it runs", () => play.get(`${system}/critical`).status.phase === "Running");
    expect(play.isGone(`${PODS}/low`)).toBe(true);
  });

  it("classes keep their value, and change their description", () => {
    const play = withPriorities();
    expect(play.refused(play.strategic(`${CLASSES}/p1`, { value: 10 }))).toMatch(/^422 /);
    const second = play.get(`${CLASSES}/p2`);
    expect(play.refused(play.ask("PUT", `${CLASSES}/p2`, { ...second, value: 20 }))).toMatch(/^422 /);
    play.patch(`${CLASSES}/p1`, { description: "new" });
    play.replace(`${CLASSES}/p2`, { ...second, description: "new" });
    const shown = ["p1", "p2"].map((name) => play.get(`${CLASSES}/${name}`));
    expect(shown.map(({ value, description }) => [value, description])).toEqual([
      [1, "new"],
      [2, "new"],
    ]);
  });
});

describe("host ports", () => {
  const port = (protocol: string, hostIP?: string) => ({
    ports: [{ hostPort: 54321, containerPort: 8080, protocol, ...(hostIP && { hostIP }) }],
  });

  it("are shared with other addresses and protocols, not with all addresses", () => {
    const play = new Play();
    play.create(PODS, pod("one", port("TCP", "127.0.0.1"), here()));
    play.create(PODS, pod("two", port("TCP", "10.0.0.3"), here()));
    play.create(PODS, pod("three", port("UDP", "10.0.0.3"), here()));
    play.until("all run", () => ["one", "two", "three"].every((name) => runs(play, name)));
    play.create(PODS, pod("four", port("TCP"), here()));
    play.wait(20_000);
    expect(play.get(`${PODS}/four`).spec.nodeName).toBeUndefined();
  });
});

describe("taints that evict", () => {
  const tolerating = (name: string, tolerationSeconds: number) =>
    pod(name, {}, { ...here(), tolerations: [{ ...TAINT, operator: "Equal", tolerationSeconds }] });
  const taint = (play: Play, taints: object[] | null) => play.merge(`${NODES}/${NODE}`, { spec: { taints } });

  it("evict each pod when its time is over, and none when they are gone before", () => {
    const play = new Play();
    for (const [name, seconds] of [
      ["short", 5],
      ["long", 25],
      ["patient", 60],
    ] as const) {
      play.create(PODS, tolerating(name, seconds));
    }
    play.until("all run", () => ["short", "long", "patient"].every((name) => runs(play, name)));
    taint(play, [TAINT]);
    play.wait(15_000);
    expect(["short", "long", "patient"].map((name) => play.isGone(`${PODS}/${name}`))).toEqual([true, false, false]);
    play.wait(20_000);
    expect(play.isGone(`${PODS}/long`)).toBe(true);
    taint(play, null);
    play.wait(90_000);
    expect(runs(play, "patient")).toBe(true);
  });
});

describe("limit ranges", () => {
  const range = (cpu: [string, string, string, string], memory: [string, string, string, string]) => ({
    limits: [
      {
        type: "Container",
        min: { cpu: cpu[0], memory: memory[0] },
        max: { cpu: cpu[1], memory: memory[1] },
        default: { cpu: cpu[2], memory: memory[2] },
        defaultRequest: { cpu: cpu[3], memory: memory[3] },
      },
    ],
  });
  const given = (play: Play, name: string, resources: object) =>
    play.create(PODS, pod(name, { resources })).spec.containers[0].resources;

  it("fill in what a pod leaves open and refuse what is beyond, as they are now", () => {
    const play = new Play();
    const all = `${HOME}/limitranges`;
    const spec = range(["50m", "500m", "500m", "100m"], ["100Mi", "500Mi", "500Mi", "200Mi"]);
    play.create(all, { metadata: { name: "lr", labels: { lr: "1" } }, spec });
    expect(given(play, "bare", {})).toEqual({
      limits: { cpu: "500m", memory: "500Mi" },
      requests: { cpu: "100m", memory: "200Mi" },
    });
    expect(given(play, "part", { requests: { cpu: "300m", memory: "150Mi" }, limits: { cpu: "300m" } })).toEqual({
      limits: { cpu: "300m", memory: "500Mi" },
      requests: { cpu: "300m", memory: "150Mi" },
    });
    const small = pod("small", { resources: { requests: { cpu: "10m", memory: "50Mi" } } });
    const large = pod("large", { resources: { limits: { cpu: "600m", memory: "600Mi" } } });
    for (const body of [small, large]) expect(play.refused(play.ask("POST", PODS, body))).toMatch(/^403 /);
    play.merge(`${all}/lr`, { spec: range(["10m", "500m", "500m", "100m"], ["10Mi", "500Mi", "500Mi", "200Mi"]) });
    play.create(PODS, small);
    play.remove(`${all}?labelSelector=lr%3D1`);
    play.create(PODS, large);
  });
});
