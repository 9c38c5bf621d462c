import type { NetworkRequest, NetworkResponse, StreamTransport, Transport } from "../../../simulator/index.ts";

/** What a request from the shell's machine to an address of the cluster came to: an answer, or why there is none. */
export type Fetched = NetworkResponse | { readonly problem: string };

/** The cluster that a shell stands beside. */
export interface ClusterWorld {
  readonly request: Transport;
  readonly stream: StreamTransport;
  /** Lets virtual time pass. */
  wait(ms: number): Promise<void>;
  /** Milliseconds since 1970 on the cluster's clock. */
  nowEpochMs(): number;
  /** Brings `nowEpochMs` up to date. */
  sync(): Promise<void>;
  /** One HTTP exchange as a machine of the cluster's network sees it. */
  fetch(host: string, port: number, request: NetworkRequest, secure: boolean): Promise<Fetched>;
}

/** The terminal that a shell writes to. */
export interface Screen {
  out(text: string): void;
  /** Settles when what was printed so far is on the screen. */
  drawn(): Promise<void>;
  readonly columns: number;
  readonly rows: number;
  /** From now on every key is heard as it is typed; until the way back is called. */
  raw(hear: (bytes: string) => void): () => void;
  onResize(listener: (columns: number, rows: number) => void): () => void;
  /** A line that the person types; undefined at the end of the input. */
  line(): Promise<string | undefined>;
  /** Opens an editor on a text: what it was left as, or undefined when it was given up. */
  edit(text: string, name: string): Promise<string | undefined>;
  /** Hands a file to the person. */
  download(name: string, bytes: Uint8Array): void;
}
