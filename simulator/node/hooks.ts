import type { Pod } from "../api/refs.ts";
import type { LifecycleHandler } from "../api/schema/generated/types.ts";
import type { Agent } from "./agent.ts";
import { podText } from "./events.ts";
import { readCommand } from "./images/command.ts";
import { behaviourOf } from "./images/registry.ts";
import { runProbe } from "./probe-run.ts";
import type { RuntimeContainer, RuntimePod } from "./runtime.ts";
import type { Slot } from "./slots.ts";
import type { PodWorker } from "./worker.ts";

/** Where a hook runs. */
export interface HookPlace {
  readonly worker: PodWorker;
  readonly pod: Pod;
  readonly slot: Slot;
  readonly runtime: RuntimePod;
  readonly container: RuntimeContainer;
}

/** How a hook ended: `problem` is undefined when it did well, and what the container's status says else. */
interface HookEnd {
  readonly problem: string | undefined;
}

/** A command that nobody here can run is taken to do its work at once. */
const UNKNOWN_MS = 20;
const WELL: HookEnd = { problem: undefined };

// Models pkg/kubelet/lifecycle handlers.go Run
/** Runs a hook. Gives when it ends and how, where that is known at once; else the session that its command runs in. */
export function runHook(
  agent: Agent,
  place: HookPlace,
  handler: LifecycleHandler,
  timeoutMs: number,
): { readonly afterMs: number; readonly end: HookEnd } | { readonly session: number } {
  const { slot, pod, runtime, container } = place;
  if (handler.sleep !== undefined) return { afterMs: handler.sleep.seconds * 1000, end: WELL };
  if (handler.httpGet !== undefined) {
    const problem = requestProblem(agent, place, handler);
    if (problem === undefined) return { afterMs: 0, end: WELL };
    const opening = `HTTP lifecycle hook (${handler.httpGet.path ?? ""}) ${whereOf(pod, slot)}`;
    return { afterMs: 0, end: { problem: `${opening} - error: ${problem}, message: ""` } };
  }
  const command = handler.exec?.command;
  if (command === undefined) return { afterMs: 0, end: { problem: "Invalid handler" } };
  const { shells } = agent.machines.ports;
  if (shells === undefined) {
    const read = readCommand(command);
    return { afterMs: read?.runsForMs ?? UNKNOWN_MS, end: commandEnd(pod, slot, command, read?.exitCode ?? 0, "") };
  }
  const started = shells.run({ machine: agent.machine, runtime, container }, { command, timeoutMs });
  if (started.ok) return { session: started.value };
  return { afterMs: 0, end: commandEnd(pod, slot, command, 126, started.error) };
}

const whereOf = (pod: Pod, slot: Slot): string =>
  `for Container "${slot.container.name}" in Pod "${podText(pod)}" failed`;

/** How a hook that is a command ended. */
export function commandEnd(
  pod: Pod,
  slot: Slot,
  command: readonly string[],
  exitCode: number,
  output: string,
): HookEnd {
  if (exitCode === 0) return WELL;
  const error = `command '${command.join(" ")}' exited with ${exitCode}: `;
  const opening = `Exec lifecycle hook ([${command.join(" ")}]) ${whereOf(pod, slot)}`;
  return { problem: `${opening} - error: ${error}, message: ${JSON.stringify(output)}` };
}

/** Why a hook's request did not get through. What it is answered does not matter. */
function requestProblem(agent: Agent, { slot, runtime, container }: HookPlace, handler: LifecycleHandler) {
  const { machines, machine, nowMs } = agent;
  const { message, ok } = runProbe(
    { httpGet: handler.httpGet },
    {
      container: slot.container,
      behaviour: behaviourOf(slot.container),
      machines,
      machine,
      runtimePod: runtime,
      ip: runtime.ip ?? "",
      ageMs: nowMs - container.startedMs,
    },
  );
  return ok || message.startsWith("HTTP probe failed with statuscode") ? undefined : message;
}
