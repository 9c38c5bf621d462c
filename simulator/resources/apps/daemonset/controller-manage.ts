import type { Node, Pod } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { isPodReady } from "../../../controllers/shared/pods.ts";
import type { FailedPodsBackoff } from "./controller-backoff.ts";
import { allowsSurge, type Look } from "./controller-look.ts";
import type { Work } from "./controller-pods.ts";
import { hashOf } from "./controller-revisions.ts";

/** What is to be done, and when a failed pod that is let lie for now may go. */
export interface Managed extends Work {
  readonly againAfterMs: number | undefined;
}

// Models pkg/controller/daemon manage, podsShouldBeOnNode
/** Which nodes lack their pod, and which pods are too many, ended, or not wanted where they are. */
export function manage(context: ComponentContext, look: Look, backoff: FailedPodsBackoff): Managed {
  const nodes: string[] = [];
  const pods: Pod[] = [];
  let againAfterMs: number | undefined;
  const known = new Set<string>();
  for (const node of look.nodes) {
    const { name } = node.metadata;
    known.add(name);
    const { run, stay } = look.wish(node);
    const there = look.podsOn(name);
    if (run && there.length === 0) nodes.push(name);
    else if (stay) {
      const found = sortOut(context, look, node, backoff);
      pods.push(...found.ended, ...excess(look, found.running));
      if (found.waitMs !== undefined) againAfterMs = Math.min(found.waitMs, againAfterMs ?? found.waitMs);
      if (allowsSurge(look.set) && run && found.running.length === 0) nodes.push(name);
    } else pods.push(...there.filter(isAlive));
  }
  // A pod that waits for a node which is gone is never scheduled, and nobody else deletes it.
  for (const [name, waiting] of look.byNode) {
    if (!known.has(name)) pods.push(...waiting.filter(({ spec }) => !spec.nodeName));
  }
  return { nodes, pods, againAfterMs };
}

function isAlive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined;
}

interface Sorted {
  readonly running: readonly Pod[];
  /** Those to delete, so that others follow. */
  readonly ended: readonly Pod[];
  readonly waitMs: number | undefined;
}

/** Tells a node's running pods from those that ended; each failure makes the next failed pod wait longer. */
function sortOut(context: ComponentContext, look: Look, node: Node, backoff: FailedPodsBackoff): Sorted {
  const running: Pod[] = [];
  const ended: Pod[] = [];
  let waitMs: number | undefined;
  const { set } = look;
  for (const pod of look.podsOn(node.metadata.name)) {
    if (!isAlive(pod)) continue;
    const { name, namespace } = pod.metadata;
    const where = `daemon pod ${namespace}/${name} on node ${node.metadata.name}`;
    if (pod.status.phase === "Failed") {
      const key = `${set.metadata.uid}/${set.status.observedGeneration ?? 0}/${node.metadata.name}`;
      waitMs = backoff.waitMs(key, context.nowMs);
      if (waitMs !== undefined) continue;
      backoff.next(key, context.nowMs);
      const message = `Found failed ${where}, will try to kill it`;
      context.recordEvent(set, { type: "Warning", reason: "FailedDaemonPod", message });
      ended.push(pod);
    } else if (pod.status.phase === "Succeeded") {
      const message = `Found succeeded ${where}, will try to delete it`;
      context.recordEvent(set, { type: "Normal", reason: "SucceededDaemonPod", message });
      ended.push(pod);
    } else running.push(pod);
  }
  return { running, ended, waitMs };
}

/** Running pods that are too many on their node: the oldest stays; where surging, the oldest of either revision. */
function excess(look: Look, running: readonly Pod[]): readonly Pod[] {
  if (running.length <= 1) return [];
  if (!allowsSurge(look.set)) return running.slice(1);
  const newPod = running.find((pod) => hashOf(pod) === look.hash);
  const oldPod = running.find((pod) => hashOf(pod) !== look.hash);
  const others = running.filter((pod) => pod !== newPod && pod !== oldPod);
  const replaced = newPod !== undefined && oldPod !== undefined && (!isPodReady(oldPod) || look.isAvailable(newPod));
  return replaced ? [...others, oldPod] : others;
}
