import type { JsonObject } from "../../base/json.ts";
import { listOf, partOf, textOf } from "../change/object.ts";
import { POLL_MS, remove } from "../change/removal.ts";
import { type Call, complaint } from "../cli/command.ts";
import { identityOf, pathOf, printedName, type RestMapping } from "../mapping.ts";

interface Made {
  readonly object: JsonObject;
  readonly mapping: RestMapping;
}

const ENDED = ["Succeeded", "Failed"];

// Models kubectl pkg/cmd/run Run, from where it attaches
/** Waits until the pod of a `run` runs, shows what it prints, and gives its exit code; with `--rm` it is deleted then. */
export async function attachToRun(call: Call, pod: JsonObject, made: readonly Made[]): Promise<number | undefined> {
  try {
    return await followed(call, pod);
  } finally {
    if (call.flags.on("rm")) for (const { object, mapping } of made) await removeMade(call, object, mapping);
  }
}

async function removeMade(call: Call, object: JsonObject, mapping: RestMapping): Promise<void> {
  const info = { mapping, ...identityOf(object), source: "" };
  await remove(call, info, { grace: -1, cascade: "Background", dryRun: false });
  if (call.flags.on("quiet")) return;
  const type = printedName(mapping, info.name).split("/")[0];
  call.host.out(`${type} ${JSON.stringify(info.name)} deleted from ${info.namespace} namespace\n`);
}

async function followed(call: Call, pod: JsonObject): Promise<number | undefined> {
  const { client, flags, host } = call;
  const { name, namespace } = identityOf(pod);
  const path = pathOf({ group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true }, namespace, name);
  const endMs = host.nowEpochMs() + flags.durationMs("pod-running-timeout");
  let now = pod;
  while (!isUp(now) && !ENDED.includes(phaseOf(now))) {
    if (host.interrupt.raised) return undefined;
    if (host.nowEpochMs() >= endMs) throw complaint("timed out waiting for the condition");
    await host.wait(POLL_MS);
    now = (await client.get(path)).body;
  }
  const restart = textOf(now, "spec", "restartPolicy");
  const waits = !flags.on("leave-stdin-open") && (restart === "Never" || restart === "OnFailure");
  while (waits && !ENDED.includes(phaseOf(now)) && !host.interrupt.raised) {
    await host.wait(POLL_MS);
    now = (await client.get(path)).body;
  }
  const log = await client.demand({ method: "GET", path: `${path}/log` });
  host.out(log.text ?? "");
  return waits ? exitOf(now) : undefined;
}

function phaseOf(pod: JsonObject): string {
  return textOf(pod, "status", "phase");
}

function isUp(pod: JsonObject): boolean {
  const ready = listOf(pod, "status", "conditions").find(({ type }) => type === "Ready");
  return phaseOf(pod) === "Running" && ready?.status === "True";
}

function exitOf(pod: JsonObject): number {
  if (phaseOf(pod) !== "Failed") return 0;
  const { name, namespace } = identityOf(pod);
  const state = partOf(listOf(pod, "status", "containerStatuses")[0], "state", "terminated");
  const code = typeof state.exitCode === "number" ? state.exitCode : 0;
  if (code === 0) throw complaint(`pod ${namespace}/${name} failed with unknown exit code`);
  throw complaint(
    `pod ${namespace}/${name} terminated (${String(state.reason ?? "")})\n${String(state.message ?? "")}`,
    code,
  );
}
