import { setup } from "xstate";
import { compileMachine } from "../machine/compile.ts";
import { signals } from "../machine/define.ts";

export type FaultEvent =
  | { readonly type: "HIT" }
  | { readonly type: "STRUCK" }
  | { readonly type: "MISSED" }
  | { readonly type: "EXPIRED" }
  | { readonly type: "DELETED" };

/** The life of a Fault object. Its status says where it stands. */
export const faultMachine = setup({
  types: { events: {} as FaultEvent },
  actions: signals("heal"),
}).createMachine({
  id: "fault",
  description: "Something that an instructor broke.",
  initial: "pending",
  states: {
    pending: {
      description: "It was asked for and has not been done yet.",
      on: { HIT: "active", STRUCK: "finished", MISSED: "failed", DELETED: "healed" },
    },
    active: {
      description: "What it hit is broken, until its time is over or someone deletes it.",
      exit: "heal",
      on: { EXPIRED: "finished", DELETED: "healed" },
    },
    finished: { description: "It is over, and what it broke works again.", on: { DELETED: "healed" } },
    failed: { description: "Nothing was there to hit.", on: { DELETED: "healed" } },
    healed: { description: "It is gone, and with it all that it broke.", type: "final" },
  },
});

export const faultTable = compileMachine(faultMachine);
