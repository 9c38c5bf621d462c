import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { accepted, type CommandResult, Output } from "../command.ts";
import { pathOf, urlPart } from "../mapping.ts";
import { type Target, targetsOf } from "../targets.ts";
import type { Transport } from "../transport.ts";

export interface NodesOptions {
  readonly nodes: readonly string[];
  /** Label selector of nodes, instead of names. */
  readonly selector?: string;
}

/** A node as the API gave it. */
export interface FoundNode {
  readonly name: string;
  readonly object: JsonObject;
}

/** `kubectl cordon`: no new pods come to the nodes. Models kubectl pkg/cmd/drain RunCordonOrUncordon. */
export function cordon(transport: Transport, options: NodesOptions): Promise<CommandResult> {
  return run(transport, options, "cordon");
}

/** `kubectl uncordon`. */
export function uncordon(transport: Transport, options: NodesOptions): Promise<CommandResult> {
  return run(transport, options, "uncordon");
}

async function run(transport: Transport, options: NodesOptions, verb: "cordon" | "uncordon") {
  const output = new Output();
  const nodes = await nodesOf(transport, options, verb);
  if (!nodes.ok) return output.fail(nodes.error);
  await setSchedulable(transport, nodes.value, verb === "uncordon", output);
  return output.done();
}

/** The nodes that a command line names, or kubectl's words about it. */
export async function nodesOf(
  transport: Transport,
  { nodes, selector = "" }: NodesOptions,
  verb: string,
): Promise<Result<readonly FoundNode[], string>> {
  const help = `See 'kubectl ${verb} -h' for help and examples`;
  if (nodes.length === 0 && selector === "") return fail(`error: USAGE: ${verb} NODE [flags]\n${help}`);
  if (nodes.length > 0 && selector !== "") {
    return fail(`error: cannot specify both a node name and a --selector option\n${help}`);
  }
  const targets = await targetsOf(transport, { resources: ["nodes", ...nodes], selector });
  if (!targets.ok) return targets;
  const found: FoundNode[] = [];
  for (const target of targets.value) {
    const node = await fetched(transport, target);
    if (!node.ok) return node;
    found.push(node.value);
  }
  return ok(found);
}

async function fetched(transport: Transport, target: Target): Promise<Result<FoundNode, string>> {
  const { mapping, name, object } = target;
  if (object !== undefined) return ok({ name, object });
  const response = accepted(await transport({ method: "GET", path: pathOf(mapping, "", name) }));
  return response.ok ? ok({ name, object: response.value.body }) : response;
}

/** Marks the nodes; one that cannot be marked is told and does not hold up the others. */
export async function setSchedulable(
  transport: Transport,
  nodes: readonly FoundNode[],
  schedulable: boolean,
  output: Output,
): Promise<void> {
  const done = schedulable ? "uncordoned" : "cordoned";
  for (const { name, object } of nodes) {
    const { spec } = object;
    const cordoned = isObject(spec) && spec.unschedulable === true;
    if (cordoned === !schedulable) {
      output.out(`node/${name} already ${done}`);
      continue;
    }
    const response = await transport({
      method: "PATCH",
      path: `/api/v1/nodes/${urlPart(name)}`,
      contentType: "application/strategic-merge-patch+json",
      body: { spec: { unschedulable: schedulable ? null : true } },
    });
    const marked = accepted(response);
    if (marked.ok) output.out(`node/${name} ${done}`);
    else {
      const { message } = response.body;
      output.error(`error: unable to ${schedulable ? "uncordon" : "cordon"} node ${JSON.stringify(name)}: ${message}`);
    }
  }
}
