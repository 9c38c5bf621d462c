import type { Agent } from "./agent.ts";
import { commandEnd } from "./hooks.ts";
import { endPreStop } from "./pod-stop.ts";
import type { ErrandEnd } from "./ports.ts";
import { takeProbeAnswer } from "./probes.ts";
import { findContainer } from "./runtime.ts";
import { slotsOf } from "./slots.ts";
import type { PodWorker } from "./worker.ts";

/**
 * A command that the kubelet ran in a container has ended: brings its end to the probe or the hook that waits for it.
 * Who waits is part of the worker, as plain data; a kubelet that was started anew knows of none.
 */
export function takeErrandEnd(agent: Agent, worker: PodWorker, end: ErrandEnd): void {
  const { pod, step } = worker;
  const slots = pod === undefined ? [] : slotsOf(pod.spec);
  const index = slots.findIndex(({ container }) => container.name === end.container);
  const slot = slots[index];
  const container = findContainer(agent.runtimeOf(worker), end.container);
  if (pod === undefined || slot === undefined || container?.attempt !== end.attempt) return;
  const { exitCode, output, session } = end;
  if (step?.kind === "hook" && step.index === index && step.session === session) {
    const { problem } = commandEnd(
      pod,
      slot,
      slot.container.lifecycle?.postStart?.exec?.command ?? [],
      exitCode,
      output,
    );
    worker.step = { ...step, dueMs: agent.nowMs, ...(problem !== undefined && { problem }) };
    return;
  }
  const hook = worker.preStops?.find((each) => each.index === index && each.session === session);
  if (hook !== undefined) endPreStop(agent, worker, slot, hook, exitCode !== 0);
  else takeProbeAnswer(worker, slot, index, end);
}
