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
export interface HookEnd {
  readonly problem: string | undefined;
}

/** A command that nobody here can run is taken to do its work at once. */
const UNKNOWN_MS = 20;
const WELL: HookEnd = { problem: undefined };

// Models pkg/kubelet/lifecycle handlers.go Run
/**
 * Runs a hook. Gives when it ends and how, where that is known at once; else undefined, and `then` hears of it later, after
 * `timeoutMs` at the latest.
 */
export function runHook(
  agent: Agent,
  place: HookPlace,
  handler: LifecycleHandler,
  timeoutMs: number,
  then: (end: HookEnd) => void,
): { readonly afterMs: number; readonly end: HookEnd } | undefined {
  const { pod, slot } = place;
  const where = `for Container "${slot.container.name}" in Pod "${podText(pod)}" failed`;
  if (handler.sleep !== undefined) return { afterMs: handler.sleep.seconds * 1000, end: WELL };
  if (handler.httpGet !== undefined) {
    const problem = requestProblem(agent, place, handler);
    if (problem === undefined) return { afterMs: 0, end: WELL };
    const path = handler.httpGet.path ?? "";
    return { afterMs: 0, end: { problem: `HTTP lifecycle hook (${path}) ${where} - error: ${problem}, message: ""` } };
  }
  const command = handler.exec?.command;
  if (command === undefined) return { afterMs: 0, end: { problem: "Invalid handler" } };
  const ended = (exitCode: number, output: string): HookEnd => {
    if (exitCode === 0) return WELL;
    const error = `command '${command.join(" ")}' exited with ${exitCode}: `;
    const text = `Exec lifecycle hook ([${command.join(" ")}]) ${where}`;
    return { problem: `${text} - error: ${error}, message: ${JSON.stringify(output)}` };
  };
  const { shells } = agent.machines.ports;
  if (shells === undefined) {
    const read = readCommand(command);
    return { afterMs: read?.runsForMs ?? UNKNOWN_MS, end: ended(read?.exitCode ?? 0, "") };
  }
  const { runtime, container } = place;
  const started = shells.run({ machine: agent.machine, runtime, container }, { command, timeoutMs }, (code, output) =>
    then(ended(code, output)),
  );
  return started.ok ? undefined : { afterMs: 0, end: ended(126, started.error) };
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
