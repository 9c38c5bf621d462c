import type { Pod } from "../../../api/schema/generated/types.ts";
import { build } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import type { FlagSpec } from "../../cli/flags.ts";
import { chosenContainer, containerOf, notOfPod, podFor } from "../../cli/pods.ts";
import { failureOf } from "../../transport.ts";
import { runRemote } from "./remote.ts";

/** Flags of commands that go into containers. */
export const STREAM_FLAGS: readonly FlagSpec[] = [
  { name: "container", short: "c", type: "string", default: "", usage: "The container, where the pod has several." },
  { name: "pod-running-timeout", type: "duration", default: "1m0s", usage: "How long to wait for a pod." },
  { name: "quiet", short: "q", type: "bool", default: "false", usage: "Only what the container prints." },
  { name: "stdin", short: "i", type: "bool", default: "false", usage: "Pass standard input to the container." },
  { name: "tty", short: "t", type: "bool", default: "false", usage: "Standard input is a terminal." },
];

/** `kubectl exec`. Models kubectl pkg/cmd/exec. */
export const exec: Command = {
  name: "exec",
  lookUps: 4,
  use: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
  short: "Execute a command in a container",
  flags: [
    ...STREAM_FLAGS,
    { name: "filename", short: "f", type: "stringSlice", default: "", usage: "A file with the object to go into." },
  ],
  run: runExec,
};

const NO_UPGRADE = "unable to upgrade connection";
const SETTLED = ["Succeeded", "Failed"];

async function runExec(call: Call): Promise<number> {
  const { flags, words, wordsBeforeDash } = call;
  const filenames = flags.list("filename");
  const target = words.length > 0 && wordsBeforeDash !== 0 ? words[0] : undefined;
  if (wordsBeforeDash < 0 && (words.length > 1 || (words.length > 0 && filenames.length > 0))) {
    throw usageComplaint(call, "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
  }
  if (target === undefined && filenames.length === 0) throw complaint("pod, type/name or --filename must be specified");
  const command = wordsBeforeDash < 0 ? [] : words.slice(wordsBeforeDash);
  if (command.length === 0) throw complaint("you must specify at least one command for the container");
  const pod = target === undefined ? await podInFile(call, filenames) : await podFor(call, [target]);
  const phase = pod.status?.phase ?? "";
  if (SETTLED.includes(phase)) {
    throw complaint(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  const name = flags.text("container");
  if (name !== "" && containerOf(pod, name) === undefined) throw notOfPod(pod, name);
  const { container } = chosenContainer(call, pod, name, flags.on("quiet"));
  return withTerminal(call, pod, container.name, command);
}

async function podInFile(call: Call, filenames: readonly string[]): Promise<Pod> {
  const { infos } = await build(call, new Discovery(call.client), { words: [], filenames, latest: true });
  if (infos.length > 1) throw complaint("cannot exec into multiple objects at a time");
  const [info] = infos;
  if (info === undefined) throw complaint("no objects passed to exec");
  return podFor(call, [`${info.mapping.plural}.${info.mapping.version}.${info.mapping.group}/${info.name}`]);
}

/** Whether a terminal is passed on: what was asked for, where there is one. Models StreamOptions.SetupTTY. */
export function usesTerminal(call: Call, asksTty: boolean): boolean {
  const { flags, host } = call;
  if (!flags.on("stdin") || !asksTty) return false;
  if (host.terminal.stdin) return true;
  if (!flags.on("quiet")) host.err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
  return false;
}

async function withTerminal(call: Call, pod: Pod, container: string, command: readonly string[]): Promise<number> {
  const tty = usesTerminal(call, call.flags.on("tty"));
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const stdin = call.flags.on("stdin");
  return told(runRemote(call, { namespace, pod: name, container, command, stdin, tty, stderr: !tty }));
}

/** A connection that the server refuses is told in the words of the upgrade that failed. */
export async function told(running: Promise<number>): Promise<number> {
  try {
    return await running;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // What the API server itself does not allow has its reason; the rest is told as of a connection that failed.
    if (error.reason === "Forbidden" || error.reason === "NotFound") throw error;
    const message = failureOf(error.response)?.message ?? "";
    throw complaint(message.startsWith(NO_UPGRADE) ? message : `${NO_UPGRADE}: ${message}`);
  }
}
