import type { FileView } from "../files/view.ts";
import type { Channel, ContainerProcesses, Process } from "./process.ts";

/** What bytes do that leave a process: the streams of sessions are up to the machine. */
export interface Outlet {
  readonly files: FileView;
  print(session: number, stream: "stdout" | "stderr", bytes: string): void;
}

/** What Ctrl-D leaves in a terminal's input. */
export const END_OF_INPUT = "\u0004";

/** A pipe holds no more than this: its writer is stopped then. */
const PIPE_BYTES = 256 * 1024;

/** Files that stand for a process's own streams, or for those of process 1. */
export function specialChannel(all: ContainerProcesses, process: Process, path: string): Channel | undefined {
  if (path === "/dev/null") return { to: "null" };
  const own = /^(?:\/dev\/(stdin|stdout|stderr)|\/(?:dev|proc\/self)\/fd\/([012]))$/.exec(path);
  const number = { stdin: "0", stdout: "1", stderr: "2" }[own?.[1] ?? ""] ?? own?.[2];
  if (number !== undefined) return process.fds[number];
  const other = /^\/proc\/(\d+)\/fd\/([012])$/.exec(path);
  if (other === null) return undefined;
  return all.processes.find(({ pid }) => pid === Number(other[1]))?.fds[other[2] ?? ""];
}

/** Writes bytes to a channel. False when nobody will ever read them: the writer gets SIGPIPE. */
export function writeTo(all: ContainerProcesses, channel: Channel | undefined, bytes: string, outlet: Outlet): boolean {
  if (channel === undefined || channel.to === "null" || channel.to === "text" || bytes === "") return true;
  if (channel.to === "session") {
    outlet.print(channel.session, channel.stream === "stderr" ? "stderr" : "stdout", bytes);
    return true;
  }
  if (channel.to === "file") {
    outlet.files.append(channel.path, bytes);
    return true;
  }
  const pipe = all.pipes.find(({ id }) => id === channel.pipe);
  if (pipe === undefined || pipe.readers === 0) return false;
  pipe.bytes += bytes;
  return true;
}

/** Whether a writer has to wait until somebody has read. */
export function isFull(all: ContainerProcesses, channel: Channel | undefined): boolean {
  if (channel?.to !== "pipe") return false;
  const pipe = all.pipes.find(({ id }) => id === channel.pipe);
  return pipe !== undefined && pipe.readers > 0 && pipe.bytes.length > PIPE_BYTES;
}

/** Bytes that a channel holds now, and whether more may come. */
export function waiting(
  all: ContainerProcesses,
  channel: Channel | undefined,
  files: FileView,
): { readonly bytes: string; readonly isAll: boolean } {
  if (channel === undefined || channel.to === "null") return { bytes: "", isAll: true };
  if (channel.to === "text") return { bytes: channel.text, isAll: true };
  if (channel.to === "file") {
    const bytes = files.read(channel.path);
    return { bytes: typeof bytes === "string" ? bytes.slice(channel.offset ?? 0) : "", isAll: true };
  }
  if (channel.to === "session") {
    const session = all.sessions.find(({ id }) => id === channel.session);
    const input = session?.input ?? "";
    const end = input.indexOf(END_OF_INPUT);
    return end < 0
      ? { bytes: input, isAll: session?.inputClosed !== false }
      : { bytes: input.slice(0, end), isAll: true };
  }
  const pipe = all.pipes.find(({ id }) => id === channel.pipe);
  return { bytes: pipe?.bytes ?? "", isAll: pipe === undefined || pipe.writers === 0 };
}

/** Takes the first `count` bytes from a channel. */
export function take(all: ContainerProcesses, channel: Channel | undefined, count: number): void {
  if (channel === undefined || count === 0) return;
  if (channel.to === "text") channel.text = channel.text.slice(count);
  else if (channel.to === "file") channel.offset = (channel.offset ?? 0) + count;
  else if (channel.to === "session") {
    const session = all.sessions.find(({ id }) => id === channel.session);
    if (session !== undefined) session.input = session.input.slice(count);
  } else if (channel.to === "pipe") {
    const pipe = all.pipes.find(({ id }) => id === channel.pipe);
    if (pipe !== undefined) pipe.bytes = pipe.bytes.slice(count);
  }
}

/** A reader has seen the end of its input. On a terminal (Ctrl-D) that was the end for it alone: more may come. */
export function passEnd(all: ContainerProcesses, channel: Channel | undefined): void {
  if (channel?.to !== "session") return;
  const session = all.sessions.find(({ id }) => id === channel.session);
  if (session?.input.startsWith(END_OF_INPUT) === true) session.input = session.input.slice(1);
}

/** Counts the ends of pipes anew: after a process began, ended, or changed its descriptors. */
export function countEnds(all: ContainerProcesses): void {
  if (all.pipes.length === 0) return;
  for (const pipe of all.pipes) {
    pipe.readers = 0;
    pipe.writers = 0;
  }
  for (const process of all.processes) {
    if (process.state === "zombie") continue;
    for (const [fd, channel] of Object.entries(process.fds)) {
      if (channel.to !== "pipe") continue;
      const pipe = all.pipes.find(({ id }) => id === channel.pipe);
      if (pipe === undefined) continue;
      if (fd === "0") pipe.readers++;
      else pipe.writers++;
    }
  }
  all.pipes = all.pipes.filter(({ readers, writers }) => readers > 0 || writers > 0);
}
