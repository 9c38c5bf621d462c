import { setup } from "xstate";
import { compileMachine } from "../machine/compile.ts";
import { signals } from "../machine/define.ts";

export type PodEvent =
  | { readonly type: "ADMITTED" }
  | { readonly type: "REJECTED" }
  | { readonly type: "SANDBOX_READY" }
  | { readonly type: "SANDBOX_LOST" }
  | { readonly type: "INITIALIZED" }
  | { readonly type: "STOP" }
  | { readonly type: "STOPPED" }
  | { readonly type: "REMOVED" };

/**
 * A pod in the hands of its kubelet. Models the pod worker of pkg/kubelet pod_workers.go (sync, terminating, terminated)
 * with the stages of SyncPod spelt out.
 */
export const podMachine = setup({
  types: { events: {} as PodEvent, tags: {} as "syncing" },
  actions: signals("stopContainers", "release"),
}).createMachine({
  id: "pod",
  description: "A pod on its node.",
  initial: "admitting",
  states: {
    admitting: {
      description: "The kubelet checks whether the node can take the pod.",
      on: { ADMITTED: "settingUp", REJECTED: "rejected", STOP: "terminating" },
    },
    settingUp: {
      description: "Its volumes are mounted and its sandbox with a network address is made.",
      tags: ["syncing"],
      on: { SANDBOX_READY: "initializing", STOP: "terminating" },
    },
    initializing: {
      description: "Its init containers run, one after the other.",
      tags: ["syncing"],
      on: { INITIALIZED: "running", SANDBOX_LOST: "settingUp", STOP: "terminating" },
    },
    running: {
      description: "Its containers are started, probed, and started again when they end.",
      tags: ["syncing"],
      on: { SANDBOX_LOST: "settingUp", STOP: "terminating" },
    },
    terminating: {
      description: "Its containers were asked to stop and have their grace to do so.",
      entry: "stopContainers",
      on: { STOPPED: "terminated" },
    },
    terminated: {
      description: "Nothing of it runs; its last status is written.",
      entry: "release",
      on: { REMOVED: "gone" },
    },
    rejected: {
      description: "The node could not take it; it has failed.",
      on: { STOP: "terminated", REMOVED: "gone" },
    },
    gone: { description: "The kubelet has forgotten it.", type: "final" },
  },
});

/** The table that every pod runs on. */
export const podTable = compileMachine(podMachine);
