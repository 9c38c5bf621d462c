import type { JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../time/clock.ts";
import { containerFiles } from "../files/container-files.ts";
import { lacksProgram } from "../files/lacks.ts";
import { hexOf } from "../ids.ts";
import { appendLog } from "../logs/log.ts";
import type { Machines } from "../machines.ts";
import type { Errand, ShellsPort } from "../ports.ts";
import { programOf, type RunningProgram } from "../program-world.ts";
import { findContainer, stateOf } from "../runtime.ts";
import type { ContainerPlace, SessionsPort } from "../server/connections.ts";
import { withRelativeMembers } from "./archive.ts";
import { ContainerHost, newProcess } from "./container-host.ts";
import type { ShellParseResult, ShellRequest, ShellRunResult, ShellWorld } from "./port.ts";
import { type Channel, type ContainerProcesses, flavourOf, type Process, type Session } from "./process.ts";
import { become } from "./programs.ts";
import { executableProblem, ownOutcome, processesFor } from "./spawn.ts";
import { stepOn, takeAnswer } from "./step.ts";
import { typed } from "./terminal.ts";
import type { ShellTree } from "./tree.ts";
import { wordsTree } from "./words.ts";

const ADDRESS = "processes";
/** Trees of scripts that are kept: reading one again gives the same. */
const MAX_TREES = 1000;
/** Characters of a kubelet's command's output that are kept. Models pkg/probe/exec maxReadLength */
const ERRAND_OUTPUT = 10_240;

/** Where a process is, as messages name it. */
interface Address {
  readonly node: string;
  readonly pod: string;
  readonly container: string;
  readonly attempt: number;
  readonly pid: number;
}

interface Surroundings {
  readonly clock: Clock;
  readonly machines: Machines;
  /** A command's session printed something. */
  printed(uid: string, container: string, session: number, stream: "stdout" | "stderr", bytes: string): void;
  ended(uid: string, container: string, session: number, exitCode: number): void;
}

/**
 * The processes of all containers. They are moved by messages of the clock; while one has a question before the interpreter
 * the clock stands still (`request`), until `answer` brings what it said.
 */
export class Shells implements SessionsPort {
  readonly #ports: Surroundings;
  readonly #trees = new Map<string, ShellTree>();
  #asking: Address | undefined;
  #request: ShellRequest | undefined;

  constructor(ports: Surroundings) {
    this.#ports = ports;
    ports.clock.register(ADDRESS, (event) => this.#wake(event));
  }

  /** The question that the clock waits for; undefined when there is none. */
  get request(): ShellRequest | undefined {
    if (this.#asking === undefined) return undefined;
    this.#request ??= this.#makeRequest(this.#asking);
    if (this.#request === undefined) this.#asking = undefined;
    return this.#request;
  }

  get isAsking(): boolean {
    return this.#asking !== undefined && this.request !== undefined;
  }

  /** The world has changed under the question: it is asked anew, and an answer on its way counts no more. */
  askAnew(): void {
    this.#request = undefined;
  }

  /** Brings the interpreter's answer to the question asked. */
  answer(answer: ShellRunResult | ShellParseResult): void {
    const address = this.#asking;
    const found = address && this.#find(address);
    this.#asking = undefined;
    this.#request = undefined;
    if (address === undefined || found === undefined) return;
    const { host, process, place } = found;
    const { question } = process;
    if (question === undefined) return;
    if (answer.kind === "parse") {
      if (this.#trees.size >= MAX_TREES) this.#trees.clear();
      this.#trees.set(question.source, answer.tree);
      delete process.question;
      process.state = "ready";
      this.#after(place, host, address, stepOn(host, process));
    } else this.#after(place, host, address, takeAnswer(host, process, question, answer));
  }

  /** Starts a container's main process. Gives the runtime's error when there is no such program. */
  startMain(place: ContainerPlace, words: readonly string[]): Result<undefined, string> {
    const program = programOf(this.#ports.machines, place.machine, place.runtime, place.container);
    if (program === undefined) return fail("the pod is gone");
    const all = processesFor(program);
    const { spec } = program;
    const session: Session = {
      id: all.nextSession++,
      leader: 1,
      tty: spec.tty === true,
      input: "",
      inputClosed: spec.stdin !== true,
      logged: true,
      keep: 0,
      output: "",
      line: "",
    };
    place.container.processes = all;
    const started = this.#start(place, all, session, words, program);
    if (!started.ok) delete place.container.processes;
    return started;
  }

  // Models pkg/kubelet/kuberuntime ExecSync and the runtime's exec
  exec(
    place: ContainerPlace,
    options: {
      readonly command: readonly string[];
      readonly tty: boolean;
      readonly stdin: boolean;
      readonly keep?: number;
    },
  ): Result<number, string> {
    const program = programOf(this.#ports.machines, place.machine, place.runtime, place.container);
    if (program === undefined) return fail("the pod is gone");
    place.container.processes ??= { ...processesFor(program), nextPid: 7 };
    const all = place.container.processes;
    const session: Session = {
      id: all.nextSession++,
      leader: all.nextPid,
      tty: options.tty,
      input: "",
      inputClosed: !options.stdin,
      logged: false,
      keep: options.keep ?? 0,
      output: "",
      line: "",
    };
    const started = this.#start(place, all, session, options.command, program);
    return started.ok
      ? ok(session.id)
      : fail(
          `error executing command in container: failed to exec in container: failed to start exec "${hexOf(`${place.runtime.uid}/${place.container.name}/exec/${session.id}`, 64)}": OCI runtime exec failed: exec failed: unable to start container process: ${started.error}: unknown`,
        );
  }

  /** Runs a command of the kubelet's, which hears of its end through its machine. Gives the command's session. */
  run(place: ContainerPlace, { command, timeoutMs }: Errand): Result<number, string> {
    const started = this.exec(place, { command, tty: false, stdin: false, keep: ERRAND_OUTPUT });
    if (!started.ok) return started;
    const session = place.container.processes?.sessions.find(({ id }) => id === started.value);
    if (session !== undefined) this.#send(place, session.leader, timeoutMs, "expire");
    return started;
  }

  main({ container }: ContainerPlace): number | undefined {
    const session = container.processes?.sessions.find(({ logged }) => logged);
    return session === undefined || session.inputClosed ? undefined : session.id;
  }

  write(place: ContainerPlace, id: number, bytes: string): void {
    const found = this.#session(place, id);
    if (found === undefined || found.session.inputClosed) return;
    const { host, session } = found;
    if (session.tty) typed(host, session, bytes, (text) => this.#print(place, id, "stdout", text));
    else session.input += bytes;
    host.rouse();
  }

  closeInput(place: ContainerPlace, id: number): void {
    const found = this.#session(place, id);
    if (found === undefined) return;
    found.session.inputClosed = true;
    found.host.rouse();
  }

  resize(place: ContainerPlace, id: number, columns: number, rows: number): void {
    const found = this.#session(place, id);
    if (found === undefined) return;
    for (const process of found.host.all.processes) {
      if (process.session !== id) continue;
      process.variables = { ...process.variables, COLUMNS: String(columns), LINES: String(rows) };
    }
  }

  /** The client has gone: what it started is told so when it next reads. */
  hangUp(place: ContainerPlace, id: number): void {
    this.closeInput(place, id);
  }

  /** Sends a signal to a container's main process after a time. */
  signalMain(place: ContainerPlace, name: string, afterMs: number): void {
    if (place.container.processes !== undefined) this.#send(place, 1, afterMs, name);
  }

  save(): JsonObject {
    return { asking: this.#asking === undefined ? null : { ...this.#asking } };
  }

  load(state: JsonObject): void {
    this.#asking = (state.asking as unknown as Address | null) ?? undefined;
    this.#request = undefined;
  }

  #start(
    place: ContainerPlace,
    all: ContainerProcesses,
    session: Session,
    words: readonly string[],
    program: RunningProgram,
  ): Result<undefined, string> {
    const host = this.#host(place, all);
    const problem = executableProblem(host, words, program.behaviour.checks, program.spec.image);
    const found = problem === undefined ? undefined : ownOutcome(program, words);
    if (problem !== undefined && found === undefined) return fail(problem);
    const process: Process = newProcess(all, session.id);
    const stream = (name: "stdin" | "stdout" | "stderr"): Channel => ({
      to: "session",
      session: session.id,
      stream: name,
    });
    process.fds = { "0": stream("stdin"), "1": stream("stdout"), "2": stream(session.tty ? "stdout" : "stderr") };
    if (session.inputClosed) process.fds["0"] = { to: "null" };
    all.sessions.push(session);
    all.processes.push(process);
    if (found !== undefined) {
      this.#print(place, session.id, found.stream, found.lines.map((line) => `${line}\n`).join(""));
      process.frames = [];
      process.status = found.exitCode;
      host.wake(process, 0);
      return ok(undefined);
    }
    const relative = withRelativeMembers(words, all.flavour);
    if (relative.note !== "") this.#print(place, session.id, "stderr", relative.note);
    const failure = become(host, process, relative.words);
    if (failure !== undefined) {
      this.#print(place, session.id, "stderr", `${words[0]}: ${failure.message}\n`);
      process.frames = [];
      process.status = failure.code;
    }
    host.wake(process, 0);
    return ok(undefined);
  }

  #wake(event: JsonObject): void {
    const address = event as unknown as Address & { readonly signal?: string };
    const found = this.#find(address);
    if (found === undefined) return;
    const { place, host, process } = found;
    if (address.signal === undefined) {
      process.timer = -1;
      if (process.state === "ready") this.#after(place, host, address, stepOn(host, process));
      return;
    }
    const [kind = "", name = "TERM"] = address.signal.split(" ");
    if (kind === "expire") this.#expire(place, host, process);
    else if (kind === "timeout") {
      process.timedOut = true;
      host.signal(process.pid, name);
    } else host.signal(process.pid, kind);
    this.#after(place, host, address, "ok");
  }

  #expire(place: ContainerPlace, host: ContainerHost, process: Process): void {
    const { all } = host;
    const session = all.sessions.find(({ id }) => id === process.session);
    all.sessions = all.sessions.filter((each) => each !== session);
    for (const each of [...all.processes]) if (each.session === process.session) host.exit(each, 137);
    if (session !== undefined) this.#tellKubelet(place, session, -1);
  }

  #tellKubelet({ machine, runtime, container }: ContainerPlace, session: Session, exitCode: number): void {
    const { name, attempt } = container;
    const end = { container: name, attempt, session: session.id, exitCode, output: session.output };
    this.#ports.machines.changed(machine.name, runtime.uid, end);
  }

  #after(place: ContainerPlace, host: ContainerHost, address: Address, how: "asks" | "ok"): void {
    if (how === "asks") this.#asking = { ...address };
    if (place.container.processes !== undefined) host.rouse();
  }

  #sessionEnded(place: ContainerPlace, id: number, exitCode: number): void {
    const { container, machine, runtime } = place;
    const session = container.processes?.sessions.find((each) => each.id === id);
    if (session === undefined) return;
    if (session.logged) {
      container.endsMs = this.#ports.clock.nowMs;
      container.exitCode = exitCode;
      delete container.processes;
      this.#ports.machines.changed(machine.name, runtime.uid);
      return;
    }
    if (container.processes !== undefined) {
      container.processes.sessions = container.processes.sessions.filter((each) => each !== session);
    }
    if (session.keep > 0) this.#tellKubelet(place, session, exitCode);
    else this.#ports.ended(runtime.uid, container.name, id, exitCode);
  }

  #print(place: ContainerPlace, id: number, stream: "stdout" | "stderr", text: string): void {
    const session = place.container.processes?.sessions.find((each) => each.id === id);
    if (session === undefined) return;
    const bytes = session.tty ? text.replace(/\r?\n/g, "\r\n") : text;
    if (session.logged) appendLog(place.container, stream, bytes, this.#ports.clock.nowMs);
    else if (session.keep > 0) session.output = (session.output + bytes).slice(0, session.keep);
    else this.#ports.printed(place.runtime.uid, place.container.name, id, stream, bytes);
  }

  #session(place: ContainerPlace, id: number) {
    const all = place.container.processes;
    const session = all?.sessions.find((each) => each.id === id);
    return all === undefined || session === undefined ? undefined : { session, host: this.#host(place, all) };
  }

  #find(address: Address): { place: ContainerPlace; host: ContainerHost; process: Process } | undefined {
    const machine = this.#ports.machines.get(address.node);
    const runtime = machine?.pods.get(address.pod);
    const container = findContainer(runtime, address.container);
    if (machine === undefined || runtime === undefined || container?.processes === undefined) return undefined;
    if (container.attempt !== address.attempt) return undefined;
    if (stateOf(container, this.#ports.clock.nowMs) !== "running") {
      delete container.processes;
      return undefined;
    }
    const process = container.processes.processes.find(({ pid }) => pid === address.pid);
    if (process === undefined || process.state === "zombie") return undefined;
    const place = { machine, runtime, container };
    return { place, process, host: this.#host(place, container.processes) };
  }

  #send({ machine, runtime, container }: ContainerPlace, pid: number, delayMs: number, signal?: string): number {
    const address = {
      node: machine.name,
      pod: runtime.uid,
      container: container.name,
      attempt: container.attempt,
      pid,
    };
    return this.#ports.clock.send(ADDRESS, signal === undefined ? address : { ...address, signal }, delayMs);
  }

  #host(place: ContainerPlace, all: ContainerProcesses): ContainerHost {
    const { clock, machines } = this.#ports;
    return new ContainerHost({
      all,
      nowMs: clock.nowMs,
      files: () => containerFiles(machines, place.machine, place.runtime, place.container),
      treeOf: (source) => wordsTree(source) ?? this.#trees.get(source),
      send: (pid, delayMs, signal) => this.#send(place, pid, delayMs, signal),
      cancel: (message) => clock.cancel(message),
      print: (session, stream, bytes) => this.#print(place, session, stream, bytes),
      sessionEnded: (session, exitCode) => this.#sessionEnded(place, session, exitCode),
    });
  }

  #makeRequest(address: Address): ShellRequest | undefined {
    const found = this.#find(address);
    const { question } = found?.process ?? {};
    if (found === undefined || question === undefined) return undefined;
    const { place, process, host } = found;
    const { uid, gid, hostname } = host.all;
    const flavour = flavourOf(host.all, process);
    if (question.kind === "parse") return { kind: "parse", source: question.source, flavour };
    const { machines, clock } = this.#ports;
    const { image = "", securityContext } =
      programOf(machines, place.machine, place.runtime, place.container)?.spec ?? {};
    const added = securityContext?.capabilities?.add ?? [];
    const network = machines.ports.network?.({ kind: "pod", node: place.machine.name, uid: place.runtime.uid });
    return {
      kind: "run",
      source: question.source,
      wants: question.kind,
      arg0: process.arg0,
      options: process.options,
      line: question.line,
      functions: Object.values(process.functions)
        .map(({ source }) => source)
        .join("\n"),
      variables: process.variables,
      exported: process.exported,
      positional: process.positional,
      lastExitCode: process.status,
      cwd: process.cwd,
      stdin: question.stdin,
      world: {
        files: host.files,
        network,
        hostname,
        epochMs: machines.ports.sources.startEpochMs + clock.nowMs,
        startedEpochMs: machines.ports.sources.startEpochMs + place.container.startedMs,
        pid: process.pid,
        lastJob: process.lastJob,
        uid,
        gid,
        isNetworkAdmin:
          securityContext?.privileged === true || added.some((one) => one === "NET_ADMIN" || one === "ALL"),
        seed: seedOf(address, clock.handled),
        flavour,
        lacks: (program) => lacksProgram(image, program),
        processes: listed(host.all),
      },
    };
  }
}

/** The door to processes for machines, which are there before them. */
export function shellsPort(shells: () => Shells): ShellsPort {
  return {
    startMain: (...what) => shells().startMain(...what),
    signalMain: (...what) => shells().signalMain(...what),
    run: (...what) => shells().run(...what),
  };
}

/** The processes as `ps` lists them. */
function listed({ processes, main, uid }: ContainerProcesses): ShellWorld["processes"] {
  const user = uid === 0 ? "root" : String(uid);
  const rows = processes.filter(({ state }) => state !== "zombie").map(({ pid, command }) => ({ pid, user, command }));
  return rows.some(({ pid }) => pid === 1) ? rows : [{ pid: 1, user, command: main }, ...rows];
}

/** A number for this question of this process: the same when it is asked again. */
function seedOf({ pod, pid }: Address, handled: number): number {
  let seed = pid * 31 + handled;
  for (let index = 0; index < pod.length; index++) seed = (seed * 33 + pod.charCodeAt(index)) >>> 0;
  return seed;
}
