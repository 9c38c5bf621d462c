import { setup } from "xstate";
import { signals } from "./define.ts";

/** How a component takes part in leader election: not at all, or before or after it fills its caches. */
export interface ComponentRole {
  /** kube-controller-manager elects first and then syncs; kube-scheduler syncs and then elects; others never elect. */
  readonly election: "none" | "before-sync" | "after-sync";
}

export type ComponentEvent =
  | { readonly type: "START" }
  | { readonly type: "STOP" }
  | { readonly type: "CRASHED" }
  | { readonly type: "API_DOWN" }
  | { readonly type: "API_UP" }
  | { readonly type: "SYNCED" }
  | { readonly type: "ELECTED" }
  | { readonly type: "LOST" };

const connection = {
  initial: "connected",
  states: {
    connected: {
      description: "Its watches are open: it sees changes and acts on them.",
      tags: ["working"],
      on: { API_DOWN: "disconnected" },
    },
    disconnected: {
      description: "It can't reach the API server: its caches grow stale and it changes nothing.",
      on: { API_UP: { target: "connected", actions: "resumeWatches" } },
    },
  },
} as const;

/**
 * The life of a control-plane component's process.
 * Models cmd/kube-controller-manager/app Run, cmd/kube-scheduler/app Run, and the kubelet that restarts static pods.
 *
 * The owner answers `checkApi` with API_UP when the server can be reached, `startInformers` with SYNCED once the caches
 * are full, and `joinElection` with ELECTED and LOST from the lease. Delays may be replaced by `provide`.
 */
export const componentMachine = setup({
  types: {
    context: {} as ComponentRole,
    input: {} as ComponentRole,
    events: {} as ComponentEvent,
    tags: {} as "working",
  },
  actions: signals(
    "checkApi",
    "startInformers",
    "joinElection",
    "startWorkers",
    "stopWorkers",
    "resumeWatches",
    "dropMemory",
  ),
  guards: {
    electsFirst: ({ context }) => context.election === "before-sync",
    electsLast: ({ context }) => context.election === "after-sync",
  },
  delays: {
    /** From the exec of the process to its first request. */
    startup: 500,
    /** kube-controller-manager gives up after 10 s of polling /healthz. */
    apiWait: 10_000,
    /** Until the kubelet's relist sees the dead container. */
    exitNoticed: 1_000,
    /** The first step of the kubelet's container back-off. */
    restartBackoff: 10_000,
  },
}).createMachine({
  id: "component",
  description: "The life of a control-plane component.",
  context: ({ input }) => input,
  initial: "stopped",
  on: { STOP: ".stopped", CRASHED: ".crashed" },
  states: {
    stopped: {
      description: "It is switched off and does nothing until someone starts it.",
      entry: "dropMemory",
      on: { START: "starting", STOP: {}, CRASHED: {} },
    },
    starting: {
      description: "Its process is starting up.",
      after: { startup: "waitingForApi" },
    },
    waitingForApi: {
      description: "It asks for the API server until it answers, and gives up after a while.",
      entry: "checkApi",
      on: { API_UP: [{ guard: "electsFirst", target: "standby" }, { target: "syncingCaches" }] },
      after: { apiWait: "crashed" },
    },
    syncingCaches: {
      description: "It lists the objects it works on and fills its caches.",
      entry: "startInformers",
      on: {
        SYNCED: [
          { guard: "electsFirst", target: "leading" },
          { guard: "electsLast", target: "standby" },
          { target: "running" },
        ],
        LOST: { guard: "electsFirst", target: "crashed" },
      },
    },
    standby: {
      description: "It waits for the lease while another instance leads.",
      entry: "joinElection",
      on: { ELECTED: [{ guard: "electsFirst", target: "syncingCaches" }, { target: "leading" }] },
    },
    running: {
      description: "It does its work; it needs no lease.",
      entry: "startWorkers",
      exit: "stopWorkers",
      ...connection,
    },
    leading: {
      description: "It holds the lease and does the work of its kind.",
      entry: "startWorkers",
      exit: "stopWorkers",
      on: { LOST: "crashed" },
      ...connection,
    },
    crashed: {
      description: "Its process has ended; caches and queues are gone with it.",
      entry: "dropMemory",
      on: { CRASHED: {} },
      after: { exitNoticed: "backoff" },
    },
    backoff: {
      description: "The kubelet waits before it starts the process again.",
      on: { CRASHED: {} },
      after: { restartBackoff: "starting" },
    },
  },
});
