import { setup } from "xstate";
import { compileMachine } from "../machine/compile.ts";

export type ContainerEvent =
  | { readonly type: "PULL" }
  | { readonly type: "PULLED" }
  | { readonly type: "PULL_FAILED" }
  | { readonly type: "REFUSED" }
  | { readonly type: "STARTED" }
  | { readonly type: "STOP" }
  | { readonly type: "EXITED" }
  | { readonly type: "BACK_OFF" }
  | { readonly type: "LOST" };

/** One container as its kubelet sees it. Models what pkg/kubelet/kuberuntime startContainer and computePodActions do. */
export const containerMachine = setup({
  types: { events: {} as ContainerEvent, tags: {} as "alive" },
}).createMachine({
  id: "container",
  description: "A container of a pod.",
  initial: "waiting",
  on: { LOST: ".waiting" },
  states: {
    waiting: {
      description: "Its turn has not come, or something it needs is missing.",
      on: { PULL: "pulling", STARTED: "running", EXITED: "exited" },
    },
    pulling: {
      description: "Its image is looked up on the machine, and fetched where that is needed.",
      on: { PULLED: "creating", PULL_FAILED: "pullBackOff", STOP: "waiting" },
    },
    pullBackOff: {
      description: "Its image could not be had; the next try waits, twice as long each time.",
      on: { PULL: "pulling" },
    },
    creating: {
      description: "It is being created and started.",
      on: { STARTED: "running", REFUSED: "waiting", STOP: "waiting" },
    },
    running: {
      description: "Its process runs and is probed.",
      tags: ["alive"],
      on: { STOP: "stopping", EXITED: "exited" },
    },
    stopping: {
      description: "Its process was sent SIGTERM and has its grace before SIGKILL.",
      tags: ["alive"],
      on: { EXITED: "exited" },
    },
    exited: {
      description: "Its process has ended.",
      on: { PULL: "pulling", BACK_OFF: "restartBackOff" },
    },
    restartBackOff: {
      description: "It crashed more than once; the next start waits, twice as long each time.",
      on: { PULL: "pulling", BACK_OFF: "restartBackOff" },
    },
  },
});

/** The table that every container runs on. */
export const containerTable = compileMachine(containerMachine);
