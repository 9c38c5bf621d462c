import type { FaultDefinition } from "./fault.ts";

/** A container's process is killed once, with SIGKILL: exit code 137. What follows is up to its kubelet. */
export const containerCrash: FaultDefinition<"Pod"> = {
  type: "ContainerCrash",
  target: "Pod",
  apply: ({ node, namespace, name, container }, world) => {
    const killed = world.crashContainer(node, namespace, name, container);
    return killed === undefined ? undefined : `pod/${namespace}/${name}/${killed}`;
  },
};
