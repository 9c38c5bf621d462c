import { admissionPlugins } from "../../../simulator/api/admission/registry.ts";
import { inProcessClient, storeCache } from "../../../simulator/api/in-process-client.ts";
import type { Kind } from "../../../simulator/api/kind.ts";
import { formatTime, timeOf } from "../../../simulator/api/meta/time.ts";
import { type Incoming, type KubeObject, keyOf } from "../../../simulator/api/object.ts";
import { kindOf, Operations } from "../../../simulator/api/operations.ts";
import {
  EVENTS,
  type Event,
  NAMESPACES,
  NODES,
  type Node,
  PODS,
  type Pod,
  PRIORITY_CLASSES,
  type ResourceRef,
} from "../../../simulator/api/refs.ts";
import type { Pod as Manifest } from "../../../simulator/api/schema/generated/types.ts";
import { type Change, type Indexer, Store } from "../../../simulator/api/store.ts";
import { cloneJson, type Draft, type JsonObject } from "../../../simulator/base/json.ts";
import type { ComponentDefinition } from "../../../simulator/controller-runtime/component.ts";
import { Host } from "../../../simulator/controller-runtime/host.ts";
import { kubeletComponent } from "../../../simulator/node/kubelet.ts";
import { Machines } from "../../../simulator/node/machines.ts";
import type { NodeShape } from "../../../simulator/node/node-shape.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { Clock } from "../../../simulator/time/clock.ts";
import { Random } from "../../../simulator/time/random.ts";

const START_EPOCH_MS = 1_767_225_600_000;

export interface Seen {
  readonly atMs: number;
  readonly change: Change;
}

export interface ClusterOptions {
  readonly seed?: number;
  readonly shapes: readonly NodeShape[];
  readonly manifests?: { readonly [node: string]: readonly Manifest[] };
  readonly components?: (cluster: Cluster) => readonly ComponentDefinition[];
}

/** Machines with their kubelets over a store, and nothing else: no scheduler, no controllers. */
export class Cluster {
  readonly clock = new Clock();
  readonly store = new Store();
  readonly random: Random;
  readonly machines: Machines;
  readonly host: Host;
  readonly seen: Seen[] = [];
  /** Processes that machines started and stopped, in order: `+kube-scheduler`, `-kube-scheduler`. */
  readonly processes: string[] = [];
  apiUp = true;
  readonly #operations: Operations;

  constructor(options: ClusterOptions) {
    this.random = new Random(options.seed ?? 1);
    for (const kind of kinds.all) this.store.add(kind.ref, indexersOf(kind), kind.newCell);
    this.store.onCommit = (change) => this.seen.push({ atMs: this.clock.nowMs, change });
    this.#operations = new Operations({
      store: this.store,
      // Without service accounts: nobody makes them here.
      admission: admissionPlugins.all.filter(({ name }) => name !== "ServiceAccount"),
      random: this.random.stream("api"),
      nowMs: () => this.clock.nowMs,
      formatTime: (ms) => formatTime(START_EPOCH_MS + ms),
    });
    this.host = this.#newHost();
    this.machines = new Machines({
      sources: {
        cache: storeCache(this.store),
        startEpochMs: START_EPOCH_MS,
        token: (pod, audiences, seconds, epochMs) => [pod.metadata.name, ...audiences, seconds, epochMs].join("/"),
      },
      nowMs: () => this.clock.nowMs,
      processes: {
        start: (process) => {
          this.processes.push(`+${process}`);
          this.host.startProcess(process);
        },
        stop: (process) => {
          this.processes.push(`-${process}`);
          this.host.stopProcess(process);
        },
      },
    });
    for (const shape of options.shapes) {
      this.machines.add(shape, options.manifests?.[shape.name] ?? []);
      this.host.add(kubeletComponent(shape.name, this.machines));
    }
    for (const component of options.components?.(this) ?? []) this.host.add(component);
  }

  /** A running cluster: all machines are on, their nodes registered and ready. */
  static start(options: ClusterOptions): Cluster {
    const cluster = new Cluster(options);
    for (const name of ["default", "kube-system", "kube-node-lease"]) {
      cluster.create(NAMESPACES, { metadata: { name }, spec: {} });
    }
    cluster.create(PRIORITY_CLASSES, { metadata: { name: "system-node-critical" }, value: 2_000_001_000 });
    for (const shape of options.shapes) cluster.machines.power(shape.name, true);
    cluster.host.startProcess("simulation");
    cluster.advance(2000);
    return cluster;
  }

  #newHost(): Host {
    return new Host({
      clock: this.clock,
      random: this.random,
      store: this.store,
      cache: storeCache(this.store),
      clientFor: (component, reachable) =>
        inProcessClient({ user: component, store: this.store, kinds, operations: this.#operations, reachable }),
      reachable: (process) => this.apiUp || process === "simulation",
      leads: () => true,
      startEpochMs: START_EPOCH_MS,
      formatTime: (ms) => formatTime(START_EPOCH_MS + ms),
      parseTime: (text) => (timeOf(text) ?? 0) - START_EPOCH_MS,
      because: () => {},
      onStateChange: () => {},
    });
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  advance(ms: number): void {
    this.clock.advanceTo(this.clock.nowMs + ms);
  }

  create<T extends KubeObject>(ref: ResourceRef<T>, given: Incoming<T>): T {
    const kind = kindOf(kinds, ref);
    const draft = cloneJson(given) as Draft<T>;
    kind.defaults?.(draft);
    const created = this.#operations.create(kind, draft as T, { user: "test", trusted: false, warn: () => {} });
    if (!created.ok) throw new Error(created.error.message);
    return created.value;
  }

  /** Creates a pod in `default` (unless it says otherwise) and binds it to a node as the scheduler would. */
  run(pod: JsonObject, nodeName: string): string {
    const metadata = { namespace: "default", ...(pod.metadata as JsonObject) };
    const created = this.create(PODS, { ...pod, metadata } as unknown as Incoming<Pod>);
    const key = keyOf(created);
    const client = this.#client();
    const bound = client.bind(key, created.metadata.uid, nodeName);
    if (!bound.ok) throw new Error(bound.error.message);
    return key;
  }

  #client() {
    return inProcessClient({
      user: "test",
      store: this.store,
      kinds,
      operations: this.#operations,
      reachable: () => true,
    });
  }

  remove<T extends KubeObject>(ref: ResourceRef<T>, key: string, gracePeriodSeconds?: number): void {
    const deleted = this.#client().delete(ref, key, { gracePeriodSeconds });
    if (!deleted.ok) throw new Error(deleted.error.message);
  }

  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): void {
    const updated = this.#client().update(ref, object);
    if (!updated.ok) throw new Error(updated.error.message);
  }

  updateStatus<T extends KubeObject>(ref: ResourceRef<T>, object: T): void {
    const updated = this.#client().updateStatus(ref, object);
    if (!updated.ok) throw new Error(updated.error.message);
  }

  get<T extends KubeObject>(ref: ResourceRef<T>, key: string): T {
    const object = this.store.of(ref).get(key);
    if (object === undefined) throw new Error(`${ref.id} ${key} is not there`);
    return object;
  }

  pod(key: string): Pod {
    return this.get(PODS, key);
  }

  node(name: string): Node {
    return this.get(NODES, name);
  }

  has(key: string): boolean {
    return this.store.of(PODS).get(key) !== undefined;
  }

  /** Events about an object, in the order of their first writing. */
  events(name: string): Event[] {
    return [...this.store.of(EVENTS).values()].filter(({ involvedObject }) => involvedObject.name === name);
  }

  /** `Reason message (xCount)` of the events about an object. */
  eventTexts(name: string): string[] {
    return this.events(name).map(
      ({ reason, message, count }) => `${reason}: ${message}${count === 1 ? "" : ` (x${count})`}`,
    );
  }

  save(): JsonObject {
    return cloneJson({
      clock: this.clock.save(),
      random: this.random.save(),
      store: this.store.save(),
      machines: this.machines.save(),
      host: this.host.save(),
    }) as unknown as JsonObject;
  }

  static restore(options: ClusterOptions, state: JsonObject): Cluster {
    const cluster = new Cluster(options);
    const copy = cloneJson(state) as unknown as { [part: string]: never };
    cluster.store.load(copy.store as never);
    cluster.random.load(copy.random as never);
    cluster.clock.load(copy.clock as never);
    cluster.machines.load(copy.machines as never);
    cluster.host.load(copy.host as never);
    return cluster;
  }
}

function indexersOf(kind: Kind): { readonly [name: string]: Indexer } {
  return {
    ...(kind.namespaced && { namespace: (object: KubeObject) => object.metadata.namespace }),
    owner: (object: KubeObject) => object.metadata.ownerReferences?.map(({ uid }) => uid),
    ...kind.indexes,
  };
}
