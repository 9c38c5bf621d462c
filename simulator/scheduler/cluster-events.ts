import type { Node, Pod } from "../api/refs.ts";
import type { Change } from "../api/store.ts";
import { equalJson } from "../base/json.ts";
import type { ClusterEvent, EventName } from "./framework.ts";
import { asksForLess } from "./plugins/node-resources-fit.ts";

/** What a change of a node means to pods that wait. Models framework NodeSchedulingPropertiesChange. */
export function nodeEvents({ type, object, previous }: Change<Node>): readonly ClusterEvent[] {
  if (type === "ADDED") return [{ name: "node/add", node: object }];
  if (type === "DELETED") return [{ name: "node/delete", node: object }];
  if (previous === undefined) return [];
  const names: EventName[] = [];
  if (!equalJson(object.status.allocatable, previous.status.allocatable)) names.push("node/allocatable");
  if (!equalJson(object.metadata.labels, previous.metadata.labels)) names.push("node/label");
  const { taints, unschedulable } = object.spec;
  const isTainted = !equalJson(taints, previous.spec.taints) || unschedulable !== previous.spec.unschedulable;
  if (isTainted) names.push("node/taint");
  return names.map((name) => ({ name, node: object, previousNode: previous }));
}

/** What a change of a pod means: to others, or to itself while it waits. Models PodSchedulingPropertiesChange. */
export function podEvents(about: "pod" | "self", pod: Pod, previous: Pod): readonly ClusterEvent[] {
  const names: EventName[] = [];
  const isSame = (a: unknown, b: unknown): boolean => a === b || equalJson(a, b);
  if (!isSame(pod.metadata.labels, previous.metadata.labels)) names.push(`${about}/label`);
  // A pod that asks for less holds what it had until its kubelet has taken it away.
  const mayShrink = pod.spec !== previous.spec || (pod.metadata.generation ?? 1) > 1;
  if (mayShrink && asksForLess(previous, pod)) names.push(`${about}/scale-down`);
  if (about === "self") {
    if (!isSame(pod.spec.tolerations, previous.spec.tolerations)) names.push("self/toleration");
    const gates = pod.spec.schedulingGates?.length ?? 0;
    if (gates === 0 && (previous.spec.schedulingGates?.length ?? 0) > 0) names.push("self/gates");
  }
  return names.map((name) => ({ name, pod, previousPod: previous }));
}

/** The objects about storage that pods may wait for. */
export type StorageSubject = "claim" | "volume" | "class" | "csiNode" | "csiDriver" | "capacity";

/** What a change of such an object means. One that goes helps nobody. */
export function storageEvent(about: StorageSubject, change: Change): ClusterEvent | undefined {
  const { type, object, previous } = change;
  if (type === "DELETED") return undefined;
  return { name: `${about}/${type === "ADDED" ? "add" : "update"}`, storage: object, previousStorage: previous };
}
