// The scheduler alone (no kubelets, no API server) under upstream's own loads, beside upstream's thresholds.
// npx tsx bench/scheduler.ts [part of a load's name] [most pods to measure, default 5000]
import { NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, SERVICES } from "../simulator/api/refs.ts";
import { deepFreeze } from "../simulator/base/json.ts";
import { Harness } from "../tests/simulator/scheduler/harness.ts";
import { nodeObject, podObject } from "../tests/simulator/scheduler/objects.ts";
import { type Batch, LOADS, type Load, type PodKind } from "./scheduler-loads.ts";

const [part = "", most = "5000"] = process.argv.slice(2);
const MOST = Number(most);
const NODES_BY_DEFAULT = 5000;
const ZONE = "topology.kubernetes.io/zone";
/** Upstream makes 5 a second, at some 600 pods a second. */
const PODS_PER_CHURN = 120;
const ROOM = { cpu: "100000", memory: "100000Gi", pods: "100000" };

/** A cluster under one load. */
class Bench {
  readonly harness = new Harness();
  readonly #namespaces = new Set<string>();
  #serial = 0;

  constructor({ nodes = NODES_BY_DEFAULT, zones, tainted = 0, oneBigNode, service }: Load) {
    const taints = [{ key: "foo", value: "", effect: "NoSchedule" as const }];
    for (let index = 0; index < nodes; index++) {
      const labels = zones && { [ZONE]: zones[index % zones.length] ?? "" };
      const isTainted = index < tainted;
      this.node(`node-${index}`, { ...(labels && { labels }), ...(isTainted && { taints }) });
    }
    if (oneBigNode) this.node("big", ROOM);
    if (service !== undefined) {
      this.#namespace(service.namespace);
      const metadata = { name: "web", namespace: service.namespace };
      this.harness.create(SERVICES, { metadata, spec: { selector: service.selector } });
    }
  }

  node(name: string, more: object = {}): void {
    this.harness.create(NODES, nodeObject({ name, cpu: "4", memory: "32Gi", ...more }));
  }

  #namespace(name: string): void {
    if (this.#namespaces.has(name)) return;
    this.#namespaces.add(name);
    this.harness.namespace(name, { team: "devops" });
  }

  /** Pods of one template share the parts of its spec, as those of a replica set do. */
  add({ kind, count, namespaces = ["default"] }: Batch): string[] {
    const template = this.#template(kind);
    const keys: string[] = [];
    for (let index = 0; index < count; index++) {
      const namespace = namespaces[Math.floor((index * namespaces.length) / count)] ?? "default";
      this.#namespace(namespace);
      const name = `pod-${++this.#serial}`;
      const metadata = { name, namespace, ...(template.metadata.labels && { labels: template.metadata.labels }) };
      const spec = kind.claims ? { ...template.spec, volumes: [this.#claimed(name, namespace)] } : template.spec;
      this.harness.create(PODS, { ...template, spec, metadata });
      keys.push(`${namespace}/${name}`);
    }
    return keys;
  }

  #template({ spec = {}, labels, cpu }: PodKind) {
    const resources = cpu === undefined ? {} : { requests: { cpu, memory: "500Mi" } };
    const containers = [{ name: "pause", image: "registry.k8s.io/pause:3.10", resources }];
    return deepFreeze(
      podObject({ metadata: { name: "t", ...(labels && { labels }) }, spec: { containers, ...spec } as never }) as {
        metadata: { labels?: object };
        spec: object;
      },
    );
  }

  #claimed(name: string, namespace: string) {
    const driver = "ebs.csi.aws.com";
    const reads = ["ReadOnlyMany"];
    this.harness.create(PERSISTENT_VOLUMES, {
      metadata: { name: `pv-${name}` },
      spec: {
        accessModes: reads,
        capacity: { storage: "1Gi" },
        csi: { driver, volumeHandle: name },
        claimRef: { name, namespace },
      },
      status: { phase: "Bound" },
    });
    this.harness.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name, namespace, annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
      spec: { accessModes: reads, volumeName: `pv-${name}`, resources: { requests: { storage: "1Gi" } } },
      status: { phase: "Bound" },
    });
    return { name: "vol", persistentVolumeClaim: { claimName: name } };
  }

  waiting(keys: readonly string[]): number {
    const pods = this.harness.store.of(PODS);
    return keys.filter((key) => !pods.get(key)?.spec.nodeName).length;
  }

  settle(keys: readonly string[], each: () => void = () => {}): void {
    for (let turn = 0; turn < 5000 && this.waiting(keys) > 0; turn++) {
      this.harness.run(PODS_PER_CHURN);
      each();
    }
  }

  /** What goes on beside the measured pods. */
  beside({ churn, mixedChurn, deletes }: Load, old: readonly string[]): () => void {
    let turn = 0;
    const { harness } = this;
    return () => {
      turn++;
      if (churn !== undefined) this.add({ kind: churn, count: 1 });
      if (mixedChurn && turn % 5 === 0) {
        const name = `churn-${turn}`;
        this.node(name);
        const [key = ""] = this.add({ kind: { cpu: "9", spec: { priority: 10 } }, count: 1 });
        harness.create(SERVICES, { metadata: { name, namespace: "default" }, spec: { selector: { app: "foo" } } });
        harness.run(1);
        harness.store.delete(NODES, harness.node(name));
        harness.deletePod(key.slice("default/".length));
      }
      if (deletes) for (const key of old.slice((turn - 1) * 10, turn * 10)) harness.deletePod(key.split("/")[1] ?? "");
    };
  }
}

function measure(load: Load): void {
  const bench = new Bench(load);
  bench.harness.start();
  const old: string[] = [];
  for (const batch of load.before ?? []) {
    const keys = bench.add(batch);
    if (batch.waits) bench.harness.run(1000);
    else {
      bench.settle(keys);
      old.push(...keys);
    }
  }
  const count = Math.min(load.measured.count, MOST);
  const keys = bench.add({ ...load.measured, count });
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  bench.settle(keys, bench.beside(load, old));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuStart);
  const done = count - bench.waiting(keys);
  const { threshold } = load;
  const rates = [done / seconds, done / ((user + system) / 1e6)].map(Math.round);
  const times = threshold === undefined ? "-" : `${((rates[1] ?? 0) / threshold).toFixed(1)}x`;
  const cells = [...rates, threshold ?? "-", times].map((cell) => String(cell).padStart(10));
  console.log(`${cells.join("")}  ${String(done).padStart(6)}/${count}  ${load.name}`);
}

console.log("    pods/s  pods/CPU-s  upstream     ratio     pods       load");
for (const load of LOADS) if (load.name.includes(part)) measure(load);
