import type { Node } from "../../api/refs.ts";
import type { Taint } from "../../api/schema/generated/types.ts";
import { sameTaint, taintsOf } from "../shared/taints.ts";

const NOT_READY_KEY = "node.kubernetes.io/not-ready";
const UNREACHABLE_KEY = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE_KEY = "node.kubernetes.io/unschedulable";

/** Taints that evict pods. */
export const UNREACHABLE: Taint = { key: UNREACHABLE_KEY, effect: "NoExecute" };
export const NOT_READY: Taint = { key: NOT_READY_KEY, effect: "NoExecute" };

/** Condition type -> its status -> the key of the taint that keeps new pods away. */
const TAINT_KEYS: { readonly [type: string]: { readonly [status: string]: string } } = {
  Ready: { False: NOT_READY_KEY, Unknown: UNREACHABLE_KEY },
  MemoryPressure: { True: "node.kubernetes.io/memory-pressure" },
  DiskPressure: { True: "node.kubernetes.io/disk-pressure" },
  NetworkUnavailable: { True: "node.kubernetes.io/network-unavailable" },
  PIDPressure: { True: "node.kubernetes.io/pid-pressure" },
};

/** Keys of NoSchedule taints that this controller gives and takes. */
const OWN_KEYS: ReadonlySet<string> = new Set([UNSCHEDULABLE_KEY, ...Object.values(TAINT_KEYS).flatMap(Object.values)]);

// Models pkg/controller/nodelifecycle doNoScheduleTaintingPass
/** NoSchedule taints to add and to remove, so that they say what conditions and spec.unschedulable say. */
export function noScheduleChanges(node: Node): {
  readonly added: readonly Taint[];
  readonly removed: readonly Taint[];
} {
  const wanted: Taint[] = [];
  for (const { type, status } of node.status.conditions ?? []) {
    const key = TAINT_KEYS[type]?.[status];
    if (key !== undefined) wanted.push({ key, effect: "NoSchedule" });
  }
  if (node.spec.unschedulable) wanted.push({ key: UNSCHEDULABLE_KEY, effect: "NoSchedule" });
  const present = taintsOf(node).filter(({ key, effect }) => effect === "NoSchedule" && OWN_KEYS.has(key));
  const without = (taints: readonly Taint[], others: readonly Taint[]) =>
    taints.filter((taint) => !others.some((other) => sameTaint(other, taint)));
  return { added: without(wanted, present), removed: without(present, wanted) };
}
