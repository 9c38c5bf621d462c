import type { Status } from "../../api/errors.ts";
import { type ChannelMessage, type ConnectTarget, ERROR, RESIZE, STDERR, STDIN, STDOUT } from "../../api/streams.ts";
import { cloneJson, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { OutputFollower, type Printed } from "../logs/follow.ts";
import type { Machine } from "../machine.ts";
import { type Machines, machineOf } from "../machines.ts";
import { containerSpecOf, podOfRuntime } from "../pod-spec-of.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf } from "../runtime.ts";
import { logSource, runtimePodOf } from "./container-log.ts";
import { kubeletProblem } from "./dial.ts";
import { exitStatus, internalStatus, plainStatus, SUCCESS } from "./endings.ts";
import { type ForwardedChannels, forward } from "./forward.ts";

/** A container whose processes a connection speaks with. */
export interface ContainerPlace {
  readonly machine: Machine;
  readonly runtime: RuntimePod;
  readonly container: RuntimeContainer;
}

/** What connections ask of containers' processes. A session is a command's, or the main process's, streams. */
export interface SessionsPort {
  /** Starts a command; gives its session, or the runtime's error. */
  exec(
    place: ContainerPlace,
    options: { readonly command: readonly string[]; readonly tty: boolean; readonly stdin: boolean },
  ): Result<number, string>;
  /** The main process's session; undefined when it reads nothing. */
  main(place: ContainerPlace): number | undefined;
  write(place: ContainerPlace, session: number, bytes: string): void;
  closeInput(place: ContainerPlace, session: number): void;
  resize(place: ContainerPlace, session: number, columns: number, rows: number): void;
  /** The client has gone. */
  hangUp(place: ContainerPlace, session: number): void;
}

/** An open connection, as data. */
interface Open {
  readonly id: number;
  readonly target: ConnectTarget;
  readonly uid: string;
  /** Of the container, for exec and attach. */
  readonly attempt: number;
  readonly session?: number;
  readonly channels?: ForwardedChannels;
  /** How it ended. */
  ending?: Status;
}

/** What a client that holds a connection has not read yet. It is no part of the run. */
interface Held {
  readonly waiting: ChannelMessage[];
  readonly follower: OutputFollower | undefined;
  waitingBytes: number;
  ended: boolean;
}

/** What waits for a client that does not read: beyond it the connection is cut. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

// Models pkg/kubelet/server getExec, getAttach and getPortForward, and the streaming server of the runtime
/** All connections into containers. What clients send are inputs of the run; what comes back is pulled. */
export class Connections {
  readonly #machines: Machines;
  readonly #sessions: SessionsPort;
  readonly #open = new Map<number, Open>();
  readonly #held = new Map<number, Held>();
  /** What a command printed while it was being started: nobody holds its connection yet. */
  #early: Printed[] = [];
  #isOpening = false;
  #next = 1;

  constructor(machines: Machines, sessions: SessionsPort) {
    this.#machines = machines;
    this.#sessions = sessions;
  }

  /** Opens a connection. That a command can't be started is told through it; the error is that of a port-forward. */
  open(target: ConnectTarget): Result<number, Status> {
    this.#early = [];
    this.#isOpening = true;
    const opened = this.#begin(target);
    this.#isOpening = false;
    if (!opened.ok) return opened;
    this.#next++;
    this.#open.set(opened.value.id, opened.value);
    return ok(opened.value.id);
  }

  /** The numbers of all that are open. */
  get ids(): readonly number[] {
    return [...this.#open.keys()];
  }

  targetOf(id: number): ConnectTarget | undefined {
    return this.#open.get(id)?.target;
  }

  /** Somebody will read what comes back. */
  hold(id: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    const place = this.#placeOf(open);
    const follower =
      open.target.kind === "attach" && place !== undefined
        ? new OutputFollower(
            logSource(this.#machines, place.machine, place.runtime, place.container.name, open.attempt),
          )
        : undefined;
    this.#held.set(id, { waiting: [], follower, waitingBytes: 0, ended: false });
    for (const { stream, bytes } of this.#early.splice(0)) this.#pass(open, stream, bytes);
  }

  /** What came back since the last call. */
  read(id: number): readonly ChannelMessage[] {
    const held = this.#held.get(id);
    const open = this.#open.get(id);
    if (held === undefined || held.ended) return [];
    const messages = held.waiting.splice(0);
    held.waitingBytes = 0;
    if (open === undefined) {
      held.ended = true;
      return messages;
    }
    if (held.follower !== undefined) messages.push(...this.#followed(open, held.follower));
    const ending = open.ending ?? (held.follower?.ended === true ? SUCCESS : this.#lostEnding(open));
    if (ending === undefined) return messages;
    held.ended = true;
    return [...messages, { channel: ERROR, bytes: JSON.stringify(ending), end: true }];
  }

  hasEnded(id: number): boolean {
    return this.#held.get(id)?.ended !== false;
  }

  /** A message from the client. */
  receive(id: number, message: ChannelMessage): void {
    const open = this.#open.get(id);
    if (open === undefined || open.ending !== undefined) return;
    if (open.channels !== undefined) {
      const network = this.#machines.ports.network?.({ kind: "pod", node: open.target.nodeName, uid: open.uid });
      for (const answer of forward(open.channels, message, network, open.uid)) this.#send(id, answer);
      return;
    }
    const place = this.#placeOf(open);
    if (place === undefined || open.session === undefined) return;
    if (message.channel === RESIZE) {
      const { Width, Height } = sizeOf(message.bytes);
      if (Width > 0 && Height > 0) this.#sessions.resize(place, open.session, Width, Height);
    } else if (message.channel === STDIN && "stdin" in open.target && open.target.stdin) {
      if (message.bytes !== "") this.#sessions.write(place, open.session, message.bytes);
      if (message.end === true) this.#endInput(open, place, open.session);
    }
  }

  // Models containerd's ContainerIO Attach
  /** The client's input is over: a container's own ends with it only if it reads once, and without a terminal. */
  #endInput(open: Open, place: ContainerPlace, session: number): void {
    const { target } = open;
    const pod = target.kind === "attach" && podOfRuntime(this.#machines.ports.sources, place.machine, place.runtime);
    const spec = pod && containerSpecOf(pod, place.container.name);
    const staysOpen = spec && !(spec.stdinOnce === true && spec.tty !== true);
    if (staysOpen) open.ending = SUCCESS;
    else this.#sessions.closeInput(place, session);
  }

  /** The client hangs up. */
  close(id: number): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    this.#held.delete(id);
    if (open?.session === undefined || open.ending !== undefined || open.target.kind !== "exec") return;
    const place = this.#placeOf(open);
    if (place !== undefined) this.#sessions.hangUp(place, open.session);
  }

  /** A command's session printed something. */
  printed(uid: string, container: string, session: number, stream: "stdout" | "stderr", bytes: string): void {
    const open = this.#ofSession(uid, container, session);
    if (open !== undefined) this.#pass(open, stream, bytes);
    else if (this.#isOpening) this.#early.push({ stream, bytes });
  }

  #pass({ id, target }: Open, stream: "stdout" | "stderr", bytes: string): void {
    if (!("stdout" in target) || !target[stream]) return;
    this.#send(id, { channel: stream === "stdout" ? STDOUT : STDERR, bytes });
  }

  /** A command's session is over. */
  ended(uid: string, container: string, session: number, exitCode: number): void {
    const open = this.#ofSession(uid, container, session);
    if (open !== undefined) open.ending = exitStatus(exitCode);
  }

  save(): JsonObject {
    return cloneJson({ next: this.#next, open: [...this.#open.values()] }) as unknown as JsonObject;
  }

  load(state: JsonObject): void {
    const { next, open } = cloneJson(state) as unknown as { next: number; open: Open[] };
    this.#next = next;
    this.#open.clear();
    this.#held.clear();
    for (const each of open) this.#open.set(each.id, each);
  }

  #begin(target: ConnectTarget): Result<Open, Status> {
    const base = { id: this.#next, target, uid: "", attempt: -1 };
    const isForward = target.kind === "portforward";
    const problem = kubeletProblem(this.#machines, target.nodeName);
    if (problem !== undefined) {
      if (isForward) return fail(plainStatus(500, `error dialing backend: ${problem.text}`));
      return ok({ ...base, ending: internalStatus(`error sending request: ${problem.text}`) });
    }
    const machine = machineOf(this.#machines, target.nodeName);
    const runtime = runtimePodOf(machine, target);
    if (runtime === undefined) {
      if (isForward) return fail(plainStatus(404, "pod does not exist"));
      return ok({ ...base, ending: internalStatus("unable to upgrade connection: pod does not exist") });
    }
    if (isForward) return ok({ ...base, uid: runtime.uid, channels: {} });
    return ok(this.#beginStreams({ ...base, uid: runtime.uid }, machine, runtime));
  }

  #beginStreams(base: Open, machine: Machine, runtime: RuntimePod): Open {
    const { target } = base;
    const refused = (text: string): Open => ({ ...base, ending: internalStatus(text) });
    if (target.kind === "portforward") return base;
    if (!target.stdin && !target.stdout && !target.stderr) {
      return refused("unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr");
    }
    const container = findContainer(runtime, target.container);
    if (container === undefined || stateOf(container, this.#machines.ports.nowMs()) !== "running") {
      return refused(`unable to upgrade connection: container not found ("${target.container}")`);
    }
    const place = { machine, runtime, container };
    const { attempt } = container;
    if (target.kind === "attach") {
      const session = this.#sessions.main(place);
      return { ...base, attempt, ...(session !== undefined && { session }) };
    }
    const { command, tty, stdin } = target;
    const started = this.#sessions.exec(place, { command, tty, stdin });
    return started.ok ? { ...base, attempt, session: started.value } : refused(started.error);
  }

  #placeOf({ target, uid, attempt }: Open): ContainerPlace | undefined {
    const machine = this.#machines.get(target.nodeName);
    const runtime = machine?.pods.get(uid);
    const container = findContainer(runtime, target.container);
    if (machine === undefined || runtime === undefined || container?.attempt !== attempt) return undefined;
    return { machine, runtime, container };
  }

  /** Its container, or its node, is gone under it. */
  #lostEnding(open: Open): Status | undefined {
    if (open.channels !== undefined) return undefined;
    const machine = this.#machines.get(open.target.nodeName);
    if (machine?.powered !== true || !machine.connected) return internalStatus("error reading from error stream: EOF");
    const place = this.#placeOf(open);
    const isRunning = place !== undefined && stateOf(place.container, this.#machines.ports.nowMs()) === "running";
    if (isRunning) return undefined;
    return open.target.kind === "attach" ? SUCCESS : exitStatus(137);
  }

  #followed({ target }: Open, follower: OutputFollower): ChannelMessage[] {
    if (target.kind !== "attach") return [];
    return follower.next().flatMap(({ stream, bytes }) => {
      const channel = stream === "stdout" || target.tty ? STDOUT : STDERR;
      return (channel === STDOUT ? target.stdout : target.stderr) ? [{ channel, bytes }] : [];
    });
  }

  #ofSession(uid: string, container: string, session: number): Open | undefined {
    for (const open of this.#open.values()) {
      const { target } = open;
      if (open.session === session && open.uid === uid && target.container === container && target.kind === "exec") {
        return open;
      }
    }
    return undefined;
  }

  #send(id: number, message: ChannelMessage): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    const last = held.waiting.at(-1);
    // A terminal prints character by character: what was not fetched yet goes as one.
    if (last?.channel === message.channel && last.end !== true) {
      held.waiting[held.waiting.length - 1] = { ...message, bytes: last.bytes + message.bytes };
    } else held.waiting.push(message);
    held.waitingBytes += message.bytes.length;
    const open = this.#open.get(id);
    if (held.waitingBytes > MAX_WAITING_BYTES && open !== undefined) {
      open.ending ??= internalStatus("the client does not read what it asked for");
    }
  }
}

function sizeOf(bytes: string): { readonly Width: number; readonly Height: number } {
  try {
    const { Width, Height } = JSON.parse(bytes) as { Width?: unknown; Height?: unknown };
    return { Width: Number(Width) || 0, Height: Number(Height) || 0 };
  } catch {
    return { Width: 0, Height: 0 };
  }
}
