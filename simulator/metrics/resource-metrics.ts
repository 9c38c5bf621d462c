import type { MetricsDoor } from "../api/kind.ts";
import { formatQuantity, quantityOfUnits } from "../api/meta/quantity.ts";
import { formatTime } from "../api/meta/time.ts";
import { METRICS_GROUP, NODES, type NodeMetricsObject, PODS, type Pod, type PodMetricsObject } from "../api/refs.ts";
import type { Machine } from "../node/machine.ts";
import type { Machines } from "../node/machines.ts";
import { containerUse, machineUse, USAGE_WINDOW_MS, type Use } from "../node/usage.ts";

/** The setting metric-resolution. */
const RESOLUTION_MS = USAGE_WINDOW_MS;
/** The metrics server takes a container that is younger than this for not yet measured. */
const FRESH_MS = 10_000;
const API_VERSION = `${METRICS_GROUP}/v1beta1`;

/** What one pod took, by container. */
export interface PodUse {
  readonly pod: Pod;
  readonly containers: readonly { readonly name: string; readonly use: Use }[];
}

// Models sigs.k8s.io/metrics-server pkg/storage
/**
 * The metrics server: what kubelets said at its last round, every 15 s. It keeps nothing: a round is made again when
 * somebody asks. A node that can't be reached was not heard.
 */
export class ResourceMetrics implements MetricsDoor {
  readonly #machines: Machines;

  constructor(machines: Machines) {
    this.#machines = machines;
  }

  get #cache() {
    return this.#machines.ports.sources.cache;
  }

  /** One of its pods is ready. */
  get isUp(): boolean {
    for (const { metadata, status } of this.#cache.byIndex(PODS, "namespace", "kube-system")) {
      if (metadata.labels?.["k8s-app"] !== "metrics-server") continue;
      if (status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True")) return true;
    }
    return false;
  }

  /** Virtual time of the last round. */
  get roundMs(): number {
    return Math.floor(this.#machines.ports.nowMs() / RESOLUTION_MS) * RESOLUTION_MS;
  }

  get windowMs(): number {
    return RESOLUTION_MS;
  }

  /** What pods took in the last round; those that were not there for it are left out. */
  *uses(namespace: string | undefined): Generator<PodUse> {
    const pods = namespace === undefined ? this.#cache.list(PODS) : this.#cache.byIndex(PODS, "namespace", namespace);
    for (const pod of pods) {
      const machine = this.#machines.get(pod.spec.nodeName ?? "");
      const use = machine && this.#isHeard(machine) ? this.#takenBy(machine, pod) : undefined;
      if (use !== undefined) yield use;
    }
  }

  podMetrics(namespace: string | undefined): readonly PodMetricsObject[] {
    const objects = [...this.uses(namespace)].map(({ pod, containers }) => {
      const { name, namespace: where = "", labels } = pod.metadata;
      return {
        kind: "PodMetrics",
        apiVersion: API_VERSION,
        metadata: { name, namespace: where, creationTimestamp: this.#now(), ...(labels && { labels }) },
        ...this.#when(),
        containers: containers.map((each) => ({ name: each.name, usage: usageText(each.use) })),
      };
    });
    return objects.sort(byName) as unknown as readonly PodMetricsObject[];
  }

  nodeMetrics(): readonly NodeMetricsObject[] {
    const objects = [];
    for (const machine of this.#machines.all) {
      const node = this.#cache.get(NODES, machine.name);
      if (node === undefined || !this.#isHeard(machine)) continue;
      const { labels } = node.metadata;
      objects.push({
        kind: "NodeMetrics",
        apiVersion: API_VERSION,
        metadata: { name: machine.name, creationTimestamp: this.#now(), ...(labels && { labels }) },
        ...this.#when(),
        usage: usageText(machineUse(this.#machines, machine, this.roundMs)),
      });
    }
    return objects.sort(byName) as unknown as readonly NodeMetricsObject[];
  }

  #isHeard({ powered, connected, kubeletEnabled }: Machine): boolean {
    return powered && connected && kubeletEnabled;
  }

  #takenBy(machine: Machine, pod: Pod): PodUse | undefined {
    const atMs = this.roundMs;
    // A static pod's object has another uid than what runs.
    const runtime =
      machine.pods.get(pod.metadata.uid) ??
      [...machine.pods.values()].find(
        ({ isStatic, name, namespace }) =>
          isStatic && name === pod.metadata.name && namespace === pod.metadata.namespace,
      );
    if (runtime === undefined) return undefined;
    const containers = [];
    for (const container of runtime.containers) {
      const use = containerUse(this.#machines, machine, runtime, container, atMs);
      if (use === undefined) continue;
      if (container.startedMs + FRESH_MS > atMs) return undefined;
      containers.push({ name: container.name, use });
    }
    return containers.length === 0 ? undefined : { pod, containers };
  }

  #when() {
    const { startEpochMs } = this.#machines.ports.sources;
    return { timestamp: formatTime(startEpochMs + this.roundMs), window: `${RESOLUTION_MS / 1000}s` };
  }

  #now(): string {
    const { ports } = this.#machines;
    return formatTime(ports.sources.startEpochMs + ports.nowMs());
  }
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function byName({ metadata: a }: Named, { metadata: b }: Named): number {
  const [left, right] = [`${a.namespace ?? ""}/${a.name}`, `${b.namespace ?? ""}/${b.name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Amounts as the metrics server writes them: nanocores and KiB. */
function usageText({ milliCpu, memoryBytes }: Use): { readonly cpu: string; readonly memory: string } {
  const memory = formatQuantity(quantityOfUnits(Math.ceil(memoryBytes / 1024) * 1024, "BinarySI"));
  return { cpu: milliCpu === 0 ? "0" : `${milliCpu * 1_000_000}n`, memory };
}
