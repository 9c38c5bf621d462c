import { setup } from "xstate";
import { compileMachine } from "../machine/compile.ts";

/** What the chart asks about the node: whether everything that it needs for pods is up. */
export interface NodeView {
  readonly runtimeReady: boolean;
}

export type NodeEvent =
  | { readonly type: "REGISTERED" }
  | { readonly type: "CHECKED" }
  | { readonly type: "API_LOST" }
  | { readonly type: "API_BACK" };

/** A node from its kubelet's side. Models pkg/kubelet kubelet_node_status.go: register, then report. */
export const nodeMachine = setup({
  types: { context: {} as NodeView, input: {} as NodeView, events: {} as NodeEvent, tags: {} as "reporting" },
  guards: { runtimeReady: ({ context }) => context.runtimeReady },
}).createMachine({
  id: "node",
  description: "A node, as its kubelet runs it.",
  context: ({ input }) => input,
  initial: "registering",
  states: {
    registering: {
      description: "The kubelet has started and tries to register its node; static pods run already.",
      on: { REGISTERED: "notReady" },
    },
    notReady: {
      description: "The node is registered; its runtime is not ready for pods yet.",
      tags: ["reporting"],
      on: { CHECKED: { guard: "runtimeReady", target: "ready" }, API_LOST: "disconnected" },
    },
    ready: {
      description: "It renews its lease every ten seconds and runs the pods that are bound to it.",
      tags: ["reporting"],
      on: { API_LOST: "disconnected" },
    },
    disconnected: {
      description: "The API server can't be reached: containers go on running, nobody hears of them.",
      on: { API_BACK: [{ guard: "runtimeReady", target: "ready" }, { target: "notReady" }] },
    },
  },
});

/** The table that every node runs on. */
export const nodeTable = compileMachine(nodeMachine);
