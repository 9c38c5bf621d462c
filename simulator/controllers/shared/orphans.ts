import { controllerOf, type KubeObject, keyOf } from "../../api/object.ts";
import type { ResourceRef } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";

const NONE: readonly string[] = [];

/**
 * The objects of a resource that no controller manages, by namespace: what may be adopted. Kept by watching, so that
 * nobody looks through a namespace where there are none.
 */
export class Orphans<T extends KubeObject> {
  readonly #ref: ResourceRef<T>;
  readonly #context: ComponentContext;
  #keys: Map<string, Set<string>> | undefined;

  constructor(ref: ResourceRef<T>, context: ComponentContext) {
    this.#ref = ref;
    this.#context = context;
    context.watcher.watch(ref, ({ type, object }) => {
      if (this.#keys !== undefined) this.#note(this.#keys, object, type === "DELETED");
    });
  }

  /** Sorted by name, so that the order does not depend on when this memory was made. */
  in(namespace: string): T[] {
    const keys = this.#all().get(namespace);
    const found: T[] = [];
    for (const key of keys === undefined ? NONE : [...keys].sort()) {
      const object = this.#context.cache.get(this.#ref, key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** Read from the cache at first use: after a restart, or in a restored run. */
  #all(): Map<string, Set<string>> {
    if (this.#keys === undefined) {
      this.#keys = new Map();
      for (const object of this.#context.cache.list(this.#ref)) this.#note(this.#keys, object, false);
    }
    return this.#keys;
  }

  #note(all: Map<string, Set<string>>, object: T, gone: boolean): void {
    const namespace = object.metadata.namespace ?? "";
    const keys = all.get(namespace);
    if (gone || controllerOf(object) !== undefined) {
      keys?.delete(keyOf(object));
      if (keys?.size === 0) all.delete(namespace);
    } else if (keys !== undefined) keys.add(keyOf(object));
    else all.set(namespace, new Set([keyOf(object)]));
  }
}
