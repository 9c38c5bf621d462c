import { describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { TestCluster, Timeline } from "../metrics/cluster.ts";

const GROUPS = "/apis/simulation.tabernetes.dev/v1alpha1/nodegroups";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const PODS = "/api/v1/namespaces/default/pods";

function cluster(spec: JsonObject): TestCluster {
  const made = new TestCluster({ workers: 1 });
  made.create(GROUPS, { metadata: { name: "pool" }, spec });
  return made;
}

const POOL: JsonObject = {
  minSize: 0,
  maxSize: 3,
  desiredSize: 0,
  startupSeconds: 40,
  shape: { cpu: "4", memory: "8Gi" },
};

const web = (replicas: number, cpu: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name: "web" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" }, ...(more.annotations ? { annotations: more.annotations } : {}) },
      spec: { containers: [{ name: "c", image: "nginx", resources: { requests: { cpu } } }] },
    },
  },
});

const nodes = (of: TestCluster) =>
  of.get<{ items: Node[] }>("/api/v1/nodes").items.map(({ metadata }) => metadata.name);
const running = (of: TestCluster) =>
  of.get<{ items: Pod[] }>(PODS).items.filter(({ status }) => status.phase === "Running").length;

function watch(of: TestCluster, timeline: Timeline, startMs: number, seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 5) {
    of.wait(5);
    timeline.note(
      (of.nowMs - startMs) / 1000,
      `${
        nodes(of)
          .filter((name) => name.startsWith("pool"))
          .join(" ") || "-"
      }; ${running(of)} pods run`,
    );
  }
}

describe("the cluster autoscaler", () => {
  it("brings nodes for pods that wait, and drains them away ten minutes after they are not needed", () => {
    const one = cluster(POOL);
    const timeline = new Timeline();
    const startMs = one.nowMs;
    one.create(DEPLOYMENTS, web(6, "1500m"));
    watch(one, timeline, startMs, 120);
    expect(nodes(one)).toEqual(["control-plane", "node-1", "pool-1", "pool-2"]);
    expect(running(one)).toBe(6);
    const events = one.events("Pod");
    expect(events).toContain("TriggeredScaleUp: pod triggered scale-up: [{pool 0->2 (max: 3)}]");
    expect(one.events("ConfigMap")).toContain(
      "ScaledUpGroup: Scale-up: setting group pool size to 2 instead of 0 (max: 3)",
    );
    one.ask("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 1 } });
    watch(one, timeline, startMs, 900);
    timeline.print("Cluster autoscaler");
    expect(nodes(one)).toEqual(["control-plane", "node-1"]);
    expect(running(one)).toBe(1);
    expect(one.events("Node")).toEqual(
      expect.arrayContaining([
        "ScaleDown: marked the node as toBeDeleted/unschedulable",
        "ScaleDown: node removed by cluster autoscaler",
      ]),
    );
    const { data } = one.get<{ data: { status: string } }>(
      "/api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status",
    );
    expect(data.status).toContain("cloudProviderTarget: 0");
  });

  it("says why it does nothing for a pod that no new node would take", () => {
    const one = cluster(POOL);
    const pod = (name: string, spec: JsonObject): JsonObject => ({
      metadata: { name },
      spec: { containers: [{ name: "c", image: "nginx", ...spec }] },
    });
    one.create(PODS, pod("huge", { resources: { requests: { cpu: "64" } } }));
    one.create(PODS, {
      ...pod("elsewhere", {}),
      spec: { containers: [{ name: "c", image: "nginx" }], nodeSelector: { disk: "fast" } },
    });
    one.create(PODS, {
      ...pod("humble", {}),
      spec: {
        containers: [{ name: "c", image: "nginx", resources: { requests: { cpu: "3900m" } } }],
        priorityClassName: "",
      },
    });
    one.wait(40);
    const didNot = (text: string) => `NotTriggerScaleUp: pod didn't trigger scale-up: ${text}`;
    expect(one.events("Pod", "huge")).toContain(didNot("1 Insufficient cpu"));
    expect(one.events("Pod", "elsewhere")).toContain(didNot("1 node(s) didn't match Pod's node affinity/selector"));
    expect(nodes(one)).toEqual(["control-plane", "node-1"]);
  });

  it("stops at a group's largest size", () => {
    const one = cluster({ ...POOL, maxSize: 1 });
    one.create(DEPLOYMENTS, web(8, "1500m"));
    one.wait(180);
    expect(nodes(one)).toEqual(["control-plane", "node-1", "pool-1"]);
    const refusals = one.events("Pod").filter((text) => text.startsWith("NotTriggerScaleUp"));
    expect(new Set(refusals)).toEqual(
      new Set(["NotTriggerScaleUp: pod didn't trigger scale-up: 1 max node group size reached"]),
    );
  });

  it.each([
    ["a budget that allows none", { pdb: true }, 2],
    [
      "the annotation safe-to-evict: false",
      { annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" } },
      2,
    ],
    ["nothing", {}, 1],
  ])(
    "keeps a node whose pods may not go because of %s",
    (_, { pdb, ...more }: { pdb?: boolean; annotations?: JsonObject }, left) => {
      const one = cluster({ ...POOL, minSize: 0, desiredSize: 1, startupSeconds: 5 });
      one.wait(20);
      one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
      one.create(DEPLOYMENTS, web(1, "100m", more as JsonObject));
      one.wait(30);
      if (pdb === true) {
        one.create("/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
          metadata: { name: "web" },
          spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
        });
      }
      one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: false } });
      one.wait(700);
      expect(nodes(one)).toHaveLength(left + 1);
      expect(running(one)).toBe(1);
    },
  );

  const near = (app: string, topologyKey: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
  });
  const port = { ports: [{ containerPort: 80, hostPort: 8080 }] };
  const spread = {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        minDomains: 3,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { app: "web" } },
      },
    ],
  };

  it.each([
    ["must be alone on a node", { affinity: { podAntiAffinity: near("web", "kubernetes.io/hostname") } }, {}],
    ["take a port of the host", {}, port],
    ["have to be spread over three zones", spread, {}],
  ] as const)("brings a node for each of three pods that %s", (_, spec, of) => {
    const one = cluster({ ...POOL, shape: { cpu: "4", memory: "8Gi", zones: ["zone-b", "zone-c"] } });
    const deployment = web(3, "10m") as { spec: { template: { spec: { containers: JsonObject[] } } } };
    const { template } = deployment.spec;
    const containers = template.spec.containers.map((container) => ({ ...container, ...of }));
    const filled = { ...template, spec: { ...template.spec, ...spec, containers } };
    one.create(DEPLOYMENTS, { ...deployment, spec: { ...deployment.spec, template: filled } } as unknown as JsonObject);
    one.wait(180);
    expect(running(one)).toBe(3);
    expect(nodes(one).filter((name) => name.startsWith("pool"))).toHaveLength(2);
  });

  it("says every reason why a new node would not do", () => {
    const one = cluster(POOL);
    one.create(PODS, {
      metadata: { name: "huge" },
      spec: { containers: [{ name: "c", image: "nginx", resources: { requests: { cpu: "64", memory: "64Gi" } } }] },
    });
    one.wait(20);
    expect(one.events("Pod", "huge")).toContain(
      "NotTriggerScaleUp: pod didn't trigger scale-up: 1 Insufficient cpu, 1 Insufficient memory",
    );
  });

  it("chooses the group whose nodes waste the least", () => {
    const one = new TestCluster({ workers: 1 });
    for (const [name, cpu, memory] of [
      ["huge", "32", "128Gi"],
      ["right", "4", "8Gi"],
      ["tall", "4", "64Gi"],
    ] as const) {
      one.create(GROUPS, { metadata: { name }, spec: { ...POOL, shape: { cpu, memory } } });
    }
    const pod = {
      containers: [{ name: "c", image: "nginx", resources: { requests: { cpu: "3500m", memory: "6Gi" } } }],
    };
    for (const name of ["a", "b"]) one.create(PODS, { metadata: { name }, spec: pod });
    one.wait(90);
    expect(nodes(one).filter((name) => name !== "control-plane" && name !== "node-1")).toEqual(["right-1"]);
    expect(running(one)).toBe(2);
  });

  it("brings no second node while the first is on its way", () => {
    const one = cluster({ ...POOL, startupSeconds: 300 });
    one.create(DEPLOYMENTS, web(3, "1900m"));
    one.wait(280);
    const { spec } = one.get<{ spec: { desiredSize: number } }>(`${GROUPS}/pool`);
    expect(spec.desiredSize).toBe(1);
    one.wait(60);
    expect(running(one)).toBe(3);
  });

  // [what, annotations, further spec of the pods, whether the node goes]
  const local = (medium: string) => ({ volumes: [{ name: "v", emptyDir: { medium } }] });
  it.each([
    ["files on its disk", {}, local(""), false],
    ["files in its memory", {}, local("Memory"), true],
    [
      "files on its disk that may go",
      { "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes": "v" },
      local(""),
      true,
    ],
    [
      "files on its disk, and a word that it may go",
      { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" },
      local(""),
      true,
    ],
    ["room on no other node", {}, { nodeSelector: { "simulation.tabernetes.dev/node-group": "pool" } }, false],
  ] as const)("of a node whose pod has %s", (_, annotations, spec, goes) => {
    const one = cluster({ ...POOL, desiredSize: 1, startupSeconds: 5 });
    one.wait(20);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    const deployment = web(1, "100m", { annotations }) as { spec: { template: { spec: object } } };
    const { template } = deployment.spec;
    const filled = { ...template, spec: { ...template.spec, ...spec } };
    one.create(DEPLOYMENTS, { ...deployment, spec: { ...deployment.spec, template: filled } } as unknown as JsonObject);
    one.wait(30);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: false } });
    one.wait(700);
    expect(nodes(one)).toHaveLength(goes ? 2 : 3);
    expect(running(one)).toBe(1);
    const told = one.events("ConfigMap").filter((text) => text.startsWith("ScaleDown"));
    if (!goes) expect(told).toEqual([]);
    else {
      expect(told[0]).toMatch(
        /^ScaleDown: Scale-down: removing node pool-1, utilization: \{0\.\d+ [\d.e-]+ 0 0 (cpu|memory) 0\.\d+\}, pods to reschedule: web-\S+$/,
      );
      expect(told[1]).toBe("ScaleDown: Scale-down: node pool-1 removed with drain");
    }
  });

  it("keeps a node with two pods of a budget that lets one go", () => {
    const one = cluster({ ...POOL, desiredSize: 1, startupSeconds: 5 });
    one.wait(20);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    one.create(DEPLOYMENTS, web(2, "100m"));
    one.wait(30);
    one.create("/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
      metadata: { name: "web" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
    });
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: false } });
    one.wait(700);
    expect(nodes(one)).toHaveLength(3);
    one.ask("PATCH", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web", { spec: { minAvailable: 0 } });
    one.wait(640);
    expect(nodes(one)).toHaveLength(2);
    expect(running(one)).toBe(2);
  });

  it("keeps a node with a pod of kube-system, unless a budget says that it may go", () => {
    const one = cluster({ ...POOL, desiredSize: 1, startupSeconds: 5 });
    one.wait(20);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    one.create("/apis/apps/v1/namespaces/kube-system/deployments", web(1, "100m"));
    one.wait(30);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: false } });
    one.wait(700);
    expect(nodes(one)).toHaveLength(3);
    one.create("/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets", {
      metadata: { name: "web" },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "web" } } },
    });
    one.wait(700);
    expect(nodes(one)).toHaveLength(2);
  });

  it("never shrinks a group below its minimum", () => {
    const one = cluster({ ...POOL, minSize: 1, desiredSize: 3, startupSeconds: 5 });
    one.wait(1_500);
    expect(nodes(one).filter((name) => name.startsWith("pool"))).toHaveLength(1);
  });

  it("brings another node when one has gone and does not come back within fifteen minutes", () => {
    const one = cluster({ ...POOL, desiredSize: 1, startupSeconds: 5 });
    one.wait(20);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    one.create(DEPLOYMENTS, web(2, "1"));
    one.wait(20);
    one.ask("DELETE", "/api/v1/nodes/pool-1");
    one.wait(600);
    // It counts as on its way until then.
    expect(nodes(one)).toEqual(["control-plane", "node-1"]);
    one.wait(420);
    expect(nodes(one)).toEqual(["control-plane", "node-1", "pool-2"]);
    expect(running(one)).toBe(2);
    expect(one.events("ConfigMap")).toContain("DeleteUnregistered: Removed unregistered node pool-1");
    expect(one.get<{ spec: { desiredSize: number } }>(`${GROUPS}/pool`).spec.desiredSize).toBe(1);
  });

  it("brings another node when one is silent, for its pods that were evicted", () => {
    const one = cluster({ ...POOL, desiredSize: 1, startupSeconds: 5 });
    one.wait(20);
    one.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
    one.create(DEPLOYMENTS, web(2, "1"));
    // A younger node would be thought to start still.
    one.wait(920);
    one.create("/apis/simulation.tabernetes.dev/v1alpha1/faults", {
      metadata: { name: "dark" },
      spec: { type: "NodeCrash", target: { kind: "Node", name: "pool-1" } },
    });
    one.wait(480);
    expect(nodes(one)).toEqual(["control-plane", "node-1", "pool-1", "pool-2"]);
    const ready = one.get<{ status: { readyReplicas?: number } }>(`${DEPLOYMENTS}/web`).status.readyReplicas;
    expect(ready).toBe(2);
  });
});
