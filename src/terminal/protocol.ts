import type { ApiRequest, ApiResponse, ChannelMessage, NetworkResponse } from "../../simulator/index.ts";
import type { Exchange } from "../session/session.ts";
import type { Completion } from "./shell/complete.ts";

// What the page and the worker with the shells ask of each other. A shell goes by the number of its terminal.

export interface Status {
  readonly folder: string;
  readonly context: string;
  readonly namespace: string;
  readonly exitCode: number;
  /** The person has left the shell. */
  readonly ended: boolean;
}

/** What a port of the shells' machine answered; `problem` says in curl's words why it did not. */
export interface Page {
  readonly problem?: string;
  readonly status: number;
  readonly statusText: string;
  /** Its content type. */
  readonly type: string;
  readonly text: string;
}

export interface ShellSide {
  open(id: number, columns: number, rows: number): Promise<Status>;
  close(id: number): Promise<void>;
  /** Runs a script; what it prints comes by `out`. */
  run(id: number, text: string, history: readonly string[]): Promise<Status>;
  interrupt(id: number): Promise<void>;
  /** Whether a text is a whole script. */
  isWhole(id: number, text: string): Promise<boolean>;
  complete(id: number, text: string): Promise<Completion>;
  key(id: number, bytes: string): Promise<void>;
  resize(id: number, columns: number, rows: number): Promise<void>;
  /** Puts a file into the shell's folder; answers with its path. */
  put(id: number, name: string, bytes: Uint8Array): Promise<string>;
  /** Asks a port of the shells' machine for a page. */
  visit(port: number, path: string): Promise<Page>;
  /** What came on a stream since the last time; null: it is over. `epochMs` is the cluster's time. */
  stream(id: number, messages: readonly ChannelMessage[] | null, epochMs: number): Promise<void>;
}

export interface TerminalSide {
  request(request: ApiRequest): Promise<ApiResponse>;
  openStream(id: number, request: ApiRequest): Promise<ApiResponse | null>;
  sendStream(id: number, message: ChannelMessage): Promise<void>;
  closeStream(id: number): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): Promise<number>;
  fetch(exchange: Exchange): Promise<NetworkResponse | { readonly problem: string }>;
  /** Settles when it is drawn. */
  out(id: number, text: string): Promise<void>;
  raw(id: number, on: boolean): Promise<void>;
  line(id: number): Promise<string | undefined>;
  edit(id: number, text: string, name: string): Promise<string | undefined>;
  /** The ports that are open on the shells' machine now. */
  ports(open: readonly number[]): Promise<void>;
  download(name: string, bytes: Uint8Array): Promise<void>;
}
