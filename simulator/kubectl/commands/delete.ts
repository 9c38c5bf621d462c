import { isObject } from "../../base/json.ts";
import { type CommandResult, Output, POLL_MS, type Wait } from "../command.ts";
import { pathOf, printedName } from "../mapping.ts";
import { type Target, type TargetOptions, targetsOf } from "../targets.ts";
import { failureOf, serverError, type Transport } from "../transport.ts";

export interface DeleteOptions extends TargetOptions {
  readonly gracePeriodSeconds?: number;
  /** A grace period of one second. */
  readonly now?: boolean;
  readonly force?: boolean;
  /** What becomes of the objects that these own; `background` when absent. */
  readonly cascade?: "background" | "foreground" | "orphan";
  readonly ignoreNotFound?: boolean;
  readonly output?: "name";
  /** With it the command goes on until the objects are gone; without it it doesn't wait (`--wait=false`). */
  readonly wait?: Wait;
  /** How long to wait at most; for ever when absent. */
  readonly timeoutMs?: number;
}

const PROPAGATION = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;
const IMMEDIATE =
  "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.";
const CLUSTER_SCOPED = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace";

interface Deleted {
  readonly target: Target;
  readonly uid: string;
}

/** `kubectl delete`. Models kubectl pkg/cmd/delete. */
export async function deleteObjects(transport: Transport, options: DeleteOptions): Promise<CommandResult> {
  const output = new Output();
  const wrong = contradiction(options);
  if (wrong !== undefined) return output.fail(`error: ${wrong}`);
  const grace = graceOf(options);
  if (options.force && grace === 0) output.error(IMMEDIATE);
  const targets = await targetsOf(transport, options);
  if (!targets.ok) return output.fail(targets.error);
  if (targets.value.length === 0) {
    output.out("No resources found");
    return output.done();
  }
  if (options.namespace && !options.allNamespaces && targets.value.some(({ mapping }) => !mapping.namespaced)) {
    output.error(CLUSTER_SCOPED);
  }
  const deleted: Deleted[] = [];
  let failed = false;
  for (const target of targets.value) {
    const done = await deleteOne(transport, target, options, grace, output);
    if (done === undefined) failed = true;
    else if (done.uid !== "") deleted.push(done);
  }
  if (failed) return output.done(1);
  return options.wait === undefined ? output.done() : untilGone(transport, deleted, options, options.wait, output);
}

function contradiction({ now, gracePeriodSeconds, force, all, selector, fieldSelector }: DeleteOptions) {
  if (now && gracePeriodSeconds !== undefined) return "--now and --grace-period cannot be specified together";
  if (all && selector) return "cannot set --all and --selector at the same time";
  if (all && fieldSelector) return "cannot set --all and --field-selector at the same time";
  if (force && (now || (gracePeriodSeconds ?? 0) > 0)) {
    return "--force and --grace-period greater than 0 cannot be specified together";
  }
  return undefined;
}

/** Only --force really means 0: else it becomes 1, to prevent accidents. */
function graceOf({ now, force, gracePeriodSeconds }: DeleteOptions): number | undefined {
  if (force) return 0;
  if (now || gracePeriodSeconds === 0) return 1;
  return gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? undefined : gracePeriodSeconds;
}

/** Undefined when the server refused; an empty uid when there is nothing to wait for. */
async function deleteOne(
  transport: Transport,
  target: Target,
  options: DeleteOptions,
  grace: number | undefined,
  output: Output,
): Promise<Deleted | undefined> {
  const { mapping, namespace, name } = target;
  const response = await transport({
    method: "DELETE",
    path: pathOf(mapping, namespace, name),
    body: {
      ...(grace !== undefined && { gracePeriodSeconds: grace }),
      propagationPolicy: PROPAGATION[options.cascade ?? "background"],
    },
  });
  output.warnings(response);
  if (failureOf(response) !== undefined) {
    // What was found by a selector may be gone in the meantime.
    if (response.code === 404 && (options.ignoreNotFound || target.object !== undefined)) return { target, uid: "" };
    output.error(serverError(response));
    return undefined;
  }
  output.out(lineOf(target, options, grace));
  const { metadata, details } = response.body;
  const uid = isObject(details) ? details.uid : isObject(metadata) ? metadata.uid : "";
  return { target, uid: typeof uid === "string" ? uid : "" };
}

function lineOf({ mapping, namespace, name }: Target, options: DeleteOptions, grace: number | undefined): string {
  const printed = printedName(mapping, name);
  if (options.output === "name") return printed;
  const type = printed.slice(0, printed.indexOf("/"));
  const done = grace === 0 ? "force deleted" : "deleted";
  return `${type} ${JSON.stringify(name)} ${done}${namespace === "" ? "" : ` from ${namespace} namespace`}`;
}

async function untilGone(
  transport: Transport,
  deleted: readonly Deleted[],
  { timeoutMs }: DeleteOptions,
  wait: Wait,
  output: Output,
): Promise<CommandResult> {
  let waitedMs = 0;
  for (const { target, uid } of deleted) {
    while (await isThere(transport, target, uid)) {
      if (timeoutMs !== undefined && waitedMs >= timeoutMs) {
        return output.fail(`error: timed out waiting for the condition on ${target.mapping.plural}/${target.name}`);
      }
      await wait(POLL_MS);
      waitedMs += POLL_MS;
    }
  }
  return output.done();
}

/** An object of another uid is another object. */
async function isThere(transport: Transport, { mapping, namespace, name }: Target, uid: string): Promise<boolean> {
  const response = await transport({ method: "GET", path: pathOf(mapping, namespace, name) });
  if (response.code === 404) return false;
  const { metadata } = response.body;
  return !isObject(metadata) || metadata.uid === undefined || metadata.uid === uid;
}
