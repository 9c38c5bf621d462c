import type { Node, Pod } from "../../api/refs.ts";
import type { SchedulerOptions } from "../configuration.ts";
import { type PluginDefinition, rejected, type Status, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import * as column from "../node-table.ts";
import { type PodInfo, shapeOf } from "../pod-info.ts";
import { allocatableOf, heldResources, isScalar, type Resources, resourceOf } from "../resources.ts";
import { allocationScore } from "./allocation-scores.ts";

const NAME = "NodeResourcesFit";

const PODS = 1;
const CPU = 2;
const MEMORY = 4;
const EPHEMERAL = 8;
/** More than the node has at all, whoever leaves. */
const HOPELESS = 16;
const REASONS: readonly (readonly [number, string])[] = [
  [PODS, "Too many pods"],
  [CPU, "Insufficient cpu"],
  [MEMORY, "Insufficient memory"],
  [EPHEMERAL, "Insufficient ephemeral-storage"],
];

/** One status for each set of missing resources: thousands of nodes say the same. */
const statuses: (Status | undefined)[] = [];
const scalarStatuses = new Map<string, Status>();

function statusOf(missing: number, scalars: readonly string[]): Status {
  const known = scalars.length === 0 ? statuses[missing] : scalarStatuses.get(`${missing}|${scalars.join("|")}`);
  if (known !== undefined) return known;
  const reasons = REASONS.filter(([bit]) => (missing & bit) !== 0).map(([, reason]) => reason);
  reasons.push(...scalars.map((name) => `Insufficient ${name}`));
  const status = (missing & HOPELESS) === 0 ? rejected(NAME, ...reasons) : unresolvable(NAME, ...reasons);
  if (scalars.length === 0) statuses[missing] = status;
  else scalarStatuses.set(`${missing}|${scalars.join("|")}`, status);
  return status;
}

const at = (values: Float64Array, index: number): number => values[index] as number;

/** The bit of a resource if the node has too little left of it, with `HOPELESS` if it never had enough. */
function lack(bit: number, want: number, capacity: number, taken: number): number {
  if (want === 0 || want <= capacity - taken) return 0;
  return want > capacity ? bit | HOPELESS : bit;
}

const NO_NAMES: readonly string[] = [];

/** Whether a scheduler's configuration has a resource passed over. */
type IsIgnored = (resource: string) => boolean;

function ignoring({ ignoredResources, ignoredResourceGroups }: SchedulerOptions): IsIgnored {
  if (ignoredResources.length === 0 && ignoredResourceGroups.length === 0) return () => false;
  const names = new Set(ignoredResources);
  const groups = new Set(ignoredResourceGroups);
  // Only extended resources can be passed over.
  const isExtended = (name: string) => name.includes("/") && !name.includes("kubernetes.io/");
  return (name) => isExtended(name) && (names.has(name) || groups.has(name.slice(0, name.indexOf("/"))));
}

/** Whether the node has room; a status names all that is missing. Models fitsRequest. */
function check({ shape }: PodInfo, node: NodeInfo, isIgnored: IsIgnored): Status | undefined {
  const { requests } = shape;
  const { table, row } = node;
  const { values } = table;
  const { milliCpu, memoryBytes, ephemeralBytes, scalars } = requests;
  let missing = at(values, row + column.POD_COUNT) < at(values, row + column.ALLOCATABLE_PODS) ? 0 : PODS;
  missing |= lack(CPU, milliCpu, at(values, row + column.ALLOCATABLE_CPU), at(values, row + column.REQUESTED_CPU));
  const memory = at(values, row + column.ALLOCATABLE_MEMORY);
  missing |= lack(MEMORY, memoryBytes, memory, at(values, row + column.REQUESTED_MEMORY));
  if (ephemeralBytes === 0 && scalars.size === 0) return missing === 0 ? undefined : statusOf(missing, NO_NAMES);
  return checkRest(requests, node, missing, isIgnored);
}

function checkRest(
  requests: Resources,
  { allocatable, requested }: NodeInfo,
  found: number,
  isIgnored: IsIgnored,
): Status | undefined {
  const { ephemeralBytes, scalars } = requests;
  let missing = found | lack(EPHEMERAL, ephemeralBytes, allocatable.ephemeralBytes, requested.ephemeralBytes);
  const names: string[] = [];
  for (const [name, want] of scalars) {
    // Nothing of it is always there, even where pods hold more than the node has.
    if (want === 0 || isIgnored(name)) continue;
    const capacity = resourceOf(allocatable, name);
    if (want <= capacity - resourceOf(requested, name)) continue;
    names.push(name);
    if (want > capacity) missing |= HOPELESS;
  }
  return missing === 0 && names.length === 0 ? undefined : statusOf(missing, names);
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
    const isIgnored = ignoring(options);
    const requested = new Float64Array(names.length);
    const capacity = new Float64Array(names.length);
    return {
      name: NAME,
      isLocal: true,
      events: {
        "pod/delete": true,
        "pod/scale-down": true,
        "self/scale-down": true,
        "node/add": (pod, { node }) => couldFit(pod, node),
        "node/allocatable": (pod, { node, previousNode }) => couldFit(pod, node) && hasGrown(pod, previousNode, node),
      },
      filter: (_, pod, node) => check(pod, node, isIgnored),
      score: (_, { shape }, { table, row, allocatable, requested: taken }) => {
        const { values } = table;
        for (let index = 0; index < names.length; index++) {
          const name = names[index] as string;
          if (name === "cpu") {
            capacity[index] = at(values, row + column.ALLOCATABLE_CPU);
            requested[index] = at(values, row + column.NON_ZERO_CPU) + shape.nonZero.milliCpu;
          } else if (name === "memory") {
            capacity[index] = at(values, row + column.ALLOCATABLE_MEMORY);
            requested[index] = at(values, row + column.NON_ZERO_MEMORY) + shape.nonZero.memoryBytes;
          } else {
            const want = resourceOf(shape.nonZero, name);
            capacity[index] = want === 0 && isScalar(name) ? 0 : resourceOf(allocatable, name);
            requested[index] = resourceOf(taken, name) + want;
          }
        }
        return score(requested, capacity);
      },
    };
  },
};

/** Whether a pod counts for less than before, for the event of a pod that does. Models framework extractPodScaleDown. */
export function asksForLess(before: Pod, after: Pod): boolean {
  const old = requestsOf(before);
  const now = requestsOf(after);
  if (old === now) return false;
  return (
    now.milliCpu < old.milliCpu ||
    now.memoryBytes < old.memoryBytes ||
    now.ephemeralBytes < old.ephemeralBytes ||
    [...old.scalars].some(([name, amount]) => resourceOf(now, name) < amount)
  );
}

function requestsOf(pod: Pod): Resources {
  return (heldResources(pod) ?? shapeOf(pod)).requests;
}
