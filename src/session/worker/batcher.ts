import type { JsonObject, Simulation } from "../../../simulator/index.ts";
import type { Batch, ClockView, ComponentView, ObjectChange } from "../session.ts";

/** So many objects go to the page at once; the rest waits for the next frame, so that no frame is long. */
const MAX_CHANGES = 2000;

function keyOf(metadata: { readonly namespace?: string; readonly name?: string }): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : `${metadata.name}`;
}

/** Gathers what changes in a simulation, the newest state of each object only, until a frame takes it. */
export class Batcher {
  readonly #simulation: Simulation;
  readonly #pending = new Map<string, ObjectChange>();
  readonly #components = new Map<string, ComponentView>();
  readonly #stop: () => void;
  #reset = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#stop = simulation.onCommit((change, collection) => {
      const { kind } = collection.ref;
      const { metadata } = change.object;
      const object = change.type === "DELETED" ? null : (change.object as unknown as JsonObject);
      this.#add({ kind, key: keyOf(metadata), object });
    });
  }

  #add(change: ObjectChange): void {
    // What waits keeps its place: else an object that changes all the time, such as the owner of very many, never goes.
    this.#pending.set(`${change.kind} ${change.key}`, change);
  }

  /** Begins anew: the next batches tell everything there is. */
  reset(): void {
    this.#reset = true;
    this.#pending.clear();
    this.#components.clear();
    for (const collection of this.#simulation.store.collections) {
      const { kind } = collection.ref;
      for (const object of collection.values()) {
        this.#add({ kind, key: keyOf(object.metadata), object: object as unknown as JsonObject });
      }
    }
  }

  close(): void {
    this.#stop();
  }

  /** The next batch. The first after `reset` is complete whatever its size. */
  take(clock: ClockView, failure: string | undefined): Batch {
    const reset = this.#reset;
    const changes: ObjectChange[] = [];
    const limit = reset ? Number.POSITIVE_INFINITY : MAX_CHANGES;
    for (const [id, change] of this.#pending) {
      if (changes.length >= limit) break;
      changes.push(change);
      this.#pending.delete(id);
    }
    this.#reset = false;
    const batch: Batch = { reset, clock, changes, components: this.#changedComponents() };
    return failure === undefined ? batch : { ...batch, failure };
  }

  get hasChanges(): boolean {
    return this.#reset || this.#pending.size > 0;
  }

  #changedComponents(): readonly ComponentView[] {
    const changed: ComponentView[] = [];
    for (const now of this.#simulation.components()) {
      const before = this.#components.get(now.name);
      const same = before?.state === now.state && before.queued === now.queued && before.reconciled === now.reconciled;
      if (same) continue;
      this.#components.set(now.name, now);
      changed.push(now);
    }
    return changed;
  }
}
