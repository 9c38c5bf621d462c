import type { Container } from "../../api/schema/generated/types.ts";

/** What a process did to a file, at a time after its start. */
export interface FileChange {
  readonly path: string;
  readonly atMs: number;
  readonly exists: boolean;
}

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
  /** The status code that it answers a GET of `path` with; only for what speaks HTTP. */
  readonly http: ((path: string) => number) | undefined;
  /** Programs of the image that a probe may run and that succeed while it serves, such as `pg_isready`. */
  readonly checks: readonly string[];
  /** Files that its script makes and removes. */
  readonly files: readonly FileChange[];
  /** The control-plane process that this is, for the images of Kubernetes itself. */
  readonly process: string | undefined;
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
  /** Words that stand for a tag besides the usual ones (`latest`, `alpine`, …). */
  readonly tags?: readonly string[];
  /** What the process does when `run.words` is absent or is no command that can be read. */
  behave(run: Run): Behaviour;
}

const idle: Behaviour = {
  runsForMs: undefined,
  exitCode: 0,
  onTerm: undefined,
  ports: [],
  readyAfterMs: 0,
  http: undefined,
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

/** An HTTP server that knows these paths and answers 404 to others. */
export function servesPaths(...paths: readonly string[]): (path: string) => number {
  return (path) => (paths.includes(path.split("?")[0] ?? "") ? 200 : 404);
}

export const MEBIBYTE = 1024 * 1024;
