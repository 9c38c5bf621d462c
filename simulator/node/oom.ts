import { quantityOf, toBytes } from "../api/meta/quantity.ts";
import type { Pod } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import type { Agent } from "./agent.ts";
import { actualOf } from "./granted.ts";
import { spread } from "./ids.ts";
import { behaviourOf } from "./images/registry.ts";
import { nodeSubject } from "./node-status.ts";
import { containerSpecOf, podOfRuntime } from "./pod-spec-of.ts";
import { killContainer, type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";
import { containerUse, machineUse } from "./usage.ts";
import { footprintOf } from "./usage-footprints.ts";

const KILLED = 137;
const SYSTEM_CRITICAL = 2_000_000_000;

/** A running container with what it takes. */
export interface Taker {
  readonly pod: Pod;
  readonly spec: Container;
  readonly runtime: RuntimePod;
  readonly container: RuntimeContainer;
  readonly memoryBytes: number;
}

/** Everything that runs on a machine, with what it takes now. */
export function takersOf({ machines, machine, nowMs }: Agent): readonly Taker[] {
  const takers: Taker[] = [];
  for (const runtime of machine.pods.values()) {
    const pod = podOfRuntime(machines.ports.sources, machine, runtime);
    for (const container of runtime.containers) {
      const use = containerUse(machines, machine, runtime, container, nowMs);
      const spec = pod && containerSpecOf(pod, container.name);
      if (use === undefined || pod === undefined || spec === undefined) continue;
      takers.push({ pod, spec, runtime, container, memoryBytes: use.memoryBytes });
    }
  }
  return takers;
}

/** Memory of the machine that nobody takes, in bytes; below zero for an instant, before the kernel kills something. */
export function availableMemory({ machines, machine, nowMs }: Agent): number {
  return toBytes(quantityOf(machine.shape.memory)) - machineUse(machines, machine, nowMs).memoryBytes;
}

function memoryLimit(runtime: RuntimePod, spec: Container): number {
  const limit = actualOf(runtime, spec).limits?.memory;
  return limit === undefined ? Number.POSITIVE_INFINITY : toBytes(quantityOf(limit));
}

/**
 * A container has started whose program says what it will take: where that is more than its limit, the kernel ends it on the
 * way there. The time is known now, so nothing needs to watch for it.
 */
export function noteMemory(agent: Agent, runtime: RuntimePod, spec: Container, container: RuntimeContainer): void {
  const { usage } = behaviourOf(spec);
  if (usage === undefined || usage.memoryBytes <= 0) return;
  agent.machine.isHeavy = true;
  const left = memoryLimit(runtime, spec) - footprintOf(spec).memoryBytes;
  if (usage.memoryBytes <= left) return;
  const endsMs = container.startedMs + Math.max(1, Math.floor((usage.afterMs * Math.max(0, left)) / usage.memoryBytes));
  if (container.endsMs >= 0 && container.endsMs <= endsMs) return;
  container.endsMs = endsMs;
  container.exitCode = KILLED;
  container.oomKilled = true;
}

function kill({ machines, machine, nowMs }: Agent, { runtime, container }: Taker): void {
  killContainer(container, KILLED, nowMs);
  container.oomKilled = true;
  machines.processEnded(machine, container);
  machines.changed(machine.name, runtime.uid);
}

// Models the kernel's memory cgroups, and its killer of last resort with the scores of pkg/kubelet/qos policy.go
/** Ends what takes more memory than its limit, and, where the machine has none left, whatever has the highest score. */
export function endMemoryHogs(agent: Agent): void {
  for (const taker of takersOf(agent)) {
    if (taker.memoryBytes > memoryLimit(taker.runtime, taker.spec)) kill(agent, taker);
  }
  while (availableMemory(agent) < 0) {
    const victim = worst(agent);
    if (victim === undefined) return;
    kill(agent, victim);
    const { name } = agent.machine;
    const program = (victim.spec.command?.[0] ?? victim.spec.image ?? "").split("/").at(-1)?.split(":")[0] ?? "";
    const pid = 1000 + (spread(`${victim.runtime.uid}/${victim.container.name}/${victim.container.attempt}`) % 30_000);
    const message = `System OOM encountered, victim process: ${program}, pid: ${pid}`;
    agent.context.recordEvent(nodeSubject(name), { type: "Warning", reason: "SystemOOM", message });
  }
}

function worst(agent: Agent): Taker | undefined {
  const capacity = toBytes(quantityOf(agent.machine.shape.memory));
  let found: { taker: Taker; score: number } | undefined;
  for (const taker of takersOf(agent)) {
    if (stateOf(taker.container, agent.nowMs) !== "running") continue;
    const score = (1000 * taker.memoryBytes) / capacity + scoreAdjustment(taker, capacity);
    if (found === undefined || score > found.score) found = { taker, score };
  }
  return found?.taker;
}

// Models pkg/kubelet/qos policy.go GetContainerOOMScoreAdjust
function scoreAdjustment({ pod, spec }: Taker, capacity: number): number {
  if ((pod.spec.priority ?? 0) >= SYSTEM_CRITICAL) return -997;
  if (pod.status.qosClass === "Guaranteed") return -997;
  if (pod.status.qosClass === "BestEffort") return 1000;
  const request = toBytes(quantityOf(spec.resources?.requests?.memory));
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * request) / capacity)));
}
