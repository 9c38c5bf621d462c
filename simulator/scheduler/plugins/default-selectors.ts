import { matchesLabels, type Requirement, type Selector, selectorFromMap } from "../../api/meta/labels.ts";
import { controllerOf } from "../../api/object.ts";
import { REPLICA_SETS, REPLICATION_CONTROLLERS, SERVICES, STATEFUL_SETS } from "../../api/refs.ts";
import type { LabelSelector } from "../../api/schema/generated/types.ts";
import type { Change } from "../../api/store.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { compiledSelector } from "../affinity-terms.ts";
import type { PodInfo } from "../pod-info.ts";

const KEPT = 4096;

/**
 * Which pods are "the same" as a pod that does not say it: those of its services and of the replica set, stateful set or
 * replication controller that owns it. Models plugins/helper DefaultSelector.
 */
export class DefaultSelectors {
  readonly #context: ComponentContext;
  readonly #known = new Map<string, Selector | undefined>();

  constructor(context: ComponentContext) {
    this.#context = context;
    const { watcher } = context;
    watcher.watch(SERVICES, () => this.#known.clear());
    const onOwner = ({ type }: Pick<Change, "type">) => {
      // A selector seldom changes; the owner may come later than its pod, or go.
      if (type !== "MODIFIED") this.#known.clear();
    };
    watcher.watch(REPLICA_SETS, onOwner);
    watcher.watch(STATEFUL_SETS, onOwner);
    watcher.watch(REPLICATION_CONTROLLERS, ({ type, object, previous }) => {
      if (type !== "MODIFIED" || object.spec !== previous?.spec) this.#known.clear();
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
    const owner = this.#ownerSelector(pod);
    if (owner?.labels !== undefined) Object.assign(labels, owner.labels);
    const requirements: Requirement[] = [...selectorFromMap(labels).requirements];
    if (owner?.selector !== undefined) requirements.push(...compiledSelector(owner.selector).requirements);
    return requirements.length === 0 ? undefined : { requirements, nothing: false };
  }

  /** What the pod's controller selects: plain labels, or a label selector. */
  #ownerSelector(pod: PodInfo): { readonly labels?: object; readonly selector?: LabelSelector } | undefined {
    const owner = controllerOf(pod.pod);
    if (owner === undefined) return undefined;
    const { cache } = this.#context;
    const key = `${pod.namespace}/${owner.name}`;
    switch (`${owner.apiVersion} ${owner.kind}`) {
      case "v1 ReplicationController":
        return { labels: cache.get(REPLICATION_CONTROLLERS, key)?.spec.selector };
      case "apps/v1 ReplicaSet":
        return { selector: cache.get(REPLICA_SETS, key)?.spec.selector };
      case "apps/v1 StatefulSet":
        return { selector: cache.get(STATEFUL_SETS, key)?.spec.selector };
      default:
        return undefined;
    }
  }
}
