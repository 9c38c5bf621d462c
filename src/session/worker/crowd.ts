import type { Change, Event, JsonObject, KubeObject, Pod, Simulation } from "../../../simulator/index.ts";
import type { CrowdChange, Look } from "../crowd.ts";
import type { ObjectChange } from "../session.ts";
import { Cells } from "./cells.ts";
import { keyOf, type SomeCollection } from "./collections.ts";

/** Kinds of which there is one, or many, for every node or pod: told only where they are looked at. */
const MANY: ReadonlySet<string> = new Set(["Pod", "Node", "Lease", "Event", "CSINode"]);
/** Owners of pods, of each of which some pods are always told, so that it can be drawn with some. */
const OWNERS = ["ReplicaSet", "StatefulSet", "DaemonSet", "Job"] as const;
/** One more than the page draws. */
const SAMPLE = 25;
const MOST_SAMPLED = 1500;
const WAITING_SHOWN = 60;
/** What belongs to a selected object, at most. */
const MOST_OWNED = 60;
/** More events than anybody reads: only the newest of a frame are told. */
const TOLD_A_FRAME = 12;
/** Those that wait change faster than anybody looks: others take their place once in so many frames. */
const FRAMES_BETWEEN_WAITING = 4;
const TOLD_AT_FIRST = 200;

type Id = string;
const idOf = (kind: string, key: string): Id => `${kind} ${key}`;

/**
 * A cluster too large for the page: sums of all nodes, and the objects that are looked at. What is told is bounded by
 * what is seen, whatever there is.
 */
export class Crowd {
  readonly #cells: Cells;
  readonly #kinds: ReadonlyMap<string, SomeCollection>;
  readonly #tell: (change: ObjectChange) => void;
  /** Objects of the many that the page has. */
  readonly #told = new Set<Id>();
  readonly #waiting = new Set<string>();
  readonly #sampled = new Map<string, Set<string>>();
  #sampledPods = new Set<string>();
  #looked: ReadonlySet<string> = new Set();
  #selected: ReadonlySet<Id> = new Set();
  #events: Event[] = [];
  /** Some that waited no longer do, or wait anew. */
  #waitingChanged = true;
  #frames = 0;

  constructor(simulation: Simulation, look: Look, tell: (change: ObjectChange) => void) {
    this.#tell = tell;
    this.#kinds = new Map([...simulation.store.collections].map((collection) => [collection.ref.kind, collection]));
    this.#cells = new Cells(this.#of("Node"), this.#of("Pod"));
    for (const object of this.#of("Pod").values() as Iterable<unknown> as Iterable<Pod>) {
      if (!object.spec?.nodeName) this.#waiting.add(keyOf(object.metadata));
    }
    for (const kind of OWNERS) for (const owner of this.#of(kind).values()) this.#sampleOf(owner);
    this.#events = ([...this.#of("Event").values()] as unknown as Event[]).slice(-TOLD_AT_FIRST);
    this.look(look);
  }

  /** Whether objects of a kind are told only where they are looked at. */
  static holdsBack(kind: string): boolean {
    return MANY.has(kind);
  }

  /** Takes a commit of one of the many kinds. */
  hear({ type, object, previous }: Change, kind: string): void {
    const key = keyOf(object.metadata);
    const gone = type === "DELETED";
    if (kind === "Pod") this.#hearPod(key, object as unknown as Pod, previous as Pod | undefined, gone);
    else if (kind === "Node") this.#cells.touch(key);
    else if (kind === "Event" && !gone) this.#hearEvent(object as unknown as Event);
    const id = idOf(kind, key);
    if (gone) {
      if (this.#told.delete(id)) this.#tell({ kind, key, object: null });
      return;
    }
    if (this.#told.has(id) || this.#isWanted(kind, key, object)) this.#show(kind, key, object);
  }

  /** The page looks elsewhere: what it no longer sees is taken back, what it sees now is told. */
  look(look: Look): void {
    this.#looked = new Set(look.nodes);
    const wanted = new Set<Id>();
    const want = (kind: string, object: KubeObject | undefined) => {
      if (object) wanted.add(idOf(kind, keyOf(object.metadata)));
    };
    for (const node of look.nodes) this.#wantNode(node, want);
    for (const { kind, key } of look.objects) this.#wantSelected(kind, key, want);
    this.#selected = new Set(look.objects.map(({ kind, key }) => idOf(kind, key)));
    for (const key of this.#sampledPods) wanted.add(idOf("Pod", key));
    for (const key of firstOf(this.#waiting, WAITING_SHOWN)) wanted.add(idOf("Pod", key));
    for (const id of this.#told) if (!wanted.has(id)) this.#hide(id);
    for (const id of wanted) {
      if (this.#told.has(id)) continue;
      const [kind, key] = partsOf(id);
      const object = this.#kinds.get(kind)?.get(key);
      if (object) this.#show(kind, key, object as KubeObject);
    }
  }

  /** The sums that changed, and the newest events; more of them wait for the next frame. */
  take(first: boolean): CrowdChange {
    if (first || this.#frames++ % FRAMES_BETWEEN_WAITING === 0) this.#refillWaiting();
    const told = this.#events.slice(first ? 0 : -TOLD_A_FRAME);
    this.#events = [];
    return { ...this.#cells.take(first), waiting: this.#waiting.size, told: told as unknown as JsonObject[] };
  }

  podsOf(node: string): readonly string[] {
    return this.#cells.podsOf(node);
  }

  get hasChanges(): boolean {
    return this.#events.length > 0 || this.#waitingChanged || this.#cells.hasChanges;
  }

  #of(kind: string): SomeCollection {
    return this.#kinds.get(kind) as SomeCollection;
  }

  #hearPod(key: string, pod: Pod, previous: Pod | undefined, gone: boolean): void {
    const before = previous?.spec?.nodeName;
    const node = pod.spec?.nodeName;
    if (node) this.#cells.touch(node);
    if (before && before !== node) this.#cells.touch(before);
    if (!node && !gone) {
      if (!this.#waiting.has(key)) this.#waitingChanged = true;
      this.#waiting.add(key);
    } else if (this.#waiting.delete(key)) {
      this.#waitingChanged = true;
      if (!gone && this.#told.has(idOf("Pod", key)) && !this.#isWanted("Pod", key, pod as KubeObject)) {
        this.#hide(idOf("Pod", key));
      }
    }
    if (gone) {
      this.#sampledPods.delete(key);
      for (const owner of pod.metadata?.ownerReferences ?? []) this.#sampled.get(owner.uid)?.delete(key);
    } else if (previous === undefined) this.#sample(key, pod);
  }

  #hearEvent(event: Event): void {
    this.#events.push(event);
    if (this.#events.length > 4 * TOLD_A_FRAME) this.#events = this.#events.slice(-TOLD_A_FRAME);
  }

  #sampleOf(owner: KubeObject): void {
    const uid = owner.metadata?.uid ?? "";
    for (const pod of this.#of("Pod").byIndex("owner", uid)) {
      if ((this.#sampled.get(uid)?.size ?? 0) >= SAMPLE) return;
      this.#sample(keyOf(pod.metadata), pod as unknown as Pod);
    }
  }

  #sample(key: string, pod: Pod): void {
    const uid = pod.metadata?.ownerReferences?.find(({ controller }) => controller)?.uid;
    if (uid === undefined || this.#sampledPods.size >= MOST_SAMPLED) return;
    const sample = this.#sampled.get(uid) ?? new Set<string>();
    if (sample.size >= SAMPLE) return;
    this.#sampled.set(uid, sample.add(key));
    this.#sampledPods.add(key);
  }

  #wantNode(node: string, want: (kind: string, object: KubeObject | undefined) => void): void {
    want("Node", this.#of("Node").get(node));
    want("Lease", this.#of("Lease").get(`kube-node-lease/${node}`));
    for (const pod of this.#of("Pod").byIndex("node", node)) want("Pod", pod);
  }

  #wantSelected(kind: string, key: string, want: (kind: string, object: KubeObject | undefined) => void): void {
    const object = this.#kinds.get(kind)?.get(key);
    if (!object) return;
    if (MANY.has(kind)) want(kind, object);
    const { uid = "", namespace = "", name = "" } = object.metadata;
    if (kind === "Node") this.#wantNode(key, want);
    if (kind === "Pod") {
      const node = (object as unknown as Pod).spec?.nodeName ?? "";
      want("Node", this.#of("Node").get(node));
      want("Lease", this.#of("Lease").get(`kube-node-lease/${node}`));
    }
    for (const pod of firstOf(this.#of("Pod").byIndex("owner", uid), MOST_OWNED)) want("Pod", pod);
    for (const about of [uid, `${kind}/${namespace}/${name}`, name]) {
      for (const event of firstOf(this.#of("Event").byIndex("involved", about), MOST_OWNED)) want("Event", event);
    }
  }

  #isWanted(kind: string, key: string, object: KubeObject): boolean {
    if (this.#selected.has(idOf(kind, key))) return true;
    if (kind === "Node") return this.#looked.has(key);
    if (kind === "Lease") return key.startsWith("kube-node-lease/") && this.#looked.has(key.slice(16));
    if (kind === "Pod") {
      const node = (object as unknown as Pod).spec?.nodeName;
      return this.#sampledPods.has(key) || (node !== undefined && this.#looked.has(node));
    }
    if (kind !== "Event") return false;
    const about = (object as unknown as Event).involvedObject;
    return this.#selected.has(
      idOf(about.kind ?? "", about.namespace ? `${about.namespace}/${about.name}` : `${about.name}`),
    );
  }

  /** Of the pods that wait, the first few are told; as they go, others take their place. */
  #refillWaiting(): void {
    if (!this.#waitingChanged) return;
    this.#waitingChanged = false;
    for (const key of firstOf(this.#waiting, WAITING_SHOWN)) {
      if (this.#told.has(idOf("Pod", key))) continue;
      const pod = this.#of("Pod").get(key);
      if (pod) this.#show("Pod", key, pod);
    }
  }

  #show(kind: string, key: string, object: KubeObject): void {
    this.#told.add(idOf(kind, key));
    this.#tell({ kind, key, object: object as unknown as JsonObject });
  }

  #hide(id: Id): void {
    this.#told.delete(id);
    const [kind, key] = partsOf(id);
    this.#tell({ kind, key, object: null });
  }
}

function partsOf(id: Id): readonly [kind: string, key: string] {
  const space = id.indexOf(" ");
  return [id.slice(0, space), id.slice(space + 1)];
}

function* firstOf<T>(items: Iterable<T>, count: number): IterableIterator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}
