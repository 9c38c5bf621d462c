import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { accepted, type CommandResult, Output, POLL_MS, type Wait } from "../command.ts";
import { pathOf, printedName } from "../mapping.ts";
import { type Target, type TargetOptions, targetsOf } from "../targets.ts";
import type { Transport } from "../transport.ts";

export interface ScaleOptions extends TargetOptions {
  readonly replicas: number;
  /** Scales only what has so many replicas now. */
  readonly currentReplicas?: number;
  readonly resourceVersion?: string;
  /** With both, the command goes on until as many pods are there, for `timeoutMs` at most. */
  readonly wait?: Wait;
  readonly timeoutMs?: number;
}

/** `kubectl scale`. Models kubectl pkg/cmd/scale and pkg/scale. */
export async function scale(transport: Transport, options: ScaleOptions): Promise<CommandResult> {
  const output = new Output();
  if (!Number.isInteger(options.replicas) || options.replicas < 0) {
    return output.fail("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  }
  const targets = await targetsOf(transport, options);
  if (!targets.ok) return output.fail(targets.error);
  const { found, problems } = await present(transport, targets.value);
  if (options.resourceVersion && found.length > 1) {
    return output.fail("error: cannot use --resource-version with multiple resources");
  }
  if (found.length === 0 && problems.length === 0) return output.fail("error: no objects passed to scale");
  for (const target of found) {
    const scaled = await scaleOne(transport, target, options);
    if (!scaled.ok) return output.fail(scaled.error);
    output.out(`${printedName(target.mapping, target.name)} scaled`);
  }
  for (const problem of problems) output.error(problem);
  return output.done(problems.length > 0 ? 1 : 0);
}

/** Those of the targets that are there; the others do not hold them up. */
async function present(transport: Transport, targets: readonly Target[]) {
  const found: Target[] = [];
  const problems: string[] = [];
  for (const target of targets) {
    if (target.object !== undefined) {
      found.push(target);
      continue;
    }
    const { mapping, namespace, name } = target;
    const response = accepted(await transport({ method: "GET", path: pathOf(mapping, namespace, name) }));
    if (response.ok) found.push(target);
    else problems.push(response.error);
  }
  return { found, problems };
}

async function scaleOne(transport: Transport, target: Target, options: ScaleOptions): Promise<Result<true, string>> {
  const path = `${pathOf(target.mapping, target.namespace, target.name)}/scale`;
  const { replicas, currentReplicas, resourceVersion, wait, timeoutMs } = options;
  const response =
    currentReplicas !== undefined || resourceVersion
      ? await scaleIf(transport, path, options)
      : accepted(
          await transport({
            method: "PATCH",
            path,
            contentType: "application/merge-patch+json",
            body: { spec: { replicas } },
          }),
        );
  if (!response.ok) return response;
  if (wait === undefined || timeoutMs === undefined) return ok(true);
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const now = accepted(await transport({ method: "GET", path }));
    if (!now.ok) return now;
    // Somebody else wants another number by now: there is nothing left to wait for.
    if (sizeOf(now.value.body.spec) !== replicas || sizeOf(now.value.body.status) === replicas) return ok(true);
    if (waitedMs >= timeoutMs) return fail(`error: timed out waiting for ${JSON.stringify(target.name)} to be synced`);
    await wait(POLL_MS);
  }
}

/** Scales what is as the options expect it. */
async function scaleIf(transport: Transport, path: string, options: ScaleOptions) {
  const read = accepted(await transport({ method: "GET", path }));
  if (!read.ok) return read;
  const { body } = read.value;
  const size = sizeOf(body.spec);
  const expected = options.currentReplicas;
  if (expected !== undefined && expected !== size)
    return fail(`error: Expected replicas to be ${expected}, was ${size}`);
  const version = isObject(body.metadata) ? String(body.metadata.resourceVersion) : "";
  if (options.resourceVersion && options.resourceVersion !== version) {
    return fail(`error: Expected resource version to be ${options.resourceVersion}, was ${version}`);
  }
  const next: JsonObject = { ...body, spec: { replicas: options.replicas } };
  return accepted(await transport({ method: "PUT", path, body: next }));
}

/** The API leaves a zero out. */
function sizeOf(part: unknown): number {
  return isObject(part) && typeof part.replicas === "number" ? part.replicas : 0;
}
