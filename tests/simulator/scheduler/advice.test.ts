import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/index.ts";

const VERDICTS = "/apis/simulation.tabernetes.dev/v1alpha1/namespaces/default/schedulingverdicts";
const PODS = "/api/v1/namespaces/default/pods";
const CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims";
const HOST = "kubernetes.io/hostname";

const IMAGE = "registry.k8s.io/pause:3.10";
const container = (requests: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  name: "c",
  image: IMAGE,
  resources: { requests },
  ...more,
});
const podOf = (name: string, spec: JsonObject, labels: JsonObject = {}): JsonObject => ({
  metadata: { name, labels },
  spec: { containers: [container()], terminationGracePeriodSeconds: 0, ...spec },
});
const near = (app: string, topologyKey: string): JsonObject => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }],
});

/** Two workers, and whatever a case does to them. */
class Cluster {
  readonly #simulation = Simulation.start({ workers: 2 });
  #nowMs = 60_000;

  constructor() {
    this.#simulation.advanceTo(this.#nowMs);
  }

  ask(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: JsonObject): JsonObject {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : undefined;
    const answer = this.#simulation.request({ method, path, body, contentType });
    if (answer.code >= 400) throw new Error(`${method} ${path}: ${String(answer.body.message)}`);
    return answer.body as JsonObject;
  }

  wait(seconds: number): void {
    this.#nowMs += seconds * 1_000;
    this.#simulation.advanceTo(this.#nowMs);
  }

  create(path: string, object: JsonObject): void {
    this.ask("POST", path, object);
  }

  eachWorker(patch: JsonObject): void {
    for (const name of ["node-1", "node-2"]) this.ask("PATCH", `/api/v1/nodes/${name}`, patch);
  }

  adviceOn(pod: string): readonly string[] {
    return this.ask("GET", `${VERDICTS}/${pod}`).advice as unknown as readonly string[];
  }

  isBound(pod: string): boolean {
    return Boolean((this.ask("GET", `${PODS}/${pod}`) as { readonly spec: JsonObject }).spec.nodeName);
  }

  /** The same pod again, as somebody would write it after reading the advice. */
  rewrite(spec: JsonObject): void {
    this.ask("DELETE", `${PODS}/p`, {});
    this.wait(2);
    this.create(PODS, podOf("p", spec, { app: "p" }));
  }
}

interface Case {
  /** What the cluster is like. */
  readonly given?: (cluster: Cluster) => void;
  readonly pod: JsonObject;
  readonly advice: RegExp;
  /** What the advice says, done. */
  readonly follow: (cluster: Cluster, advice: string) => void;
}

const claim = (name: string, more: JsonObject): JsonObject => ({
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...more },
});
const withClaim: JsonObject = {
  containers: [container()],
  volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }],
};
const volume = (name: string, node: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName: "local",
    local: { path: "/mnt" },
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: "In", values: [node] }] }] },
    },
    ...more,
  },
});
const localClass: JsonObject = {
  metadata: { name: "local" },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "WaitForFirstConsumer",
};
const spread = (topologyKey: string): JsonObject => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey, whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { app: "p" } } },
  ],
});
const onPort: JsonObject = { containers: [container({}, { ports: [{ containerPort: 80, hostPort: 8080 }] })] };

/** `at most 1900m of cpu` -> `1900m`. */
const most = (advice: string, resource: string): string =>
  new RegExp(`at most (\\S+) of ${resource}`).exec(advice)?.[1] ?? "";

const CASES: readonly (readonly [string, Case])[] = [
  [
    "more CPU than any node has",
    {
      pod: { containers: [container({ cpu: "500" })] },
      advice: /^For 2 nodes: ask for at most \S+ of cpu instead of 500, or add a node that has so much\.$/,
      follow: (cluster, advice) => cluster.rewrite({ containers: [container({ cpu: most(advice, "cpu") })] }),
    },
  ],
  [
    "more CPU than is left",
    {
      given: (cluster) => {
        for (const node of ["node-1", "node-2"]) {
          const selected = { nodeSelector: { [HOST]: node } };
          cluster.create(PODS, podOf(`full-${node}`, { containers: [container({ cpu: "2" })], ...selected }));
        }
        cluster.wait(5);
      },
      pod: { containers: [container({ cpu: "3" })] },
      advice: /^For 2 nodes: ask for at most \S+ of cpu instead of 3, or free or add some of it\.$/,
      follow: (cluster, advice) => cluster.rewrite({ containers: [container({ cpu: most(advice, "cpu") })] }),
    },
  ],
  [
    "too much memory",
    {
      pod: { containers: [container({ memory: "900Gi" })] },
      advice: /^For 2 nodes: ask for at most \d+[KM]i of memory instead of 900Gi, or add a node that has so much\.$/,
      follow: (cluster, advice) => cluster.rewrite({ containers: [container({ memory: most(advice, "memory") })] }),
    },
  ],
  [
    "a device that no node has",
    {
      pod: { containers: [container({}, { resources: { limits: { "nvidia.com/gpu": "1" } } })] },
      advice: /^For 2 nodes: ask for no nvidia.com\/gpu at all instead of 1, or add a node that has so much\.$/,
      follow: (cluster) => cluster.rewrite({}),
    },
  ],
  [
    "taints",
    {
      given: (cluster) => cluster.eachWorker({ spec: { taints: [{ key: "team", value: "a", effect: "NoSchedule" }] } }),
      pod: {},
      advice: /^For 3 nodes: tolerate a node's taints, or take them off \(.*team=a:NoSchedule.*\)\.$/,
      follow: (cluster) => cluster.rewrite({ tolerations: [{ key: "team", value: "a", effect: "NoSchedule" }] }),
    },
  ],
  [
    "cordoned nodes",
    {
      given: (cluster) => cluster.eachWorker({ spec: { unschedulable: true } }),
      pod: {},
      advice: /^For 2 nodes: uncordon a node\.$/,
      follow: (cluster) => cluster.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: null } }),
    },
  ],
  [
    "a node selector",
    {
      pod: { nodeSelector: { disk: "fast" } },
      advice: /^For \d nodes: label a node as nodeSelector and node affinity ask \(disk=fast\)\.$/,
      follow: (cluster) => cluster.ask("PATCH", "/api/v1/nodes/node-2", { metadata: { labels: { disk: "fast" } } }),
    },
  ],
  [
    "node affinity",
    {
      pod: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "In", values: ["fast", "new"] }] }],
            },
          },
        },
      },
      advice: /^For \d nodes: label a node as nodeSelector and node affinity ask \(disk In fast,new\)\.$/,
      follow: (cluster) => cluster.ask("PATCH", "/api/v1/nodes/node-2", { metadata: { labels: { disk: "new" } } }),
    },
  ],
  [
    "affinity to a pod that is not there",
    {
      pod: { affinity: { podAffinity: near("db", HOST) } },
      advice: /^For 2 nodes: run a pod that the required terms select \(app=db by kubernetes.io\/hostname\) there\.$/,
      follow: (cluster) => cluster.create(PODS, podOf("db", {}, { app: "db" })),
    },
  ],
  [
    "anti-affinity to pods that are everywhere",
    {
      given: (cluster) => {
        for (const name of ["db-1", "db-2"]) {
          cluster.create(PODS, podOf(name, { affinity: { podAntiAffinity: near("db", HOST) } }, { app: "db" }));
        }
        cluster.wait(5);
      },
      pod: { affinity: { podAntiAffinity: near("db", HOST) } },
      advice:
        /^For 2 nodes: move away the pods that the required terms select \(app=db by \S+\), or add a node without any\.$/,
      follow: (cluster) => cluster.ask("DELETE", `${PODS}/db-1`, {}),
    },
  ],
  [
    "pods that keep it away",
    {
      given: (cluster) => {
        cluster.create(PODS, podOf("picky", { affinity: { podAntiAffinity: near("p", "kubernetes.io/os") } }));
        cluster.wait(5);
      },
      pod: {},
      advice: /^For 2 nodes: move away the pods whose anti-affinity selects this one, or give it other labels\.$/,
      follow: (cluster) => cluster.ask("DELETE", `${PODS}/picky`, {}),
    },
  ],
  [
    "host ports",
    {
      given: (cluster) => {
        for (const name of ["a", "b"]) cluster.create(PODS, podOf(name, onPort));
        cluster.wait(5);
      },
      pod: onPort,
      advice: /^For 2 nodes: use another host port than 8080\/TCP, or none\.$/,
      follow: (cluster) =>
        cluster.rewrite({ containers: [container({}, { ports: [{ containerPort: 80, hostPort: 8081 }] })] }),
    },
  ],
  [
    "a spread key that no node has",
    {
      pod: spread("rack"),
      advice: /^For 2 nodes: label the nodes with rack\.$/,
      follow: (cluster) => cluster.eachWorker({ metadata: { labels: { rack: "r1" } } }),
    },
  ],
  [
    "skew",
    {
      given: (cluster) => {
        cluster.create(PODS, podOf("there", { nodeSelector: { [HOST]: "node-1" } }, { app: "p" }));
        cluster.wait(5);
        cluster.ask("PATCH", "/api/v1/nodes/node-2", { spec: { unschedulable: true } });
      },
      pod: spread(HOST),
      advice: /^For 1 node: raise maxSkew of kubernetes.io\/hostname, or make room in the emptier domains\.$/,
      follow: (cluster) => cluster.ask("PATCH", "/api/v1/nodes/node-2", { spec: { unschedulable: null } }),
    },
  ],
  [
    "a claim that is not there",
    {
      pod: withClaim,
      advice: /^For all nodes: create the PersistentVolumeClaim c\.$/,
      follow: (cluster) => {
        cluster.create("/apis/storage.k8s.io/v1/storageclasses", localClass);
        cluster.create("/api/v1/persistentvolumes", volume("v", "node-1"));
        cluster.create(CLAIMS, claim("c", { storageClassName: "local" }));
      },
    },
  ],
  [
    "a claim that nobody binds",
    {
      given: (cluster) => cluster.create(CLAIMS, claim("c", { storageClassName: "" })),
      pod: withClaim,
      advice: /^For all nodes: make a volume, or a provisioner, for the pod's claims\.$/,
      follow: (cluster) => cluster.create("/api/v1/persistentvolumes", volume("v", "node-1", { storageClassName: "" })),
    },
  ],
  [
    "no volume within reach",
    {
      given: (cluster) => {
        cluster.create("/apis/storage.k8s.io/v1/storageclasses", localClass);
        cluster.create(CLAIMS, claim("c", { storageClassName: "local" }));
      },
      pod: withClaim,
      advice: /^For \d nodes: make a PersistentVolume that the pod's claims match and the node can reach/,
      follow: (cluster) => cluster.create("/api/v1/persistentvolumes", volume("v", "node-2")),
    },
  ],
  [
    "a volume on a node that is full",
    {
      given: (cluster) => {
        cluster.create("/api/v1/persistentvolumes", volume("v", "node-1", { storageClassName: "" }));
        cluster.create(CLAIMS, claim("c", { storageClassName: "", volumeName: "v" }));
        cluster.wait(30);
        cluster.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: true } });
      },
      pod: withClaim,
      advice: /^For 1 node: make room on a node that the pod's volumes can be reached from\.$/,
      follow: (cluster) => cluster.ask("PATCH", "/api/v1/nodes/node-1", { spec: { unschedulable: null } }),
    },
  ],
];

describe("what would make a pod fit", () => {
  it.each(CASES)("%s: said through the API, and true", (_what, { given, pod, advice, follow }) => {
    const cluster = new Cluster();
    given?.(cluster);
    cluster.create(PODS, podOf("p", pod, { app: "p" }));
    cluster.wait(5);
    expect(cluster.isBound("p")).toBe(false);
    const said = cluster.adviceOn("p");
    const found = said.find((sentence) => advice.test(sentence));
    expect(found ?? said).toMatch(advice);
    follow(cluster, found ?? "");
    cluster.wait(60);
    expect(cluster.isBound("p")).toBe(true);
    expect(cluster.adviceOn("p")).toEqual([]);
  });

  it("gives no advice to a pod that is held by its gates, which says so itself", () => {
    const cluster = new Cluster();
    cluster.create(PODS, podOf("p", { schedulingGates: [{ name: "example.com/hold" }] }));
    cluster.wait(5);
    const { status } = cluster.ask("GET", `${PODS}/p`) as { readonly status: JsonObject };
    expect(JSON.stringify(status.conditions)).toContain("SchedulingGated");
  });
});
