import { build, type Info } from "../../cli/builder.ts";
import { type Call, type CommandError, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import type { FlagSpec } from "../../cli/flags.ts";
import { FILE_FLAGS, SELECTOR } from "../../cli/select-flags.ts";
import type { RestMapping } from "../../mapping.ts";

/** Flags by which the subcommands of rollout find their objects. */
export const TARGET_FLAGS: readonly FlagSpec[] = [...FILE_FLAGS, SELECTOR];

export interface Targets {
  readonly infos: readonly (Info & { readonly object: NonNullable<Info["object"]> })[];
  readonly problems: readonly CommandError[];
}

/** The objects that a rollout command is for, as they are now. */
export async function targetsOf(call: Call): Promise<Targets> {
  const { flags, words, client } = call;
  const filenames = flags.list("filename");
  if (words.length === 0 && filenames.length === 0 && flags.text("kustomize") === "") {
    throw complaint("required resource not specified");
  }
  const { infos, problems } = await build(call, new Discovery(client), {
    words,
    filenames,
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    latest: true,
    typed: true,
    typeMeansAll: true,
  });
  return {
    infos: infos.flatMap((info) => (info.object === undefined ? [] : [{ ...info, object: info.object }])),
    problems,
  };
}

/** `Deployment.apps`, as Go prints a GroupKind. */
export function groupKindText({ group, kind }: RestMapping): string {
  return group === "" ? kind : `${kind}.${group}`;
}

/** Kinds that kubectl has heard of here, though it has nothing for them. Models kubectl pkg/apps kind_visitor.go. */
const KNOWN = ["Job", "Pod", "ReplicaSet", "ReplicationController", "CronJob"];

/** The complaint about a kind that has no history, or can't be rolled back. */
export function noneForKind(
  mapping: RestMapping,
  retrieving: string,
  implementer: string,
  quoted: boolean,
): CommandError {
  const text = groupKindText(mapping);
  if (KNOWN.includes(mapping.kind)) {
    return complaint(`no ${implementer} has been implemented for ${quoted ? JSON.stringify(text) : text}`);
  }
  const { group, kind } = mapping;
  return complaint(`error retrieving ${retrieving} for "${text}", no visitor method exists for {${group} ${kind}}`);
}

/** Whether rollouts are known of a kind. */
export function rollsOut({ group, kind }: RestMapping): boolean {
  return group === "apps" && ["Deployment", "DaemonSet", "StatefulSet"].includes(kind);
}
