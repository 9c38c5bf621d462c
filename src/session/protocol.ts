import type { ApiRequest, ApiResponse } from "../../simulator/index.ts";
import type { ApplyOptions, ApplyResult, Batch, LessonInfo, MachineDescription, SessionOptions } from "./session.ts";

/** What the page may ask of the worker (birpc carries it). */
export interface WorkerSide {
  /** Begins to send batches, a complete one first. */
  open(): void;
  request(request: ApiRequest): Promise<ApiResponse>;
  apply(text: string, options: ApplyOptions): Promise<ApplyResult>;
  machines(): readonly MachineDescription[];
  lessons(): Promise<readonly LessonInfo[]>;
  beginLesson(name: string): Promise<void>;
  leaveLesson(): Promise<void>;
  actInLesson(step: string): Promise<string | undefined>;
  restart(options: SessionOptions): Promise<void>;
  /** The page may go away at any moment from now: keep the session. */
  keep(): Promise<void>;
}

/** What the worker tells the page. Its answer says that the page has taken the batch: the next one waits for it. */
export interface PageSide {
  batch(batch: Batch): void;
}
