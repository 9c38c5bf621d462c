import { quantityOf, toBytes, toMilliCpu } from "../api/meta/quantity.ts";
import { NODES, PODS, type Pod } from "../api/refs.ts";
import type { Invariant } from "./invariant.ts";

/** The requests of the pods that hold resources on a node fit what it can give. */
export const noOvercommittedNode: Invariant = {
  name: "no overcommitted node",
  check: (store) => {
    const problems: string[] = [];
    for (const node of store.of(NODES).values()) {
      const { cpu, memory, pods: podLimit } = node.status.allocatable ?? {};
      const pods = [...store.of(PODS).byIndex("node", node.metadata.name)].filter(holdsResources);
      const milliCpu = sum(pods, (requests) => toMilliCpu(quantityOf(requests.cpu)));
      const bytes = sum(pods, (requests) => toBytes(quantityOf(requests.memory)));
      const tell = (what: string, used: number, limit: number) => {
        if (used > limit) problems.push(`${node.metadata.name}: ${what} ${used} of ${limit}`);
      };
      if (cpu !== undefined) tell("milli-CPU", milliCpu, toMilliCpu(quantityOf(cpu)));
      if (memory !== undefined) tell("memory bytes", bytes, toBytes(quantityOf(memory)));
      if (podLimit !== undefined) tell("pods", pods.length, toBytes(quantityOf(podLimit)));
    }
    return problems;
  },
};

/** Finished pods hold nothing; static pods are put on a node past the scheduler. */
function holdsResources(pod: Pod): boolean {
  const isStatic = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return !isStatic && pod.status.phase !== "Succeeded" && pod.status.phase !== "Failed";
}

function sum(pods: readonly Pod[], of: (requests: { readonly [name: string]: string }) => number): number {
  let total = 0;
  for (const pod of pods) {
    for (const container of pod.spec.containers) total += of(container.resources?.requests ?? {});
  }
  return total;
}
