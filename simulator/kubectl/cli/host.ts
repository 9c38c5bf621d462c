import type { Result } from "../../base/result.ts";
import type { StreamTransport, Transport } from "../transport.ts";

/** Files as a command sees them: the virtual ones of the tab's shell, or those of a machine. Contents are text. */
export interface HostFiles {
  /** The error is errno's sentence: `no such file or directory`. */
  read(path: string): Promise<Result<string, string>>;
  write(path: string, text: string): Promise<Result<true, string>>;
  /** Names in a folder, sorted; undefined when it is none. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** Contents that are no text, one character a byte; without these, `cp` takes files for UTF-8. */
  readBytes?(path: string): Promise<Result<string, string>>;
  writeBytes?(path: string, bytes: string): Promise<Result<true, string>>;
  /** Makes a folder, and those above it. */
  makeFolder?(path: string): Promise<Result<true, string>>;
}

/** A connection that someone made to a forwarded port; bytes are one character each. */
export interface LocalSocket {
  hear(listener: (bytes: string) => void): void;
  send(bytes: string): void;
  close(): void;
  /** Settles when it is over. */
  readonly closed: Promise<void>;
}

/** A port that is listened on until it is closed. */
export interface LocalListener {
  readonly port: number;
  close(): void;
}

/** Tells a command that its user wants it to end (Ctrl-C). */
export interface Interrupt {
  readonly raised: boolean;
  onRaise(listener: () => void): () => void;
}

/** Where the API of a context is, and as whom it is asked. */
export interface ConnectOptions {
  /** `clusters[].cluster.server` of the kubeconfig. */
  readonly server: string;
  /** Name of the kubeconfig's user; impersonation and tokens are the caller's own headers. */
  readonly user: string;
}

export interface HostTerminal {
  /** Whether standard input is a terminal. */
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly columns: number;
  readonly rows?: number;
  /** From now on every key is heard as it is typed, Ctrl-C too, as bytes; until the way back is called. */
  raw?(hear: (bytes: string) => void): () => void;
  onResize?(listener: (columns: number, rows: number) => void): () => void;
}

/** Whoever runs kubectl: a tab, a terminal, a walkthrough, a test. Everything of the outside world comes through it. */
export interface Host {
  connect(options: ConnectOptions): Transport;
  /** Takes connections to a port where the host is (0: any that is free), for port-forward. The error is errno's sentence. */
  listen?(address: string, port: number, accept: (socket: LocalSocket) => void): Promise<Result<LocalListener, string>>;
  /** The way to what goes on: watches, logs that are followed, exec, attach; absent where there is none. */
  stream?(options: ConnectOptions): StreamTransport;
  readonly files: HostFiles;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  out(text: string): void;
  err(text: string): void;
  /** All that comes on standard input. */
  stdin(): Promise<string>;
  /** A line typed by the user, without its end; undefined at the end of the input. */
  line(): Promise<string | undefined>;
  readonly terminal: HostTerminal;
  /** Lets time pass, on the clock of the cluster that is spoken to. */
  wait(ms: number): Promise<void>;
  /** Milliseconds since 1970 on that clock: what ages are counted against. */
  nowEpochMs(): number;
  /** Opens the user's editor on a text: what it was left as, or undefined when it was given up. */
  edit(text: string, name: string): Promise<string | undefined>;
  readonly interrupt: Interrupt;
}
