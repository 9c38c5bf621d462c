import type { Container } from "../../api/schema/generated/types.ts";
import { type BytesProgram, type HttpProgram, type OwnLines, type ProgramWorld, pathOf, respond } from "./program.ts";

/** What a process did to a file, at a time after its start. */
export interface FileChange {
  readonly path: string;
  readonly atMs: number;
  readonly exists: boolean;
}

/** An answer of grpc.health.v1.Health; undefined: it knows of no such service. */
type HealthProgram = (service: string, world: ProgramWorld, ageMs: number) => "SERVING" | "NOT_SERVING" | undefined;

/** What the main process of a container does. A pure function of the container's spec, so it is stored nowhere. */
export interface Behaviour {
  /** The process ends by itself after this time; undefined: it runs until it is stopped. */
  readonly runsForMs: number | undefined;
  /** Its exit code when it ends by itself. */
  readonly exitCode: number;
  /** How it takes SIGTERM; undefined: it ignores it, and is killed when its grace is over. */
  readonly onTerm: { readonly afterMs: number; readonly exitCode: number } | undefined;
  /** Ports it listens on from `readyAfterMs` after its start. */
  readonly ports: readonly number[];
  readonly readyAfterMs: number;
  /** Ports that depend on more than the container's spec (files, environment); asked in their stead. */
  readonly listens: ((world: ProgramWorld) => readonly number[]) | undefined;
  /** Ports that it serves over TLS. */
  readonly tlsPorts: readonly number[];
  /** How it answers over HTTP; undefined: it does not speak it. */
  readonly http: HttpProgram | undefined;
  /** How it answers bytes in a protocol of its own; undefined: it takes connections and says nothing. */
  readonly bytes: BytesProgram | undefined;
  /** How it answers gRPC's question whether a service is well; undefined: it does not speak that. */
  readonly health: HealthProgram | undefined;
  /** Answers the cluster's DNS. */
  readonly dns: boolean;
  /**
   * Done when the process starts, where that shows at once how it goes: a program that wants a password it is not given,
   * one that looks at files and ends. Undefined as its outcome: it goes on as the rest says.
   */
  readonly atStart: ((world: ProgramWorld) => Outcome | undefined) | undefined;
  /** The shell script that it is, for programs that look at their world again and again; the rest says what it is without. */
  readonly script: string | undefined;
  /** What it writes to its log by itself. */
  readonly lines: OwnLines | undefined;
  /** What it takes of its machine, where that is more than a little: for the memory model. */
  readonly usage: Usage | undefined;
  /** Programs of the image that a probe may run and that succeed while it serves, such as `pg_isready`. */
  readonly checks: readonly string[];
  /** Files that its script makes and removes. */
  readonly files: readonly FileChange[];
  /** The control-plane process that this is, for the images of Kubernetes itself. */
  readonly process: string | undefined;
}

/** How a program ends soon after its start, and what it says; its own lines are then not written. */
export interface Outcome {
  readonly exitCode: number;
  readonly afterMs: number;
  readonly stream: "stdout" | "stderr";
  readonly lines: readonly string[];
}

/** Steady use of a process, reached `afterMs` after its start. */
export interface Usage {
  readonly memoryBytes: number;
  readonly cpuMilli: number;
  readonly afterMs: number;
}

/** How a container runs its image. */
export interface Run {
  /** The words of the command line when the container gives its own; undefined: the image's default. */
  readonly words: readonly string[] | undefined;
  readonly container: Container;
}

/** A simulated image. `name` is canonical: `docker.io/library/nginx`. */
export interface Image {
  readonly name: string;
  /** Compressed size: what a pull fetches and events and node statuses name. */
  readonly sizeBytes: number;
  /** First numbers of its version tags, lowest and highest; a tag beyond them does not exist. */
  readonly majors?: readonly [number, number];
  /** Names of its programs that do not begin with its own. */
  readonly programs?: readonly string[];
  /** Words that stand for a tag besides the usual ones (`latest`, `alpine`, …). */
  readonly tags?: readonly string[];
  /** Files of the image beyond those that every image has: contents by absolute path. The base of its file tree. */
  readonly files?: Readonly<Record<string, string>>;
  /** Empty folders of the image that every user may write to. */
  readonly openFolders?: readonly string[];
  /** What the process does when `run.words` is absent or is no command that can be read. */
  behave(run: Run): Behaviour;
}

const idle: Behaviour = {
  runsForMs: undefined,
  exitCode: 0,
  onTerm: undefined,
  ports: [],
  readyAfterMs: 0,
  listens: undefined,
  tlsPorts: [],
  http: undefined,
  bytes: undefined,
  health: undefined,
  dns: false,
  atStart: undefined,
  script: undefined,
  lines: undefined,
  usage: undefined,
  checks: [],
  files: [],
  process: undefined,
};

/** A process that runs until it is stopped, and ignores SIGTERM as a process with number 1 does by default. */
export function runsForever(): Behaviour {
  return idle;
}

/** A process that ends by itself. */
export function endsAfter(runsForMs: number, exitCode: number): Behaviour {
  return { ...idle, runsForMs, exitCode };
}

/** A server that stops cleanly on SIGTERM; `more` says what is different. */
export function server(ports: readonly number[], more: Partial<Behaviour> = {}): Behaviour {
  return { ...idle, ports, onTerm: { afterMs: 150, exitCode: 0 }, readyAfterMs: 200, ...more };
}

const GO_NOT_FOUND = "404 page not found\n";

/** An HTTP server that answers `ok` on these paths, and on others as Go's own server does. */
export function servesPaths(...paths: readonly string[]): HttpProgram {
  return (request) => (paths.includes(pathOf(request)) ? respond(200, "ok") : respond(404, GO_NOT_FOUND));
}

export const MEBIBYTE = 1024 * 1024;
