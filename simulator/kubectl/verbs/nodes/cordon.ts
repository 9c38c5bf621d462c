import { isObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { DRY_RUN, dryRunOf } from "../../change/flags.ts";
import { partOf } from "../../change/object.ts";
import { patch } from "../../change/write.ts";
import { build, type Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { SELECTOR } from "../../cli/select-flags.ts";
import { failureOf } from "../../transport.ts";

/** `kubectl cordon`: no new pods come to the nodes. Models kubectl pkg/cmd/drain. */
export const cordon: Command = {
  name: "cordon",
  use: "NODE [options]",
  short: "Mark node as unschedulable",
  flags: [SELECTOR, DRY_RUN],
  run: (call) => run(call, false),
};

/** `kubectl uncordon`. */
export const uncordon: Command = {
  name: "uncordon",
  use: "NODE [options]",
  short: "Mark node as schedulable",
  flags: [SELECTOR, DRY_RUN],
  run: (call) => run(call, true),
};

async function run(call: Call, schedulable: boolean): Promise<undefined> {
  await mark(call, await nodesOf(call), schedulable);
  return undefined;
}

/** The nodes that a command line names. */
export async function nodesOf(call: Call): Promise<readonly Info[]> {
  const { flags, words, client } = call;
  const selector = flags.text("selector");
  const verb = call.path.split(" ").at(-1);
  dryRunOf(flags);
  if (words.length > 0 && selector !== "") {
    throw usageComplaint(call, "cannot specify both a node name and a --selector option");
  }
  if (words.length === 0 && selector === "") throw usageComplaint(call, `USAGE: ${verb} NODE [flags]`);
  const discovery = new Discovery(client);
  const { infos, problems } = await build(call, discovery, { words, type: "nodes", selector, latest: true });
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  return infos;
}

/** Marks the nodes; one that cannot be marked is told and does not hold up the others. */
export async function mark(call: Call, nodes: readonly Info[], schedulable: boolean): Promise<void> {
  const say = await announcer(call);
  const dryRun = dryRunOf(call.flags);
  const done = schedulable ? "uncordoned" : "cordoned";
  for (const node of nodes) {
    const object = node.object ?? {};
    const { spec } = object;
    const isCordoned = isObject(spec) && spec.unschedulable === true;
    if (isCordoned === !schedulable) {
      say.say(object, `already ${done}`);
      continue;
    }
    if (dryRun !== "client") {
      const wanted = { spec: { unschedulable: schedulable ? null : true } };
      try {
        await patch(call, node, "strategic", wanted, { manager: "" });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const why = failureOf(error.response)?.message ?? "";
        const doing = schedulable ? "uncordon" : "cordon";
        call.host.err(`${complaint(`unable to ${doing} node ${JSON.stringify(node.name)}: ${why}`).message}\n`);
        continue;
      }
    }
    say.say({ ...object, spec: partOf(object, "spec") }, done);
  }
}
