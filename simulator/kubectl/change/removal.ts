import type { JsonObject } from "../../base/json.ts";
import type { Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, complaint } from "../cli/command.ts";
import { type FlagSpec, parseBool } from "../cli/flags.ts";
import { pathOf } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import { textOf } from "./object.ts";
import { doing } from "./write.ts";

/** How long kubectl lets pass between two looks. */
export const POLL_MS = 1000;
const WEEK_MS = 168 * 3_600_000;

export const CASCADE: FlagSpec = {
  name: "cascade",
  type: "string",
  default: "background",
  bare: "background",
  usage: "What becomes of what the objects own: background, orphan or foreground.",
};
/** What `apply`, `replace` and `delete` know about removing. */
export const REMOVAL_FLAGS: readonly FlagSpec[] = [
  CASCADE,
  { name: "force", type: "bool", default: "false", usage: "Remove at once, without a grace period." },
  { name: "grace-period", type: "int", default: "-1", usage: "Seconds for the objects to end; -1 for their own." },
  { name: "timeout", type: "duration", default: "0s", usage: "How long to wait for the end; 0 for ever." },
];

export interface Removal {
  /** Seconds; below 0 for the objects' own. */
  readonly grace: number;
  readonly cascade: "Background" | "Foreground" | "Orphan";
  readonly dryRun: boolean;
}

// Models kubectl pkg/cmd/delete delete_flags.go ToOptions
export function removalOf({ flags, host }: Call, dryRun = false): Removal {
  const cascade = flags.text("cascade");
  const policies = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;
  const truth = parseBool(cascade);
  const named = truth === undefined ? cascade : truth ? "background" : "orphan";
  const policy = Object.hasOwn(policies, named) ? policies[named as keyof typeof policies] : undefined;
  if (truth !== undefined) {
    host.err(
      `warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${named}.\n`,
    );
  }
  if (policy === undefined) {
    throw complaint(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  }
  const given = flags.number("grace-period");
  const force = flags.on("force");
  return { grace: force && given < 0 ? 0 : given, cascade: policy, dryRun };
}

/** Asks the server to remove an object; gives the uid of what goes. */
export async function remove(call: Call, info: Info, removal: Removal): Promise<string> {
  const { mapping, namespace, name, source } = info;
  const { grace, cascade, dryRun } = removal;
  const response = await call.client.ask({
    method: "DELETE",
    path: pathOf(mapping, namespace, name),
    body: {
      kind: "DeleteOptions",
      apiVersion: "v1",
      ...(grace >= 0 && { gracePeriodSeconds: grace }),
      propagationPolicy: cascade,
      ...(dryRun && { dryRun: ["All"] }),
    },
  });
  if (failureOf(response) !== undefined) throw new ApiError(response, doing("deleting", source));
  return textOf(response.body, "details", "uid") || textOf(response.body, "metadata", "uid");
}

/** An object of which the server said that it goes. */
export interface Leaving {
  readonly info: Info;
  readonly uid: string;
}

// Models kubectl pkg/cmd/wait IsDeleted
/** Goes on until the objects are gone, or complains when the time is over. `timeoutMs` of 0 is a week. */
export async function untilGone(call: Call, leaving: readonly Leaving[], timeoutMs: number): Promise<void> {
  const limitMs = timeoutMs > 0 ? timeoutMs : WEEK_MS;
  const endMs = call.host.nowEpochMs() + limitMs;
  for (const { info, uid } of leaving) {
    while (await isThere(call, info, uid)) {
      if (call.host.interrupt.raised) return;
      if (call.host.nowEpochMs() >= endMs) {
        throw complaint(`timed out waiting for the condition on ${info.mapping.plural}/${info.name}`);
      }
      await call.host.wait(Math.min(POLL_MS, Math.max(1, endMs - call.host.nowEpochMs())));
    }
  }
}

/** An object of another uid is another object. */
async function isThere({ client }: Call, { mapping, namespace, name }: Info, uid: string): Promise<boolean> {
  const response = await client.ask({ method: "GET", path: pathOf(mapping, namespace, name) });
  if (response.code === 403 || response.code === 404 || response.code === 405) return false;
  if (failureOf(response) !== undefined) throw new ApiError(response);
  const found: JsonObject = response.body;
  return uid === "" || textOf(found, "metadata", "uid") === uid;
}
