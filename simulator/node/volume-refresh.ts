import type { Pod } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { volumePins } from "./files/pins.ts";
import { podTable } from "./pod.machine.ts";
import type { RuntimePod } from "./runtime.ts";

/** Notes what the volumes that the kubelet writes shall show, as of now. */
export function readVolumes(agent: Agent, pod: Pod, runtime: RuntimePod | undefined): void {
  if (runtime === undefined) return;
  const pins = volumePins({ cache: agent.context.cache, nowMs: agent.nowMs }, pod, runtime.pins);
  if (pins === undefined) return;
  runtime.pins = pins;
  agent.machine.hasPins = true;
}

// Models pkg/kubelet/volumemanager: volumes that show objects are written anew when their pod is synced, once a minute or so
/** Brings the volumes of all running pods up to what the API has; the kubelet does it once a minute. */
export function refreshVolumes(agent: Agent): void {
  if (!agent.machine.hasPins) return;
  for (const worker of agent.workers.values()) {
    const runtime = agent.runtimeOf(worker);
    if (runtime?.pins !== undefined && worker.pod !== undefined && podTable.tags(worker.stage).includes("syncing")) {
      readVolumes(agent, worker.pod, runtime);
    }
  }
}
