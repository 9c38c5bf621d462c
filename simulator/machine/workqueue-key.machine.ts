import { setup } from "xstate";
import { signals } from "./define.ts";

export type WorkqueueKeyEvent =
  | { readonly type: "ADD" }
  | { readonly type: "GET" }
  | { readonly type: "DONE" }
  | { readonly type: "FAILED" }
  | { readonly type: "RETRY" }
  | { readonly type: "FORGET" };

/**
 * One key of a controller's work queue. Models client-go util/workqueue: its dirty and processing sets, for one key.
 *
 *   idle     in neither set            dirty   in both: comes back when its sync is done
 *   queued   in the dirty set          backoff in neither; a delayed add is waiting
 *   syncing  in the processing set
 *
 * The queue appends the key to its list on `enqueue`, and on `retryLater` counts a failure and sends RETRY after the
 * rate limiter's delay. FAILED is a failed sync: AddRateLimited and Done in one. As upstream, a delayed add is never taken
 * back: RETRY may come in any state, and is an ADD then.
 */
export const workqueueKeyMachine = setup({
  types: { events: {} as WorkqueueKeyEvent },
  actions: signals("enqueue", "retryLater", "forgetFailures"),
}).createMachine({
  id: "workqueue-key",
  description: "One key in a controller's work queue.",
  initial: "idle",
  on: { FORGET: { actions: "forgetFailures" } },
  states: {
    idle: {
      description: "Nothing to do: the object is as the controller last left it.",
      on: { ADD: "queued", RETRY: "queued" },
    },
    queued: {
      description: "Something changed; the key waits in line for a worker.",
      entry: "enqueue",
      on: { GET: "syncing" },
    },
    syncing: {
      description: "A worker reconciles the object right now.",
      on: {
        ADD: "dirty",
        RETRY: "dirty",
        DONE: "idle",
        FAILED: { target: "backoff", actions: "retryLater" },
      },
    },
    dirty: {
      description: "The object changed again while it is being reconciled, so it will be queued once more.",
      on: { DONE: "queued", FAILED: { target: "queued", actions: "retryLater" } },
    },
    backoff: {
      description: "The last attempt failed; the key waits before it is tried again.",
      on: { ADD: "queued", RETRY: "queued" },
    },
  },
});
