import type { Pod } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { listOf, partOf, textOf } from "../change/object.ts";
import { removalOf, remove } from "../change/removal.ts";
import { type Call, CommandError, complaint } from "../cli/command.ts";
import { watchUntil } from "../cli/watching.ts";
import { identityOf, printedName, type RestMapping, urlPart } from "../mapping.ts";
import { attachTo } from "./streams/attach.ts";

interface Made {
  readonly object: JsonObject;
  readonly mapping: RestMapping;
}

const INTERRUPTED = 130;
const ENDED = ["Succeeded", "Failed"];

// Models kubectl pkg/cmd/run Run, from where it attaches
/** Waits until the pod of a `run` runs, shows what it prints, and gives its exit code; with `--rm` it is deleted then, as `--cascade` says. */
export async function attachToRun(call: Call, pod: JsonObject, made: readonly Made[]): Promise<number | undefined> {
  try {
    return await followed(call, pod);
  } finally {
    if (call.flags.on("rm")) for (const { object, mapping } of made) await removeMade(call, object, mapping);
  }
}

async function removeMade(call: Call, object: JsonObject, mapping: RestMapping): Promise<void> {
  const info = { mapping, ...identityOf(object), source: "" };
  await remove(call, info, { ...removalOf(call), grace: -1 });
  if (call.flags.on("quiet")) return;
  const type = printedName(mapping, info.name).split("/")[0];
  call.host.out(`${type} ${JSON.stringify(info.name)} deleted from ${info.namespace} namespace\n`);
}

async function followed(call: Call, made: JsonObject): Promise<number | undefined> {
  const { client, flags, host } = call;
  const { name, namespace } = identityOf(made);
  const pods = `/api/v1/namespaces/${urlPart(namespace)}/pods`;
  const path = `${pods}/${urlPart(name)}`;
  const log = async () => host.out((await client.demand({ method: "GET", path: `${path}/log` })).text ?? "");
  const pod = await podThat(call, pods, name, (now) => isUp(now) || ENDED.includes(phaseOf(now)));
  if (pod === undefined) return INTERRUPTED;
  if (ENDED.includes(phaseOf(pod))) await log();
  else {
    try {
      await attachTo(call, pod as Pod, "", call.path.replace(/run$/, "attach"));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      host.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`);
      await log();
    }
  }
  if (host.interrupt.raised) return INTERRUPTED;
  const restart = textOf(pod, "spec", "restartPolicy");
  if (flags.on("leave-stdin-open") || (restart !== "Never" && restart !== "OnFailure")) return undefined;
  const wanted = restart === "OnFailure" ? ["Succeeded"] : ENDED;
  const last = await podThat(call, pods, name, (now) => wanted.includes(phaseOf(now)));
  return last === undefined ? INTERRUPTED : exitOf(last);
}

// Models kubectl pkg/cmd/run waitForPod
/** The pod, as soon as it is so; undefined when the user wants no more. */
async function podThat(
  call: Call,
  pods: string,
  name: string,
  isSo: (pod: JsonObject) => boolean,
): Promise<JsonObject | undefined> {
  const deadlineMs = call.host.nowEpochMs() + call.flags.durationMs("pod-running-timeout");
  let found: JsonObject | undefined;
  const path = `${pods}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
  const end = await watchUntil(call, { path, deadlineMs }, ({ type, object }) => {
    if (type === "DELETED") throw complaint('pods "" not found');
    found = isSo(object) ? object : undefined;
    return found !== undefined;
  });
  if (end === "timeout") throw complaint("timed out waiting for the condition");
  return found;
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
