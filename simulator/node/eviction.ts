import { formatQuantity, quantityOf, quantityOfUnits, toBytes } from "../api/meta/quantity.ts";
import { LOADS, type Pod } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { amountOf, evictionSettings, type Signal } from "./eviction-settings.ts";
import { localStorageProblem, podDiskBytes, reclaimImages, usedDiskBytes } from "./local-storage.ts";
import { nodeSubject } from "./node-status.ts";
import { availableMemory, endMemoryHogs, type Taker, takersOf } from "./oom.ts";
import type { PressureType } from "./pressure.ts";
import { stateOf } from "./runtime.ts";
import type { PodWorker } from "./worker.ts";

// Models pkg/kubelet/eviction eviction_manager.go and helpers.go

/** So many processes the kernel lets live at once, and so many are the machine's own. */
const MAX_PIDS = 32_768;
const OWN_PIDS = 190;
/** Priorities from here on are those of what the cluster itself needs. */
const SYSTEM_CRITICAL = 2_000_000_000;
const EVICTED = "Evicted";
const MEMORY_PRESSURE_TAINT = "node.kubernetes.io/memory-pressure";

/** What a kubelet evicts for. */
interface Shortage {
  readonly pressure: PressureType;
  /** As messages name it: `memory`, `ephemeral-storage`, `pids`. */
  readonly resource: string;
  readonly threshold: number;
  readonly available: number;
  /** Crossed for long enough: a pod has to go now. */
  readonly isDue: boolean;
  /** How long that pod has to end; undefined: no time at all. */
  readonly graceMs: number | undefined;
}

const OF_SIGNAL = {
  "memory.available": { pressure: "MemoryPressure", resource: "memory" },
  "nodefs.available": { pressure: "DiskPressure", resource: "ephemeral-storage" },
  "pid.available": { pressure: "PIDPressure", resource: "pids" },
} as const;

interface Candidate {
  readonly worker: PodWorker;
  readonly pod: Pod;
  readonly usedBytes: number;
  readonly requestBytes: number;
  /** What its containers take each, beyond what they ask for. */
  readonly text: string;
}

/**
 * The kubelet's look at what its machine has left, once in 10 s: containers above their memory limit end, pods above
 * their limits of storage go, and where the machine runs low, the pod that is to go first.
 */
export function watchResources(agent: Agent): void {
  const heavy = isHeavy(agent);
  const { machine } = agent;
  const isLight = !heavy && !machine.hasPodFiles && agent.crossed === undefined;
  if (isLight && agent.easyWithImages === machine.images.size) return;
  if (heavy) endMemoryHogs(agent);
  if (machine.hasPodFiles) {
    for (const worker of agent.workers.values()) {
      const problem = isEvictable(worker) ? localStorageProblem(agent, worker) : undefined;
      if (problem !== undefined) evict(agent, worker, problem);
    }
  }
  const shortages = shortagesOf(agent, heavy);
  if (shortages.length === 0 && agent.pressures.size === 0) {
    if (isLight) agent.easyWithImages = machine.images.size;
    return;
  }
  const pressures = new Map(agent.pressures);
  for (const { pressure } of shortages) pressures.set(pressure, agent.nowMs);
  for (const [pressure, sinceMs] of pressures) {
    if (agent.nowMs - sinceMs >= evictionSettings(machine.shape.kubelet).transitionMs) pressures.delete(pressure);
  }
  agent.pressures = pressures;
  // Hard thresholds come first, and memory before all else.
  const first = shortages.find(({ isDue }) => isDue);
  if (first !== undefined) relieve(agent, first);
}

/** Whether anything on the machine may take more than a little: otherwise there is nothing to look at. */
function isHeavy({ machine, context, pressures }: Agent): boolean {
  if (machine.isHeavy || pressures.size > 0 || machine.shape.kubelet !== undefined) return true;
  for (const _ of context.cache.list(LOADS)) return true;
  return false;
}

/** Processes of a machine, and of one of its pods: each container has one, or those that are simulated. */
function pidsOf(agent: Agent, uid?: string): number {
  let count = uid === undefined ? OWN_PIDS : 0;
  for (const runtime of agent.machine.pods.values()) {
    if (uid !== undefined && runtime.uid !== uid) continue;
    for (const container of runtime.containers) {
      if (stateOf(container, agent.nowMs) !== "running") continue;
      count += Math.max(1, container.processes?.processes.length ?? 1);
    }
  }
  return count;
}

/** How much of what a signal is about the machine has, and how much of that is left. */
function observe(agent: Agent, signal: Signal): { readonly capacity: number; readonly available: number } {
  const { shape } = agent.machine;
  if (signal === "memory.available") {
    return { capacity: toBytes(quantityOf(shape.memory)), available: availableMemory(agent) };
  }
  if (signal === "pid.available") return { capacity: MAX_PIDS, available: MAX_PIDS - pidsOf(agent) };
  const capacity = toBytes(quantityOf(shape.ephemeralStorage));
  return { capacity, available: capacity - usedDiskBytes(agent) };
}

// Models eviction_manager.go synchronize: thresholdsMet, thresholdsMetGracePeriod
function shortagesOf(agent: Agent, heavy: boolean): readonly Shortage[] {
  const { thresholds, maxPodGraceMs } = evictionSettings(agent.machine.shape.kubelet);
  const found: Shortage[] = [];
  for (const [place, { signal, value, isSoft, graceMs }] of thresholds.entries()) {
    if (signal === "memory.available" && !heavy) continue;
    const { capacity, available } = observe(agent, signal);
    const threshold = amountOf(value, capacity);
    if (available >= threshold) {
      agent.crossed?.delete(place);
      continue;
    }
    const sinceMs = agent.crossed?.get(place) ?? agent.nowMs;
    if (isSoft) {
      agent.crossed ??= new Map();
      agent.crossed.set(place, sinceMs);
    }
    const isDue = agent.nowMs - sinceMs >= graceMs;
    found.push({ ...OF_SIGNAL[signal], threshold, available, isDue, graceMs: isSoft ? maxPodGraceMs : undefined });
  }
  return found;
}

function relieve(agent: Agent, shortage: Shortage): void {
  const { resource, pressure, threshold, available, graceMs } = shortage;
  const about = nodeSubject(agent.machine.name);
  const message = `Attempting to reclaim ${resource}`;
  agent.context.recordEvent(about, { type: "Warning", reason: "EvictionThresholdMet", message });
  if (pressure === "DiskPressure" && reclaimImages(agent)) return;
  const [victim] =
    pressure === "MemoryPressure" ? byMemory(agent) : pressure === "PIDPressure" ? byPids(agent) : byDisk(agent);
  if (victim === undefined) return;
  const isCount = pressure === "PIDPressure";
  const shown = (amount: number) =>
    isCount
      ? String(Math.max(0, amount))
      : formatQuantity(quantityOfUnits(Math.max(0, Math.floor(amount / 1024) * 1024), "BinarySI"));
  const amounts = `Threshold quantity: ${shown(threshold)}, available: ${shown(available)}. `;
  if (graceMs !== undefined) {
    const ownMs = (victim.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    victim.worker.evictionGraceMs = Math.min(graceMs, ownMs);
  }
  evict(agent, victim.worker, `The node was low on resource: ${resource}. ${amounts}${victim.text}`);
}

/** Neither static pods nor those that the cluster needs are evicted, nor what goes already. */
function isEvictable({ isStatic, pod, gone, failure, stage }: PodWorker): boolean {
  if (isStatic || gone || failure !== undefined || pod === undefined) return false;
  if (pod.metadata.deletionTimestamp !== undefined || stage === "terminating" || stage === "terminated") return false;
  return (pod.spec.priority ?? 0) < SYSTEM_CRITICAL;
}

function containerText(name: string, used: number, request: number, resource: string): string {
  const usedText = formatQuantity(quantityOfUnits(Math.floor(used / 1024) * 1024, "BinarySI"));
  const requestText = formatQuantity(quantityOfUnits(request, "BinarySI"));
  return `Container ${name} was using ${usedText}, request is ${requestText}, has larger consumption of ${resource}. `;
}

// Models helpers.go rankMemoryPressure
/** Pods above what they ask for first; among them those of low priority; among those the ones furthest above. */
function byMemory(agent: Agent): readonly Candidate[] {
  const takers = new Map<string, Taker[]>();
  for (const taker of takersOf(agent)) {
    takers.set(taker.runtime.uid, [...(takers.get(taker.runtime.uid) ?? []), taker]);
  }
  const candidates: Candidate[] = [];
  for (const worker of agent.workers.values()) {
    const own = takers.get(worker.uid) ?? [];
    if (!isEvictable(worker) || worker.pod === undefined || own.length === 0) continue;
    const requestOf = ({ spec }: Taker) => toBytes(quantityOf(spec.resources?.requests?.memory));
    const above = own.filter((taker) => taker.memoryBytes > requestOf(taker));
    candidates.push({
      worker,
      pod: worker.pod,
      usedBytes: own.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      requestBytes: own.reduce((sum, taker) => sum + requestOf(taker), 0),
      text: above.map((one) => containerText(one.spec.name, one.memoryBytes, requestOf(one), "memory")).join(""),
    });
  }
  return ranked(candidates);
}

// Models helpers.go rankDiskPressureFunc
function byDisk(agent: Agent): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const worker of agent.workers.values()) {
    const { pod } = worker;
    if (!isEvictable(worker) || pod === undefined) continue;
    const usedBytes = podDiskBytes(agent, worker);
    const requests = pod.spec.containers.map(({ resources }) => resources?.requests?.["ephemeral-storage"]);
    const requestBytes = requests.reduce((sum, text) => sum + toBytes(quantityOf(text)), 0);
    const name = pod.spec.containers[0]?.name ?? "";
    const text = usedBytes > requestBytes ? containerText(name, usedBytes, requestBytes, "ephemeral-storage") : "";
    candidates.push({ worker, pod, usedBytes, requestBytes, text });
  }
  return ranked(candidates);
}

// Models helpers.go rankPIDPressure
/** Pods of low priority first; among them those with the most processes. */
function byPids(agent: Agent): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const worker of agent.workers.values()) {
    const { pod, uid } = worker;
    if (!isEvictable(worker) || pod === undefined) continue;
    candidates.push({ worker, pod, usedBytes: pidsOf(agent, uid), requestBytes: 0, text: "" });
  }
  return ranked(candidates);
}

function ranked(candidates: readonly Candidate[]): readonly Candidate[] {
  const above = ({ usedBytes, requestBytes }: Candidate) => usedBytes - requestBytes;
  const exceeds = (one: Candidate) => (above(one) > 0 ? 0 : 1);
  const priority = ({ pod }: Candidate) => pod.spec.priority ?? 0;
  return [...candidates].sort((a, b) => exceeds(a) - exceeds(b) || priority(a) - priority(b) || above(b) - above(a));
}

function evict(agent: Agent, worker: PodWorker, message: string): void {
  worker.failure = { reason: EVICTED, message };
  worker.syncMs = agent.nowMs;
  agent.event(worker, { type: "Warning", reason: EVICTED, message });
  agent.machines.changed(agent.machine.name, worker.uid);
}

/** Whether a pod stops because it was evicted: it then gets no time for that. */
export function isEvicted({ failure }: PodWorker): boolean {
  return failure?.reason === EVICTED;
}

// Models eviction_manager.go Admit
/** Why a node under pressure takes no such pod, or undefined. */
export function pressureProblem({ pressures }: Agent, { isStatic }: PodWorker, { spec, status }: Pod) {
  if (pressures.size === 0 || isStatic || (spec.priority ?? 0) >= SYSTEM_CRITICAL) return undefined;
  if (pressures.size === 1 && pressures.has("MemoryPressure")) {
    if (status.qosClass !== "BestEffort") return undefined;
    const tolerated = spec.tolerations?.some(
      ({ key, operator, effect }) =>
        (key === MEMORY_PRESSURE_TAINT || (!key && operator === "Exists")) && (!effect || effect === "NoSchedule"),
    );
    if (tolerated === true) return undefined;
  }
  return { reason: EVICTED, message: `The node had condition: [${[...pressures.keys()].join(" ")}]. ` };
}
