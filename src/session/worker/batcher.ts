import type { JsonObject, Simulation } from "../../../simulator/index.ts";
import type { Look } from "../crowd.ts";
import type { Batch, ClockView, ComponentView, ObjectChange } from "../session.ts";
import { keyOf, type SomeCollection } from "./collections.ts";
import { Crowd } from "./crowd.ts";

/** So many objects go to the page at once; the rest waits for the next frame, so that no frame is long. */
const MAX_CHANGES = 2000;
/** Of a crowd the page has much else to draw. */
const MAX_CHANGES_OF_CROWD = 500;
/** With more nodes or pods than these, the page is told sums, and what it looks at; below half of them, all again. */
const MOST_NODES = 60;
const MOST_PODS = 2000;
/** The states of so many components as a crowd has are told every so many frames. */
const FRAMES_BETWEEN_COMPONENTS = 15;
const NOTHING: Look = { nodes: [], objects: [] };

/** Gathers what changes in a simulation, the newest state of each object only, until a frame takes it. */
export class Batcher {
  readonly #simulation: Simulation;
  readonly #nodes: SomeCollection | undefined;
  readonly #pods: SomeCollection | undefined;
  readonly #pending = new Map<string, ObjectChange>();
  readonly #components = new Map<string, ComponentView>();
  readonly #stop: () => void;
  #crowd: Crowd | undefined;
  #look = NOTHING;
  #reset = false;
  #frames = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    const collections = [...simulation.store.collections];
    this.#nodes = collections.find(({ ref }) => ref.kind === "Node");
    this.#pods = collections.find(({ ref }) => ref.kind === "Pod");
    this.#stop = simulation.onCommit((change, collection) => {
      const { kind } = collection.ref;
      if (this.#crowd && Crowd.holdsBack(kind)) {
        this.#crowd.hear(change, kind);
        return;
      }
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
    const crowded = this.#isCrowd();
    this.#crowd = undefined;
    for (const collection of this.#simulation.store.collections) {
      const { kind } = collection.ref;
      if (crowded && Crowd.holdsBack(kind)) continue;
      for (const object of collection.values()) {
        this.#add({ kind, key: keyOf(object.metadata), object: object as unknown as JsonObject });
      }
    }
    if (crowded) this.#crowd = new Crowd(this.#simulation, this.#look, (change) => this.#add(change));
  }

  /** What the page looks at; it matters where not all is told. */
  look(look: Look): void {
    this.#look = look;
    this.#crowd?.look(look);
  }

  /** Keys of a node's pods, in the order of its cell's letters; none where the cluster is told whole. */
  podsOf(node: string): readonly string[] {
    return this.#crowd?.podsOf(node) ?? [];
  }

  close(): void {
    this.#stop();
  }

  /** The next batch. The first after `reset` is complete whatever its size. */
  take(clock: ClockView, failure: string | undefined): Batch {
    if (this.#isCrowd() !== (this.#crowd !== undefined)) this.reset();
    const reset = this.#reset;
    const crowd = this.#crowd?.take(reset);
    const changes: ObjectChange[] = [];
    const limit = reset ? Number.POSITIVE_INFINITY : crowd ? MAX_CHANGES_OF_CROWD : MAX_CHANGES;
    for (const [id, change] of this.#pending) {
      if (changes.length >= limit) break;
      changes.push(change);
      this.#pending.delete(id);
    }
    this.#reset = false;
    const components = this.#changedComponents(reset);
    const batch: Batch = { reset, clock, changes, components, ...(crowd && { crowd }) };
    return failure === undefined ? batch : { ...batch, failure };
  }

  get hasChanges(): boolean {
    return this.#reset || this.#pending.size > 0 || this.#crowd?.hasChanges === true;
  }

  #isCrowd(): boolean {
    const share = this.#crowd === undefined ? 1 : 0.5;
    return (this.#nodes?.size ?? 0) > MOST_NODES * share || (this.#pods?.size ?? 0) > MOST_PODS * share;
  }

  #changedComponents(reset: boolean): readonly ComponentView[] {
    const changed: ComponentView[] = [];
    const { crowded } = this;
    this.#frames += 1;
    if (crowded && !reset && this.#frames % FRAMES_BETWEEN_COMPONENTS !== 0) return changed;
    // Thousands of kubelets that beat are not news.
    const wanted = crowded ? (process: string) => !process.startsWith("kubelet") : undefined;
    for (const now of this.#simulation.components(wanted)) {
      const before = this.#components.get(now.name);
      const same = before?.state === now.state && before.queued === now.queued && before.reconciled === now.reconciled;
      if (same) continue;
      this.#components.set(now.name, now);
      changed.push(now);
    }
    return changed;
  }

  /** Whether the cluster is too large to be told whole. */
  get crowded(): boolean {
    return this.#crowd !== undefined;
  }
}
