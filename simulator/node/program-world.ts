import type { Pod } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import { assert } from "../base/assert.ts";
import type { NetworkView } from "../network/network-view.ts";
import { environmentOf } from "./environment.ts";
import { containerFiles } from "./files/container-files.ts";
import type { FileView } from "./files/view.ts";
import { hostnameOf } from "./hostname.ts";
import type { Behaviour } from "./images/image.ts";
import type { LogLine, ProgramMemory, ProgramWorld } from "./images/program.ts";
import { behaviourOf, servedBehaviour } from "./images/registry.ts";
import { appendLog, type LogFile } from "./logs/log.ts";
import type { Machine, Manifest } from "./machine.ts";
import type { Machines } from "./machines.ts";
import { containerSpecOf, podOfRuntime } from "./pod-spec-of.ts";
import { type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";

/** What a program may keep in memory: so many keys, and so many characters in all. */
const MAX_KEYS = 10_000;
const MAX_CHARACTERS = 1024 * 1024;
/** Own lines of one attempt that are written out: beyond, the oldest would have been rotated away anyway. */
const MAX_OWN_LINES = 50_000;

/** Said of a log whose program has no more to say by itself. */
const ALL_WRITTEN = Number.MAX_SAFE_INTEGER;

/** The token and the root CA that every pod is given. */
const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A container of a pod on a machine, with what its spec makes of it. */
export interface RunningProgram {
  readonly machine: Machine;
  readonly runtimePod: RuntimePod;
  readonly container: RuntimeContainer;
  readonly spec: Container;
  readonly behaviour: Behaviour;
  readonly world: ProgramWorld;
}

/** The pod's object: from the API, or for a static pod that the API does not show yet from its manifest. */
function podOf(machines: Machines, machine: Machine, runtimePod: RuntimePod): Pod | undefined {
  const known = podOfRuntime(machines.ports.sources, machine, runtimePod);
  if (known !== undefined || !runtimePod.isStatic) return known;
  const name = (pod: Manifest["pod"]) => `${pod.metadata?.name}-${machine.name}`;
  const manifest = machine.manifests.find(({ pod }) => name(pod) === runtimePod.name)?.pod;
  const { namespace, uid } = runtimePod;
  const metadata = { ...manifest?.metadata, name: runtimePod.name, namespace, uid };
  return manifest?.spec && ({ ...manifest, metadata, status: {} } as Pod);
}

/** The program of a container, running or not; undefined when its spec is no longer known. */
export function programOf(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  container: RuntimeContainer,
): RunningProgram | undefined {
  const pod = podOf(machines, machine, runtimePod);
  const spec = pod && containerSpecOf(pod, container.name);
  if (pod === undefined || spec === undefined) return undefined;
  const world = new World({ machines, machine, runtimePod, container, pod, spec });
  return { machine, runtimePod, container, spec, behaviour: presentBehaviour(container, spec), world };
}

/** What a container's program does: its script's server, where a script has started one, or what its command line says. */
function presentBehaviour(container: RuntimeContainer, spec: Container): Behaviour {
  const whole = behaviourOf(spec);
  if (container.processes === undefined) return whole;
  const server = container.processes.processes.find(
    ({ program, state }) => program?.kind === "serve" && state !== "zombie",
  );
  // It was started some time after the container: how long ago, nobody noted.
  return server === undefined ? whole : { ...servedBehaviour(spec, server.command), readyAfterMs: 0 };
}

/** Does what a program does at its start; where it ends by that, its end and its output are noted. */
export function doAtStart(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  container: RuntimeContainer,
  behaviour: Behaviour,
): void {
  if (behaviour.atStart === undefined) return;
  const program = programOf(machines, machine, runtimePod, container);
  const outcome = program && behaviour.atStart(program.world);
  if (outcome === undefined) return;
  const { afterMs, exitCode, lines, stream } = outcome;
  container.endsMs = container.startedMs + afterMs;
  container.exitCode = exitCode;
  const texts = lines.map((text): LogLine => ({ afterMs, stream, text }));
  const file = append(undefined, texts, container.startedMs, ALL_WRITTEN);
  if (file !== undefined) container.logs = { ...container.logs, latest: file };
}

/** Whether a running program listens on a port by now. */
export function listensOn({ behaviour, container, world }: RunningProgram, port: number, nowMs: number): boolean {
  if (stateOf(container, nowMs) !== "running" || nowMs - container.startedMs < behaviour.readyAfterMs) return false;
  return (behaviour.listens?.(world) ?? behaviour.ports).includes(port);
}

interface Place {
  readonly machines: Machines;
  readonly machine: Machine;
  readonly runtimePod: RuntimePod;
  readonly container: RuntimeContainer;
  readonly pod: Pod;
  readonly spec: Container;
}

/** The world of one program at this instant. */
class World implements ProgramWorld {
  readonly #place: Place;
  readonly #startedMs: number;
  #env: Readonly<Record<string, string>> | undefined;
  #files: FileView | undefined;

  constructor(place: Place, startedMs = place.container.startedMs) {
    this.#place = place;
    this.#startedMs = startedMs;
  }

  get container(): Container {
    return this.#place.spec;
  }

  get words(): readonly string[] | undefined {
    const { command, args } = this.#place.spec;
    return command?.length ? [...command, ...(args ?? [])] : args?.length ? args : undefined;
  }

  get pod(): Pod {
    return this.#place.pod;
  }

  get hostname(): string {
    return hostnameOf(this.#place.pod, this.#place.machine);
  }

  get podIp(): string {
    return this.#place.runtimePod.ip ?? "";
  }

  get nodeAddress(): string {
    return this.#place.machine.shape.address;
  }

  get env(): Readonly<Record<string, string>> {
    const { machines, machine, runtimePod, container } = this.#place;
    this.#env ??= environmentOf(machines, machine, runtimePod, container);
    return this.#env;
  }

  get files(): FileView {
    const { machines, machine, runtimePod, container } = this.#place;
    this.#files ??= containerFiles(machines, machine, runtimePod, container);
    return this.#files;
  }

  get pristine(): boolean {
    const { container, spec } = this.#place;
    const isOwn = ({ mountPath }: { readonly mountPath: string }) => mountPath.startsWith(SERVICE_ACCOUNT_FOLDER);
    return container.files === undefined && (spec.volumeMounts ?? []).every(isOwn);
  }

  get network(): NetworkView {
    const { machines, machine, runtimePod } = this.#place;
    const view = machines.ports.network?.({ kind: "pod", node: machine.name, uid: runtimePod.uid });
    assert(view !== undefined, "a program asks for a network where there is none");
    return view;
  }

  get epochMs(): number {
    const { ports } = this.#place.machines;
    return ports.sources.startEpochMs + ports.nowMs();
  }

  get startedEpochMs(): number {
    return this.#place.machines.ports.sources.startEpochMs + this.#startedMs;
  }

  get memory(): ProgramMemory {
    return memoryOf(this.#place.container);
  }

  log(stream: "stdout" | "stderr", line: string): void {
    const { machines, machine, runtimePod, container } = this.#place;
    writeOwnLines(machines, machine, runtimePod, container);
    appendLog(container, stream, `${line}\n`, machines.ports.nowMs());
  }

  end(exitCode: number, afterMs: number): void {
    const { machines, machine, runtimePod, container } = this.#place;
    const endsMs = machines.ports.nowMs() + afterMs;
    if (container.endsMs >= 0 && container.endsMs <= endsMs) return;
    container.endsMs = endsMs;
    container.exitCode = exitCode;
    machines.changed(machine.name, runtimePod.uid);
  }
}

function memoryOf(container: RuntimeContainer): ProgramMemory {
  return {
    get: (key) => container.memory?.[key],
    set(key, value) {
      const held = container.memory ?? {};
      const isNew = held[key] === undefined;
      let size = key.length + value.length;
      let count = isNew ? 1 : 0;
      for (const [other, content] of Object.entries(held)) {
        count++;
        if (other !== key) size += other.length + content.length;
      }
      if (count > MAX_KEYS || size > MAX_CHARACTERS) return false;
      held[key] = value;
      container.memory = held;
      return true;
    },
    delete(key) {
      if (container.memory?.[key] === undefined) return false;
      delete container.memory[key];
      return true;
    },
    get keys() {
      return Object.keys(container.memory ?? {});
    },
  };
}

/**
 * Brings a container's log up to date with what its program writes by itself: those lines are a function of time, and
 * made only when somebody looks, or when something else is written after them.
 */
export function writeOwnLines(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  container: RuntimeContainer,
): void {
  if (container.startedMs < 0 || container.lost) return;
  const nowMs = machines.ports.nowMs();
  const untilMs = container.endsMs >= 0 ? Math.min(nowMs, container.endsMs) : nowMs;
  const file = write(machines, machine, runtimePod, container, container.logs?.latest, container.startedMs, untilMs);
  if (file !== undefined) container.logs = { ...container.logs, latest: file };
}

/** The same for the attempt before the latest. */
export function writeOwnLinesOfPrevious(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  container: RuntimeContainer,
): void {
  const { previous } = container;
  if (previous === undefined) return;
  const { startedMs, finishedMs } = previous;
  const file = write(machines, machine, runtimePod, container, container.logs?.previous, startedMs, finishedMs);
  if (file !== undefined) container.logs = { ...container.logs, previous: file };
}

function write(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  container: RuntimeContainer,
  file: LogFile | undefined,
  startedMs: number,
  untilMs: number,
): LogFile | undefined {
  const pod = podOf(machines, machine, runtimePod);
  const spec = pod && containerSpecOf(pod, container.name);
  if (pod === undefined || spec === undefined) return undefined;
  const { lines } = behaviourOf(spec);
  if (lines === undefined || file?.own === ALL_WRITTEN) return undefined;
  const world = new World({ machines, machine, runtimePod, container, pod, spec }, startedMs);
  const ageMs = untilMs - startedMs;
  const due = lines(world, ageMs).filter(({ afterMs }) => afterMs <= ageMs);
  const from = file?.own ?? Math.max(0, due.length - MAX_OWN_LINES);
  if (due.length <= from) return undefined;
  return append(file, due.slice(from), startedMs, due.length);
}

function append(
  file: LogFile | undefined,
  lines: readonly LogLine[],
  startedMs: number,
  own: number,
): LogFile | undefined {
  const holder = { logs: file === undefined ? {} : { latest: file } } as RuntimeContainer;
  for (const { afterMs, stream, text } of lines) appendLog(holder, stream, `${text}\n`, startedMs + afterMs);
  const written = holder.logs?.latest;
  if (written !== undefined) written.own = own;
  return written;
}

/** The first program of a pod that listens on a port. */
export function serverIn(
  machines: Machines,
  machine: Machine,
  runtimePod: RuntimePod,
  port: number,
): RunningProgram | undefined {
  const nowMs = machines.ports.nowMs();
  for (const container of runtimePod.containers) {
    if (stateOf(container, nowMs) !== "running") continue;
    const program = programOf(machines, machine, runtimePod, container);
    if (program !== undefined && listensOn(program, port, nowMs)) return program;
  }
  return undefined;
}
