import type { AnyStateMachine } from "xstate";
import { faultMachine } from "./faults/fault.machine.ts";
import { componentMachine } from "./machine/component.machine.ts";
import { type DescribedMachine, describeMachine } from "./machine/describe.ts";
import { workqueueKeyMachine } from "./machine/workqueue-key.machine.ts";
import { containerMachine } from "./node/container.machine.ts";
import { nodeMachine } from "./node/node.machine.ts";
import { podMachine } from "./node/pod.machine.ts";
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
  { machine: nodeMachine, title: "Kubelet" },
  { machine: podMachine, title: "Pod on its node" },
  { machine: containerMachine, title: "Container" },
  { machine: faultMachine, title: "Fault" },
  { machine: entryMachine, title: "Pod in the scheduler's queue" },
];

/** The machines as plain data to draw. */
export function machineDescriptions(): readonly (DescribedMachine & { readonly title: string })[] {
  return listed.map(({ machine, title }) => ({ ...describeMachine(machine), title }));
}
