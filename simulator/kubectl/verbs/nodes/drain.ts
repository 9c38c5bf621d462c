import { parseLabelSelector } from "../../../api/meta/selector-parser.ts";
import { isObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { DRY_RUN, dryRunOf } from "../../change/flags.ts";
import type { Info } from "../../cli/builder.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import { SELECTOR } from "../../cli/select-flags.ts";
import { identityOf, urlPart } from "../../mapping.ts";
import { mark, nodesOf } from "./cordon.ts";
import { Departure, together } from "./departure.ts";
import { type DrainPod, sortPods } from "./filters.ts";

/** `kubectl drain`: cordons the nodes and evicts their pods, node by node. Models kubectl pkg/cmd/drain and pkg/drain. */
export const drain: Command = {
  name: "drain",
  lookUps: 4,
  use: "NODE [options]",
  short: "Drain node in preparation for maintenance",
  flags: [
    SELECTOR,
    DRY_RUN,
    { name: "chunk-size", type: "int", default: "500", usage: "How many objects to ask for at once; 0 for all." },
    { name: "delete-emptydir-data", type: "bool", default: "false", usage: "Go on where pods keep data in emptyDir." },
    { name: "disable-eviction", type: "bool", default: "false", usage: "Delete, and ask no disruption budgets." },
    { name: "force", type: "bool", default: "false", usage: "Go on where pods have no controller." },
    { name: "grace-period", type: "int", default: "-1", usage: "Seconds for pods to end; below 0 their own." },
    { name: "ignore-daemonsets", type: "bool", default: "false", usage: "Leave pods of DaemonSets." },
    { name: "pod-selector", type: "string", default: "", usage: "Labels of the pods that are to go." },
    {
      name: "skip-wait-for-delete-timeout",
      type: "int",
      default: "0",
      usage: "Don't wait for pods that are being deleted for longer than these seconds.",
    },
    { name: "timeout", type: "duration", default: "0s", usage: "How long to go on; 0 for ever." },
  ],
  run: runDrain,
};

async function runDrain(call: Call): Promise<number> {
  const { host } = call;
  if (!parseLabelSelector(call.flags.text("pod-selector")).ok) {
    throw complaint("--pod-selector=<pod_selector> must be a valid label selector");
  }
  const nodes = await nodesOf(call);
  await mark(call, nodes, false);
  const say = await announcer(call);
  const failed: { readonly name: string; readonly why: string }[] = [];
  for (const node of nodes) {
    const why = await drainNode(call, node);
    if (why === undefined) {
      say.say(node.object ?? {}, "drained");
      continue;
    }
    host.err(`error: unable to drain node ${JSON.stringify(node.name)} due to error: ${why}, continuing command...\n`);
    failed.push({ name: node.name, why });
  }
  if (failed.length === 0) return 0;
  host.err("There are pending nodes to be drained:\n");
  for (const { name } of failed) host.err(` ${name}\n`);
  for (const { why } of failed) host.err(`${why}\n`);
  return 1;
}

/** What went wrong, or undefined when the node is empty. */
async function drainNode(call: Call, node: Info): Promise<string | undefined> {
  const { flags, host } = call;
  const sorted = await sortPods(call.client.transport, await podsOn(call, node.name), {
    force: flags.on("force"),
    ignoreDaemonSets: flags.on("ignore-daemonsets"),
    deleteEmptyDirData: flags.on("delete-emptydir-data"),
  });
  if (sorted.problems.length > 0) return together(sorted.problems);
  if (sorted.warnings.length > 0) host.err(`Warning: ${sorted.warnings.join("; ")}\n`);
  if (dryRunOf(flags) === "client") {
    for (const { namespace, name } of sorted.pods) host.out(`evicting pod ${namespace}/${name} (dry run)\n`);
    return undefined;
  }
  try {
    return await new Departure(call).run(sorted.pods);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
}

async function podsOn({ flags, client }: Call, node: string): Promise<readonly DrainPod[]> {
  const fields = urlPart(`spec.nodeName=${node}`);
  const podSelector = flags.text("pod-selector");
  const labels = podSelector === "" ? "" : `&labelSelector=${urlPart(podSelector)}`;
  const { items } = (await client.get(`/api/v1/pods?fieldSelector=${fields}${labels}`)).body;
  return (Array.isArray(items) ? items.filter(isObject) : []).map((object) => {
    const uid = isObject(object.metadata) ? object.metadata.uid : "";
    return { ...identityOf(object), uid: String(uid), object };
  });
}
