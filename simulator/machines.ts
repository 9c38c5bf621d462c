import type { AnyStateMachine } from "xstate";
import { componentMachine } from "./machine/component.machine.ts";
import { type DescribedMachine, describeMachine } from "./machine/describe.ts";
import { workqueueKeyMachine } from "./machine/workqueue-key.machine.ts";
import { entryMachine } from "./scheduler/entry.machine.ts";

interface ListedMachine {
  readonly machine: AnyStateMachine;
  /** What it is the life of, for a heading. */
  readonly title: string;
}

/** Every machine that runs in the cluster: its definition is what runs and what the page draws. */
const listed: readonly ListedMachine[] = [
  { machine: componentMachine, title: "Control-plane component" },
  { machine: workqueueKeyMachine, title: "Key in a work queue" },
  { machine: entryMachine, title: "Pod in the scheduler's queue" },
];

/** The machines as plain data to draw. */
export function machineDescriptions(): readonly (DescribedMachine & { readonly title: string })[] {
  return listed.map(({ machine, title }) => ({ ...describeMachine(machine), title }));
}
