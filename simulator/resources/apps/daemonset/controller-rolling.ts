import type { Node, Pod } from "../../../api/refs.ts";
import { type Look, surgeCount, unavailableCount } from "./controller-look.ts";
import { isUpdated, type Work } from "./controller-pods.ts";

/** The living pods of one node, told apart by revision; undefined when there are several of one, for `manage` to prune. */
interface Pair {
  readonly newPod: Pod | undefined;
  readonly oldPod: Pod | undefined;
}

/** Limits of an update, of the nodes that are to have a pod now. */
interface Limits {
  readonly surge: number;
  readonly unavailable: number;
  readonly desired: number;
}

// Models pkg/controller/daemon rollingUpdate
/** Old pods that may go now, and nodes that may have a second pod. */
export function rollingUpdate(look: Look): Work {
  const wanted = look.nodes.filter((node) => look.wish(node).run);
  const desired = wanted.length;
  const surge = surgeCount(look.set, desired);
  const unavailable = unavailableCount(look.set, desired);
  const limits = {
    surge,
    unavailable: surge === 0 ? Math.max(unavailable, desired > 0 ? 1 : 0) : unavailable,
    desired,
  };
  const names = new Set([...look.byNode.keys(), ...wanted.map(({ metadata }) => metadata.name)]);
  return surge === 0 ? replace(look, names, limits) : surgeOver(look, names, limits);
}

// Models pkg/controller/daemon findUpdatedPodsOnNode
function pairOn(look: Look, node: string): Pair | undefined {
  const alive = look.podsOn(node).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const newPods = alive.filter((pod) => isUpdated(look.set, pod, look.hash));
  const oldPods = alive.filter((pod) => !newPods.includes(pod));
  return newPods.length > 1 || oldPods.length > 1 ? undefined : { newPod: newPods[0], oldPod: oldPods[0] };
}

/** Deletes old pods: those not available at once, others as long as few enough nodes are without an available one. */
function replace(look: Look, names: Iterable<string>, limits: Limits): Work {
  let unavailable = 0;
  const allowed: Pod[] = [];
  const candidates: Pod[] = [];
  for (const name of names) {
    const { newPod, oldPod } = pairOn(look, name) ?? {};
    if ((oldPod === undefined) === (newPod === undefined)) unavailable++;
    else if (newPod !== undefined) unavailable += look.isAvailable(newPod) ? 0 : 1;
    else if (oldPod !== undefined && !look.isAvailable(oldPod)) {
      allowed.push(oldPod);
      unavailable++;
    } else if (oldPod !== undefined && unavailable < limits.unavailable) candidates.push(oldPod);
  }
  const more = candidates.slice(0, Math.max(0, limits.unavailable - unavailable));
  return { nodes: [], pods: [...allowed, ...more] };
}

/** Makes new pods beside old ones, and deletes an old one when the new one is available. */
function surgeOver(look: Look, names: Iterable<string>, limits: Limits): Work {
  const nodesByName = new Map(look.nodes.map((node) => [node.metadata.name, node]));
  const runs = (node: Node | undefined) => node !== undefined && look.wish(node).run;
  let surging = 0;
  let available = 0;
  const done: Pod[] = [];
  const unwanted: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  for (const name of names) {
    const pair = pairOn(look, name);
    if (pair === undefined) {
      surging++;
      continue;
    }
    const { newPod, oldPod } = pair;
    const shown = oldPod ?? newPod;
    const isAvailable = shown !== undefined && look.isAvailable(shown);
    if (isAvailable) available++;
    if (oldPod === undefined) continue;
    if (newPod === undefined) {
      const wanted = runs(nodesByName.get(name));
      if (!wanted) (isAvailable ? unwanted : done).push(oldPod);
      else if (!isAvailable) allowed.push(name);
      else if (surging < limits.surge) candidates.push(name);
    } else if (look.isAvailable(newPod)) done.push(oldPod);
    else surging++;
  }
  // A pod of a node that is no longer wanted goes only when enough others are available.
  done.push(...unwanted.slice(0, Math.max(0, available - limits.desired)));
  return { nodes: [...allowed, ...candidates.slice(0, Math.max(0, limits.surge - surging))], pods: done };
}
