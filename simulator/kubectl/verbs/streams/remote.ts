import { type ChannelMessage, ERROR, RESIZE, STDERR, STDIN, STDOUT } from "../../../api/streams.ts";
import { isObject, type JsonObject } from "../../../base/json.ts";
import { bytesOfText, textOfBytes } from "../../../node/files/bytes.ts";
import { type Call, CommandError, complaint } from "../../cli/command.ts";
import { moment } from "../../cli/watching.ts";
import { urlPart } from "../../mapping.ts";
import type { OpenStream } from "../../transport.ts";

/** How to go into a container. */
export interface RemotePlan {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Without one, to attach to what runs there. */
  readonly command?: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly stderr: boolean;
  /** Instead of what the terminal gives: what is sent as standard input. */
  readonly input?: string;
  /** Instead of the terminal: who hears standard output, as bytes. */
  readonly hear?: (bytes: string) => void;
  /** Who hears the error stream, likewise. */
  readonly hearErr?: (bytes: string) => void;
}

function pathOfPlan({ namespace, pod, container, command, stdin, tty, stderr }: RemotePlan): string {
  const query = [
    ...(command ?? []).map((word) => `command=${urlPart(word)}`),
    `container=${urlPart(container)}`,
    ...(stdin ? ["stdin=true"] : []),
    "stdout=true",
    ...(stderr ? ["stderr=true"] : []),
    ...(tty ? ["tty=true"] : []),
  ].join("&");
  const root = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(pod)}`;
  return `${root}/${command === undefined ? "attach" : "exec"}?${query}`;
}

/** Text out of bytes that come in pieces: a character may be parted between two. */
class Decoder {
  #rest = "";

  text(bytes: string): string {
    const all = this.#rest + bytes;
    // The beginning of a character of several bytes waits for the rest of it.
    const open = /[\xc2-\xf4][\x80-\xbf]{0,2}$/.exec(all)?.[0] ?? "";
    const first = open.charCodeAt(0);
    const wants = open === "" ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const keep = open.length < wants ? open.length : 0;
    this.#rest = keep === 0 ? "" : all.slice(-keep);
    return textOfBytes(keep === 0 ? all : all.slice(0, -keep));
  }
}

/**
 * Runs a command in a container, or attaches to what runs there, with the terminal's streams; gives the exit code. Throws
 * when the server refuses, or the connection ends with a complaint. Models client-go tools/remotecommand.
 */
export async function runRemote(call: Call, plan: RemotePlan): Promise<number> {
  const { host, client } = call;
  const out = new Decoder();
  const err = new Decoder();
  let status: JsonObject | undefined;
  const hear = ({ channel, bytes }: ChannelMessage) => {
    if (channel === STDOUT && plan.hear !== undefined) plan.hear(bytes);
    else if (channel === STDOUT) host.out(out.text(bytes));
    else if (channel === STDERR && plan.hearErr !== undefined) plan.hearErr(bytes);
    else if (channel === STDERR) host.err(err.text(bytes));
    else if (channel === ERROR) status = statusIn(bytes) ?? status;
  };
  const stream = await client.open({ method: "GET", path: pathOfPlan(plan) }, hear);
  let hasEnded = false;
  const ended = stream.ended.then(() => {
    hasEnded = true;
  });
  const letGo = feed(call, plan, stream);
  try {
    while (!hasEnded && !host.interrupt.raised) await moment(call, ended);
  } finally {
    letGo();
    stream.close();
  }
  return hasEnded ? exitOf(status) : 1;
}

/** Sends what the user types, and how large the terminal is; gives the way to stop. */
function feed(call: Call, { stdin, tty, input }: RemotePlan, stream: OpenStream): () => void {
  const { host } = call;
  const { terminal } = host;
  const resize = (columns: number, rows: number) =>
    stream.send({ channel: RESIZE, bytes: JSON.stringify({ Width: columns, Height: rows }) });
  if (input !== undefined) {
    stream.send({ channel: STDIN, bytes: input, end: true });
    return () => undefined;
  }
  if (!stdin) return () => undefined;
  if (tty) {
    resize(terminal.columns, terminal.rows ?? 24);
    const unhear = terminal.raw?.((bytes) => stream.send({ channel: STDIN, bytes }));
    const unsize = terminal.onResize?.(resize);
    return () => {
      unhear?.();
      unsize?.();
    };
  }
  void (terminal.stdin ? sendLines(call, stream) : sendAll(call, stream));
  return () => undefined;
}

async function sendAll({ host }: Call, stream: OpenStream): Promise<void> {
  stream.send({ channel: STDIN, bytes: bytesOfText(await host.stdin()), end: true });
}

async function sendLines({ host }: Call, stream: OpenStream): Promise<void> {
  for (let line = await host.line(); line !== undefined; line = await host.line()) {
    stream.send({ channel: STDIN, bytes: bytesOfText(`${line}\n`) });
  }
  stream.send({ channel: STDIN, bytes: "", end: true });
}

function statusIn(bytes: string): JsonObject | undefined {
  if (bytes === "") return undefined;
  try {
    const parsed: unknown = JSON.parse(textOfBytes(bytes));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return { status: "Failure", message: textOfBytes(bytes) };
  }
}

// Models client-go tools/remotecommand errorDecoderV4 and kubectl's checkErr for exit codes
function exitOf(status: JsonObject | undefined): number {
  if (status === undefined || status.status === "Success") return 0;
  const { reason, details, message } = status;
  const causes = isObject(details) && Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  const code = Number(causes.find((cause) => cause.reason === "ExitCode")?.message);
  if (reason !== "NonZeroExitCode" || !Number.isInteger(code)) throw complaint(String(message ?? ""));
  throw new CommandError(`command terminated with exit code ${code}`, code);
}
