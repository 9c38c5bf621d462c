import { defineRegistry } from "../base/registry.ts";
import { componentStop } from "./component-stop.ts";
import { containerCrash } from "./container-crash.ts";
import { anyFault, type FaultDefinition } from "./fault.ts";
import { kubeletStop } from "./kubelet-stop.ts";
import { nodeCrash } from "./node-crash.ts";
import { nodePartition } from "./node-partition.ts";

/** Every kind of fault. */
export const faults = defineRegistry<FaultDefinition>(
  "fault",
  [
    anyFault(nodeCrash),
    anyFault(kubeletStop),
    anyFault(nodePartition),
    anyFault(containerCrash),
    anyFault(componentStop),
  ],
  (fault) => fault.type,
);
