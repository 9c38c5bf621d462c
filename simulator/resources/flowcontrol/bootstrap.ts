import type { Incoming } from "../../api/object.ts";
import type { FlowSchema, PriorityLevel } from "../../api/refs.ts";
import data from "./generated/bootstrap.json" with { type: "json" };

/** The levels and schemas that every API server brings: facts, kept as data. Models apiserver pkg/apis/flowcontrol/bootstrap. */
export const flowControlBootstrap = data as {
  readonly priorityLevels: readonly Incoming<PriorityLevel>[];
  readonly flowSchemas: readonly Incoming<FlowSchema>[];
};
