import { matchesLabels, type Requirement, type Selector, selectorFromMap } from "../../api/meta/labels.ts";
import { controllerOf } from "../../api/object.ts";
import { REPLICA_SETS, SERVICES } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { compiledSelector } from "../affinity-terms.ts";
import type { PodInfo } from "../pod-info.ts";

const KEPT = 4096;

/**
 * Which pods are "the same" as a pod that does not say it: those of its services and of its replica set. Models
 * plugins/helper DefaultSelector.
 */
export class DefaultSelectors {
  readonly #context: ComponentContext;
  readonly #known = new Map<string, Selector | undefined>();

  constructor(context: ComponentContext) {
    this.#context = context;
    context.watcher.watch(SERVICES, () => this.#known.clear());
    context.watcher.watch(REPLICA_SETS, ({ type }) => {
      // A selector never changes; the set may come later than its pod, or go.
      if (type !== "MODIFIED") this.#known.clear();
    });
  }

  /** Undefined when nothing owns or serves the pod. */
  of(pod: PodInfo): Selector | undefined {
    const key = `${controllerOf(pod.pod)?.uid ?? ""}|${pod.selectionKey}`;
    if (this.#known.has(key)) return this.#known.get(key);
    if (this.#known.size >= KEPT) this.#known.clear();
    const selector = this.#make(pod);
    this.#known.set(key, selector);
    return selector;
  }

  #make(pod: PodInfo): Selector | undefined {
    const labels: Record<string, string> = {};
    for (const service of this.#context.cache.byIndex(SERVICES, "namespace", pod.namespace)) {
      const { selector } = service.spec;
      if (selector === undefined || Object.keys(selector).length === 0) continue;
      if (matchesLabels(selectorFromMap(selector), pod.labels)) Object.assign(labels, selector);
    }
    const requirements: Requirement[] = [...selectorFromMap(labels).requirements];
    const owner = controllerOf(pod.pod);
    if (owner?.kind === "ReplicaSet") {
      const set = this.#context.cache.get(REPLICA_SETS, `${pod.namespace}/${owner.name}`);
      if (set !== undefined) requirements.push(...compiledSelector(set.spec.selector).requirements);
    }
    return requirements.length === 0 ? undefined : { requirements, nothing: false };
  }
}
