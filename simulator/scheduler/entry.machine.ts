import { setup } from "xstate";
import { signals } from "../machine/define.ts";

/** What guards ask of an entry; the queue hands it in. */
export interface EntryView {
  /** A plugin keeps the pod out of the queue (PreEnqueue). */
  readonly isGated: boolean;
  /** Its back-off time is not over. */
  readonly isBackingOff: boolean;
}

export type EntryEvent =
  | { readonly type: "POP" }
  | { readonly type: "BOUND" }
  | { readonly type: "REJECTED" }
  | { readonly type: "ERROR" }
  | { readonly type: "WAKE" }
  | { readonly type: "BACKOFF_OVER" }
  | { readonly type: "UNGATED" }
  | { readonly type: "DELETED" };

/**
 * One pod in the scheduling queue. Models backend/queue PriorityQueue.
 *
 *   gated          a PreEnqueue plugin holds it       backoff        worth another try, but not yet
 *   active         waits its turn                     unschedulable  waits for an event that may help
 *   inFlight       its scheduling cycle runs          bound, deleted it leaves the queue
 */
export const entryMachine = setup({
  types: { context: {} as EntryView, input: {} as EntryView, events: {} as EntryEvent },
  actions: signals("enqueue", "backOff", "park", "unpark", "forget"),
  guards: {
    isGated: ({ context }) => context.isGated,
    isBackingOff: ({ context }) => context.isBackingOff,
  },
}).createMachine({
  id: "scheduling-queue-entry",
  description: "A pod that has no node yet, in the scheduler's queue.",
  context: ({ input }) => input,
  initial: "new",
  on: { DELETED: ".deleted" },
  states: {
    new: {
      description: "The scheduler just saw the pod.",
      always: [{ guard: "isGated", target: "gated" }, { target: "active" }],
    },
    gated: {
      description: "A scheduling gate, or a resource claim that is not there, keeps the pod out of the queue.",
      on: { UNGATED: "active", BOUND: "bound" },
    },
    active: {
      description: "Waits for its turn: higher priority first, then who waits longest.",
      entry: "enqueue",
      on: { POP: "inFlight", BOUND: "bound" },
    },
    inFlight: {
      description: "The scheduler looks for a node for it right now, or has found one and waits for the pod's volumes.",
      on: {
        BOUND: "bound",
        REJECTED: "unschedulable",
        ERROR: "backoff",
      },
    },
    backoff: {
      description: "Worth another try after a pause that doubles with each failure.",
      entry: "backOff",
      on: { BACKOFF_OVER: "active", POP: "inFlight", BOUND: "bound" },
    },
    unschedulable: {
      description: "No node took it; it waits for a change in the cluster that may help, or five minutes.",
      entry: "park",
      exit: "unpark",
      on: {
        WAKE: [
          { guard: "isGated", target: "gated" },
          { guard: "isBackingOff", target: "backoff" },
          { target: "active" },
        ],
        BOUND: "bound",
      },
    },
    bound: { description: "It has a node.", type: "final", entry: "forget" },
    deleted: { description: "The pod is gone.", type: "final", entry: "forget" },
  },
});
