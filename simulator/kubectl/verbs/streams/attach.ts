import type { Pod } from "../../../api/schema/generated/types.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "../../cli/command.ts";
import { chosenContainer, type FoundContainer, podFor } from "../../cli/pods.ts";
import { STREAM_FLAGS, told, usesTerminal } from "./exec.ts";
import { runRemote } from "./remote.ts";

const SETTLED = ["Succeeded", "Failed"];

/** `kubectl attach`. Models kubectl pkg/cmd/attach. */
export const attach: Command = {
  name: "attach",
  use: "(POD | TYPE/NAME) -c CONTAINER [options]",
  short: "Attach to a running container",
  flags: [
    ...STREAM_FLAGS,
    { name: "detach-keys", type: "string", default: "ctrl-p,ctrl-q", usage: "Keys by which to leave the container." },
  ],
  run: runAttach,
};

async function runAttach(call: Call): Promise<number> {
  const { flags, words, path } = call;
  if (words.length === 0) throw complaint("at least 1 argument is required for attach");
  if (words.length > 2) {
    throw complaint(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${words.length}: [${words.join(" ")}]`,
    );
  }
  if (flags.durationMs("pod-running-timeout") <= 0)
    throw usageComplaint(call, "--pod-running-timeout must be higher than zero");
  const pod = await podFor(call, words);
  const phase = pod.status?.phase ?? "";
  if (SETTLED.includes(phase))
    throw complaint(`cannot attach a container in a completed pod; current phase is ${phase}`);
  return attachTo(call, pod, flags.text("container"), path);
}

function containerToAttachTo(call: Call, pod: Pod, name: string): FoundContainer {
  try {
    return chosenContainer(call, pod, name, call.flags.on("quiet"));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw complaint(`cannot attach to the container: ${error.message.replace(/^error: /, "")}`);
  }
}

// Models kubectl pkg/cmd/attach Run
/** Attaches the terminal to a container that runs, and gives the exit code. `command`: what is told to come back by. */
export async function attachTo(call: Call, pod: Pod, name: string, command: string): Promise<number> {
  const { flags, host } = call;
  const quiet = flags.on("quiet");
  const { container, list } = containerToAttachTo(call, pod, name);
  if (flags.on("tty") && container.tty !== true && !quiet) {
    host.err(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`);
  }
  const tty = usesTerminal(call, container.tty === true);
  if (!quiet) {
    host.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  }
  const { name: podName = "", namespace = "" } = pod.metadata ?? {};
  const stdin = flags.on("stdin");
  const exit = await told(
    runRemote(call, { namespace, pod: podName, container: container.name, stdin, tty, stderr: !tty }),
  );
  if (!quiet && stdin && tty) {
    const again = `'${command} ${podName} -c ${container.name} -n ${namespace} -i -t'`;
    host.out(
      list === "ephemeralContainers"
        ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running\n`
        : `Session ended, resume using ${again} command\n`,
    );
  }
  return exit;
}
