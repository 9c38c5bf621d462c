import { matchesLabels, type Selector, selectorFromMap } from "../../../api/meta/labels.ts";
import { controllerOf, type KubeObject } from "../../../api/object.ts";
import { PODS, type Pod, type ReplicaSet, type ResourceRef } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { compiledSelector } from "../../../controllers/shared/ownership.ts";
import { isPodReady, isPodTerminal } from "../../../controllers/shared/pods.ts";

/** How many of a ReplicaSet's own pods are what; `ready` and `fullyLabeled` are counted among the active. */
export interface Counts {
  readonly active: number;
  readonly ready: number;
  readonly fullyLabeled: number;
  readonly terminating: number;
}

interface Tally {
  readonly spec: ReplicaSet["spec"];
  readonly selector: Selector;
  readonly template: Selector;
  active: number;
  ready: number;
  fullyLabeled: number;
  terminating: number;
}

/**
 * Counts of pods by ReplicaSet, kept by watching: one of 10,000 pods that becomes ready costs as much as one of ten.
 * Where a tally cannot tell (its ReplicaSet's spec changed, or a pod no longer fits), it is dropped.
 */
export class PodTallies {
  readonly #tallies = new Map<string, Tally>();

  constructor(context: ComponentContext, ref: ResourceRef<KubeObject>) {
    context.watcher.watch(PODS, ({ type, object, previous }) => {
      if (this.#tallies.size === 0) return;
      if (previous !== undefined) this.#add(previous, -1);
      if (type !== "DELETED") this.#add(object, 1);
    });
    context.watcher.watch(ref, ({ type, object }) => {
      if (type === "DELETED") this.#tallies.delete(object.metadata.uid);
    });
  }

  /** The counts of a ReplicaSet whose pods were counted once, and are all its own still. */
  of({ metadata, spec }: ReplicaSet): Counts | undefined {
    const tally = this.#tallies.get(metadata.uid);
    const same = tally?.spec.selector === spec.selector && tally?.spec.template === spec.template;
    return same ? tally : undefined;
  }

  /** Counts the pods that a ReplicaSet has now: those it claims, and those that are ending. */
  count({ metadata, spec }: ReplicaSet, pods: Iterable<Pod>): void {
    const template = selectorFromMap(spec.template?.metadata?.labels);
    const selector = compiledSelector(spec.selector);
    this.#tallies.set(metadata.uid, { spec, selector, template, active: 0, ready: 0, fullyLabeled: 0, terminating: 0 });
    for (const pod of pods) if (matchesLabels(selector, pod.metadata.labels)) this.#add(pod, 1);
  }

  #add(pod: Pod, sign: 1 | -1): void {
    const uid = controllerOf(pod)?.uid;
    const tally = uid === undefined ? undefined : this.#tallies.get(uid);
    if (uid === undefined || tally === undefined) return;
    if (isPodTerminal(pod)) return;
    // A pod to let go: the next look must see them all.
    if (!matchesLabels(tally.selector, pod.metadata.labels)) {
      this.#tallies.delete(uid);
      return;
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      tally.terminating += sign;
      return;
    }
    tally.active += sign;
    if (isPodReady(pod)) tally.ready += sign;
    if (matchesLabels(tally.template, pod.metadata.labels)) tally.fullyLabeled += sign;
  }
}
