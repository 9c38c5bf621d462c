import type { Node } from "../../api/refs.ts";
import { type PluginDefinition, rejected, type Status, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import { type PodInfo, shapeOf } from "../pod-info.ts";
import { allocatableOf, isScalar, type Resources, resourceOf } from "../resources.ts";
import { allocationScore } from "./allocation-scores.ts";

const NAME = "NodeResourcesFit";

/** One status for each set of missing resources: thousands of nodes say the same. */
const statuses = new Map<string, Status>();

function insufficient(names: readonly string[], hopeless: boolean): Status {
  const reasons = names.map((name) => (name === "pods" ? "Too many pods" : `Insufficient ${name}`));
  const key = `${reasons.join("|")}${hopeless ? "!" : ""}`;
  let status = statuses.get(key);
  if (status === undefined) {
    status = hopeless ? unresolvable(NAME, ...reasons) : rejected(NAME, ...reasons);
    statuses.set(key, status);
  }
  return status;
}

/** Whether the node has room; a status names all that is missing. Models fitsRequest. */
function check({ shape }: PodInfo, node: NodeInfo): Status | undefined {
  const { requests } = shape;
  const { allocatable, requested } = node;
  const fits =
    node.pods.size < allocatable.pods &&
    (requests.milliCpu === 0 || requests.milliCpu <= allocatable.milliCpu - requested.milliCpu) &&
    (requests.memoryBytes === 0 || requests.memoryBytes <= allocatable.memoryBytes - requested.memoryBytes) &&
    requests.ephemeralBytes === 0 &&
    requests.scalars.size === 0;
  return fits ? undefined : checkAll(requests, node);
}

function checkAll(requests: Resources, node: NodeInfo): Status | undefined {
  const { allocatable, requested } = node;
  const missing: string[] = [];
  let hopeless = false;
  const look = (name: string, want: number): void => {
    const capacity = resourceOf(allocatable, name);
    if (want === 0 || want <= capacity - resourceOf(requested, name)) return;
    missing.push(name);
    if (want > capacity) hopeless = true;
  };
  if (node.pods.size >= allocatable.pods) missing.push("pods");
  look("cpu", requests.milliCpu);
  look("memory", requests.memoryBytes);
  look("ephemeral-storage", requests.ephemeralBytes);
  for (const [name, want] of requests.scalars) look(name, want);
  return missing.length === 0 ? undefined : insufficient(missing, hopeless);
}

/** Whether an empty node of this size would do. Models isFit of the queueing hints. */
function couldFit({ shape }: PodInfo, node: Node | undefined): boolean {
  const allocatable = allocatableOf(node?.status.allocatable);
  const { requests } = shape;
  return (
    allocatable.pods > 0 &&
    requests.milliCpu <= allocatable.milliCpu &&
    requests.memoryBytes <= allocatable.memoryBytes &&
    requests.ephemeralBytes <= allocatable.ephemeralBytes &&
    [...requests.scalars].every(([name, want]) => want <= resourceOf(allocatable, name))
  );
}

// Models haveAnyRequestedResourcesIncreased
function hasGrown({ shape }: PodInfo, before: Node | undefined, after: Node | undefined): boolean {
  const old = allocatableOf(before?.status.allocatable);
  const now = allocatableOf(after?.status.allocatable);
  const wanted = ["cpu", "memory", "ephemeral-storage", ...shape.requests.scalars.keys()];
  return (
    now.pods > old.pods ||
    wanted.some((name) => resourceOf(shape.requests, name) > 0 && resourceOf(now, name) > resourceOf(old, name))
  );
}

/** Room for the pod's requests, and the score of how much is left. Models plugins/noderesources fit. */
export const nodeResourcesFit: PluginDefinition = {
  name: NAME,
  weight: 1,
  create: ({ options }) => {
    const { resources } = options.scoringStrategy;
    const names = resources.map(({ name }) => name);
    const score = allocationScore(options.scoringStrategy);
    const requested = new Float64Array(names.length);
    const capacity = new Float64Array(names.length);
    return {
      name: NAME,
      events: {
        "pod/delete": true,
        "pod/scale-down": true,
        "self/scale-down": true,
        "node/add": (pod, { node }) => couldFit(pod, node),
        "node/allocatable": (pod, { node, previousNode }) => couldFit(pod, node) && hasGrown(pod, previousNode, node),
      },
      filter: (_, pod, node) => check(pod, node),
      score: (_, { shape }, node) => {
        for (let index = 0; index < names.length; index++) {
          const name = names[index] ?? "";
          const want = resourceOf(shape.nonZero, name);
          const isUnasked = want === 0 && isScalar(name);
          const held = name === "cpu" || name === "memory" ? node.nonZeroRequested : node.requested;
          capacity[index] = isUnasked ? 0 : resourceOf(node.allocatable, name);
          requested[index] = resourceOf(held, name) + want;
        }
        return score(requested, capacity);
      },
    };
  },
};

/** What pods of this shape ask for, for the event of a pod that asks for less now. */
export function asksForLess(before: Parameters<typeof shapeOf>[0], after: Parameters<typeof shapeOf>[0]): boolean {
  const old = shapeOf(before).requests;
  const now = shapeOf(after).requests;
  if (old === now) return false;
  return (
    now.milliCpu < old.milliCpu ||
    now.memoryBytes < old.memoryBytes ||
    now.ephemeralBytes < old.ephemeralBytes ||
    [...old.scalars].some(([name, amount]) => resourceOf(now, name) < amount)
  );
}
