import type { ApiRequest, ApiResponse, ChannelMessage, CommandResult, NetworkResponse } from "../../simulator/index.ts";
import type { Look } from "./crowd.ts";
import type {
  ApplyOptions,
  ApplyResult,
  Batch,
  Exchange,
  LessonInfo,
  MachineDescription,
  ObjectChange,
  SessionOptions,
} from "./session.ts";

// What page and workers may ask of each other; birpc carries it.

export const CLUSTER_WORKER = "cluster";
export const APPLY_WORKER = "apply";

/** The worker that owns the simulation. */
export interface ClusterSide {
  /** Begins to send batches, a complete one first. */
  open(): Promise<void>;
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Opens a stream under a number of the page's; answers with the refusal, or null when it is open. */
  openStream(id: number, request: ApiRequest): Promise<ApiResponse | null>;
  sendStream(id: number, message: ChannelMessage): Promise<void>;
  closeStream(id: number): Promise<void>;
  /** Settles when so much virtual time has passed. */
  wait(ms: number): Promise<void>;
  /** Milliseconds since 1970 on the cluster's clock. */
  now(): Promise<number>;
  fetch(exchange: Exchange): Promise<NetworkResponse | { readonly problem: string }>;
  look(look: Look): Promise<void>;
  podsOf(node: string): Promise<readonly string[]>;
  find(words: readonly string[]): Promise<readonly ObjectChange[]>;
  schedulerProblem(text: string): Promise<string | undefined>;
  machines(): Promise<readonly MachineDescription[]>;
  lessons(): Promise<readonly LessonInfo[]>;
  beginLesson(name: string): Promise<void>;
  leaveLesson(): Promise<void>;
  actInLesson(step: string): Promise<string | undefined>;
  goOnFromHere(): Promise<void>;
  restart(options: SessionOptions): Promise<void>;
  /** The page may go away at any moment from now: keep the session. */
  keep(): Promise<void>;
}

/** The page, as the cluster sees it. Its answer says that it has taken the batch: the next one waits for it. */
export interface PageSide {
  batch(batch: Batch): Promise<void>;
  /** What came on a stream since the last time; null: it is over. */
  stream(id: number, messages: readonly ChannelMessage[] | null): Promise<void>;
}

/** The worker that reads manifests and applies them. */
export interface ApplySide {
  apply(text: string, options: ApplyOptions): Promise<ApplyResult>;
  kubectl(words: readonly string[]): Promise<CommandResult>;
}

/** The page, as the applying worker sees it: a way to the cluster. */
export interface RequestSide {
  request(request: ApiRequest): Promise<ApiResponse>;
}
