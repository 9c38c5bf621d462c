import { assign, setup } from "xstate";
import { signals } from "../machine/define.ts";

export interface ScenarioProgress {
  /** Index of the step to be done. */
  readonly step: number;
  readonly steps: number;
}

export type ScenarioEvent =
  | { readonly type: "LOOKED" }
  | { readonly type: "STEP_DONE" }
  | { readonly type: "API_DOWN" }
  | { readonly type: "API_UP" }
  | { readonly type: "RESTART" };

/**
 * The course of a scenario. Its owner looks at the cluster and sends what it saw; it keeps how things stand when a step
 * begins on the signal `keepMoment`.
 */
export const scenarioMachine = setup({
  types: {
    context: {} as ScenarioProgress,
    input: {} as { readonly steps: number },
    events: {} as ScenarioEvent,
  },
  actions: {
    ...signals("keepMoment", "forget"),
    toNextStep: assign({ step: ({ context }) => context.step + 1 }),
    toFirstStep: assign({ step: 0 }),
  },
  guards: { isLastStep: ({ context }) => context.step + 1 >= context.steps },
}).createMachine({
  id: "scenario",
  description: "The course of a scenario.",
  context: ({ input }) => ({ step: 0, steps: input.steps }),
  initial: "opening",
  on: { RESTART: { target: ".opening", actions: ["toFirstStep", "forget"] } },
  states: {
    opening: {
      description: "It takes a first look at the cluster.",
      on: { LOOKED: { target: "working", actions: "keepMoment" } },
    },
    working: {
      description: "It waits until the cluster shows that the step is done.",
      on: {
        STEP_DONE: [
          { guard: "isLastStep", target: "finished", actions: "toNextStep" },
          { target: "working", reenter: true, actions: ["toNextStep", "keepMoment"] },
        ],
        API_DOWN: "blind",
      },
    },
    blind: {
      description: "The API server does not answer, so nothing can be checked.",
      on: { API_UP: "working" },
    },
    finished: { description: "Every step is done." },
  },
});
