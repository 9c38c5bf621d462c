import { quantityOf, toBytes, toMilliCpu } from "../api/meta/quantity.ts";
import { NODES, type Pod } from "../api/refs.ts";
import type { Container, PodSpec, Taint, Toleration } from "../api/schema/generated/types.ts";
import type { Agent, PodSum } from "./agent.ts";
import { pressureProblem } from "./eviction.ts";
import { grantedTo, specWith } from "./granted.ts";
import type { NodeShape } from "./node-shape.ts";
import { wishProblem } from "./pod-admission.ts";
import { podRequests } from "./pod-resources.ts";
import type { PodWorker, Problem } from "./worker.ts";

interface Size {
  readonly milliCpu: number;
  readonly bytes: number;
}

/** Sizes of pods that have nothing but containers, which pods of one template share. */
const sizes = new WeakMap<readonly Container[], Size>();

function podSize(spec: PodSpec): Size {
  if (spec.initContainers?.length || spec.resources || spec.overhead) return newSize(spec);
  let size = sizes.get(spec.containers);
  if (size === undefined) {
    size = newSize(spec);
    sizes.set(spec.containers, size);
  }
  return size;
}

function newSize(spec: PodSpec): Size {
  const requests = podRequests(spec);
  const cpu = requests.get("cpu");
  const memory = requests.get("memory");
  return { milliCpu: cpu ? toMilliCpu(cpu) : 0, bytes: memory ? toBytes(memory) : 0 };
}

// Models pkg/kubelet kubelet_pods.go filterOutInactivePods, over the pods that the API still has
/** Whether a pod counts when another is admitted: one that was deleted without grace does not, though it still stops. */
function isActive(worker: PodWorker): boolean {
  return !worker.gone && worker.stage !== "terminated" && worker.stage !== "rejected" && worker.stage !== "gone";
}

function shortOf(resource: string, requested: number, used: number, capacity: number): Problem {
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${numbers}` };
}

function plus(sum: PodSum, { milliCpu, bytes }: Size): PodSum {
  return { count: sum.count + 1, milliCpu: sum.milliCpu + milliCpu, bytes: sum.bytes + bytes };
}

function overflow(sum: PodSum, wanted: Size, capacity: PodSum): Problem | undefined {
  if (sum.count + 1 > capacity.count) return shortOf("pods", 1, sum.count, capacity.count);
  if (wanted.milliCpu > 0 && sum.milliCpu + wanted.milliCpu > capacity.milliCpu) {
    return shortOf("cpu", wanted.milliCpu, sum.milliCpu, capacity.milliCpu);
  }
  if (wanted.bytes > 0 && sum.bytes + wanted.bytes > capacity.bytes) {
    return shortOf("memory", wanted.bytes, sum.bytes, capacity.bytes);
  }
  return undefined;
}

const capacities = new WeakMap<NodeShape, PodSum>();

function capacityOf(shape: NodeShape): PodSum {
  let capacity = capacities.get(shape);
  if (capacity === undefined) {
    const milliCpu = toMilliCpu(quantityOf(shape.cpu));
    capacity = { count: shape.pods, milliCpu, bytes: toBytes(quantityOf(shape.memory)) };
    capacities.set(shape, capacity);
  }
  return capacity;
}

/** What the active pods of the node, besides one, ask for or were granted. */
function sumOfOthers(agent: Agent, self: PodWorker): PodSum {
  let count = 0;
  let milliCpu = 0;
  let bytes = 0;
  for (const worker of agent.workers.values()) {
    if (worker === self || worker.pod === undefined || !isActive(worker)) continue;
    const runtime = agent.runtimeOf(worker);
    // After the kubelet's own restart what runs already counts, looked at or not.
    if (worker.stage === "admitting" && runtime === undefined) continue;
    const { spec } = worker.pod;
    const size = podSize(runtime?.granted === undefined ? spec : specWith(spec, (each) => grantedTo(runtime, each)));
    count++;
    milliCpu += size.milliCpu;
    bytes += size.bytes;
  }
  return { count, milliCpu, bytes };
}

/**
 * What of a pod's requests the node has no room for, beside those of its other pods. As long as all that were ever
 * admitted would fit together, nobody needs to count who is still there.
 */
export function resourceProblem(agent: Agent, self: PodWorker, pod: Pod): Problem | undefined {
  const capacity = capacityOf(agent.machine.shape);
  const wanted = podSize(pod.spec);
  if (agent.atMost === undefined || overflow(agent.atMost, wanted, capacity) !== undefined) {
    agent.atMost = undefined;
    const exact = sumOfOthers(agent, self);
    const problem = overflow(exact, wanted, capacity);
    if (problem !== undefined) return problem;
    agent.atMost = exact;
  }
  const problem = extendedProblem(agent, self, pod);
  if (problem === undefined) agent.atMost = plus(agent.atMost, wanted);
  return problem;
}

// Models pkg/kubelet/lifecycle predicate.go removeMissingExtendedResources
/** What of a pod's extended resources is used up. Those that the node does not have are no reason to refuse a pod. */
function extendedProblem(agent: Agent, self: PodWorker, pod: Pod): Problem | undefined {
  const asksMore = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some((container) =>
    Object.keys(container.resources?.requests ?? {}).some((name) => name.includes("/")),
  );
  if (!asksMore) return undefined;
  const advertised = agent.context.cache.get(NODES, agent.machine.name)?.status?.allocatable;
  for (const [name, amount] of podRequests(pod.spec)) {
    const there = agent.machine.shape.extended[name] ?? advertised?.[name];
    if (!name.includes("/") || there === undefined) continue;
    let used = 0;
    for (const worker of agent.workers.values()) {
      if (worker === self || worker.pod === undefined || !isActive(worker)) continue;
      const other = podRequests(worker.pod.spec).get(name);
      if (other !== undefined) used += toBytes(other);
    }
    const capacity = toBytes(quantityOf(there));
    if (used + toBytes(amount) > capacity) return shortOf(name, toBytes(amount), used, capacity);
  }
  return undefined;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  return toleration.key !== undefined && (toleration.value ?? "") === (taint.value ?? "");
}

// Models pkg/kubelet/lifecycle predicate.go Admit
/** Why this node can't take a pod that was bound to it, or undefined. Pods that ran already are not asked again. */
export function admissionProblem(agent: Agent, worker: PodWorker, pod: Pod): Problem | undefined {
  if (agent.runtimeOf(worker) !== undefined || pod.status?.startTime !== undefined) {
    agent.atMost = undefined;
    return undefined;
  }
  const node = agent.context.cache.get(NODES, agent.machine.name);
  if (!worker.isStatic && node !== undefined) {
    const { labels = {} } = node.metadata;
    const isElsewhere = Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value);
    if (isElsewhere) {
      const message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
      return { reason: "NodeAffinity", message };
    }
    const taint = node.spec.taints?.find(
      (each) => each.effect === "NoExecute" && !pod.spec.tolerations?.some((one) => tolerates(one, each)),
    );
    if (taint !== undefined) {
      const message = "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate";
      return { reason: "TaintToleration", message };
    }
  }
  const pressure = pressureProblem(agent, worker, pod);
  if (pressure !== undefined) return pressure;
  return wishProblem(pod, otherSpecs(agent, worker)) ?? resourceProblem(agent, worker, pod);
}

function* otherSpecs(agent: Agent, self: PodWorker): Generator<PodSpec> {
  for (const worker of agent.workers.values()) {
    if (worker !== self && worker.pod !== undefined && worker.stage !== "admitting" && isActive(worker)) {
      yield worker.pod.spec;
    }
  }
}
