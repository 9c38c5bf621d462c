import type { Client } from "../../../simulator/api/client.ts";
import { connectionRefused, notFound } from "../../../simulator/api/errors.ts";
import { storeCache } from "../../../simulator/api/in-process-client.ts";
import { type KubeObject, keyOf, type Stored } from "../../../simulator/api/object.ts";
import {
  NAMESPACES,
  type Namespace,
  NODES,
  type Node,
  PODS,
  type Pod,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type ResourceRef,
  resourceRef,
  SERVICES,
  STATEFUL_SETS,
} from "../../../simulator/api/refs.ts";
import type { PodDisruptionBudget } from "../../../simulator/api/schema/generated/types.ts";
import { Store, type StoreState } from "../../../simulator/api/store.ts";
import { claimKeysOfPod } from "../../../simulator/api/volumes/claims.ts";
import { present } from "../../../simulator/base/assert.ts";
import { equalJson, type JsonObject } from "../../../simulator/base/json.ts";
import { fail, ok, type Result } from "../../../simulator/base/result.ts";
import type { ComponentContext, EventText } from "../../../simulator/controller-runtime/component.ts";
import { persistentVolumeKind } from "../../../simulator/resources/core/persistentvolume/kind.ts";
import { persistentVolumeClaimKind } from "../../../simulator/resources/core/persistentvolumeclaim/kind.ts";
import { csiDriverKind } from "../../../simulator/resources/storage/csidriver/kind.ts";
import { csiNodeKind } from "../../../simulator/resources/storage/csinode/kind.ts";
import { csiStorageCapacityKind } from "../../../simulator/resources/storage/csistoragecapacity/kind.ts";
import { storageClassKind } from "../../../simulator/resources/storage/storageclass/kind.ts";
import { volumeAttachmentKind } from "../../../simulator/resources/storage/volumeattachment/kind.ts";
import type { SchedulerOptions } from "../../../simulator/scheduler/configuration.ts";
import { schedulerComponent } from "../../../simulator/scheduler/index.ts";
import type { Scheduler } from "../../../simulator/scheduler/scheduler.ts";
import { Clock, type ClockState } from "../../../simulator/time/clock.ts";
import { Random, type RandomState } from "../../../simulator/time/random.ts";

/** Virtual 0 of the tests, after all times that the recordings name. */
const EPOCH_MS = Date.UTC(2026, 6, 1);
const ADDRESS = "kube-scheduler#1";

export const BUDGETS = resourceRef<Stored<PodDisruptionBudget>>(
  "policy",
  "v1",
  "poddisruptionbudgets",
  "PodDisruptionBudget",
);

export interface RecordedEvent extends EventText {
  readonly about: string;
  readonly atMs: number;
}

export interface HarnessState {
  readonly seed: number;
  readonly clock: ClockState;
  readonly random: RandomState;
  readonly store: StoreState;
  readonly scheduler: JsonObject;
  readonly serial: number;
}

function isRef<T extends KubeObject>(ref: ResourceRef<T>, other: { readonly id: string }): boolean {
  return ref.id === other.id;
}

function refuse(verb: string): never {
  throw new Error(`the scheduler asked to ${verb}`);
}

/** A real store, clock and chance around one scheduler: what the host gives it, without the rest of the cluster. */
export class Harness {
  readonly clock = new Clock();
  readonly random: Random;
  readonly store = new Store();
  readonly events: RecordedEvent[] = [];
  readonly scheduler: Scheduler;
  readonly context: ComponentContext;
  /** False: every write fails as if the API server were away. */
  isReachable = true;
  /** How long a deleted pod takes to go. */
  deletionMs = 50;
  #serial = 0;

  /** `options` are those of every profile. */
  constructor(
    options: Partial<SchedulerOptions> = {},
    seed = 1,
    profiles: readonly Partial<SchedulerOptions>[] = [{}],
  ) {
    this.random = new Random(seed);
    const namespace = (object: KubeObject) => object.metadata.namespace;
    for (const ref of [NAMESPACES, NODES]) this.store.add(ref as ResourceRef<KubeObject>, {});
    for (const ref of [SERVICES, REPLICA_SETS, STATEFUL_SETS, REPLICATION_CONTROLLERS, BUDGETS])
      this.store.add(ref as ResourceRef<KubeObject>, { namespace });
    const storage = [
      persistentVolumeKind,
      persistentVolumeClaimKind,
      storageClassKind,
      csiNodeKind,
      csiDriverKind,
      csiStorageCapacityKind,
      volumeAttachmentKind,
    ];
    for (const kind of storage) {
      this.store.add(kind.ref as ResourceRef<KubeObject>, { namespace, ...kind.indexes });
    }
    this.store.add(PODS, { namespace, node: (object) => (object as Pod).spec.nodeName, claim: claimKeysOfPod });
    this.clock.register("reaper", (event) => this.#reap(event.key as string));
    const definition = schedulerComponent(
      profiles.map((profile) => ({ disruptionBudgets: BUDGETS, ...profile, ...options })),
    );
    this.context = this.#context(definition.name);
    this.scheduler = definition.create(this.context) as Scheduler;
    this.clock.register(ADDRESS, (event) => this.scheduler.handle(event));
  }

  start(): this {
    this.scheduler.start();
    return this;
  }

  save(): HarnessState {
    const { clock, random, store, scheduler } = this;
    const state = {
      seed: random.seed,
      clock: clock.save(),
      random: random.save(),
      store: store.save(),
      scheduler: scheduler.save(),
      serial: this.#serial,
    };
    return JSON.parse(JSON.stringify(state)) as HarnessState;
  }

  /** Continues in a new world from what another one saved. */
  static restore(state: HarnessState, options: Partial<SchedulerOptions> = {}): Harness {
    const harness = new Harness(options, state.seed);
    harness.store.load(state.store);
    harness.random.load(state.random);
    harness.clock.load(state.clock);
    harness.#serial = state.serial;
    harness.scheduler.resume(state.scheduler);
    return harness;
  }

  /** Lets virtual time pass. */
  run(ms: number): this {
    this.clock.advanceTo(this.clock.nowMs + ms);
    return this;
  }

  create<T extends KubeObject>(ref: ResourceRef<T>, object: object): T {
    const { metadata, ...rest } = object as { metadata: { name: string; labels?: object } };
    const serial = ++this.#serial;
    const whole = {
      apiVersion: ref.group ? `${ref.group}/${ref.version}` : ref.version,
      kind: ref.kind,
      ...rest,
      metadata: { uid: `uid-${serial}`, creationTimestamp: this.now, generation: 1, ...metadata },
    };
    return this.store.create(ref, whole as unknown as T);
  }

  namespace(name: string, labels: object = {}): Namespace {
    return this.create(NAMESPACES, { metadata: { name, labels }, spec: {}, status: {} });
  }

  node(name: string): Node {
    return present(this.store.of(NODES).get(name), `no node ${name}`);
  }

  pod(name: string, namespace = "default"): Pod {
    return present(this.store.of(PODS).get(`${namespace}/${name}`), `no pod ${name}`);
  }

  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): T {
    return this.store.update(ref, object);
  }

  deletePod(name: string): void {
    this.#reap(`default/${name}`);
  }

  eventsOf(name: string, reason?: string): RecordedEvent[] {
    return this.events.filter((event) => event.about === name && (reason === undefined || event.reason === reason));
  }

  get now(): string {
    return this.#format(this.clock.nowMs);
  }

  #format(ms: number): string {
    return `${new Date(EPOCH_MS + Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  }

  #reap(key: string): void {
    const pod = this.store.of(PODS).get(key);
    if (pod !== undefined) this.store.delete(PODS, pod);
  }

  #context(name: string): ComponentContext {
    const { clock, store } = this;
    const client = this.#client();
    const harness = this;
    return {
      name,
      get nowMs() {
        return clock.nowMs;
      },
      get now() {
        return harness.now;
      },
      get nowMicro() {
        return harness.now.replace("Z", ".000000Z");
      },
      parseMs: (time) => Date.parse(time) - EPOCH_MS,
      formatTime: (ms) => this.#format(ms),
      client,
      cache: client.cache,
      watcher: {
        watch: (ref, handler) => void store.of(ref).listen(name, handler),
        watchByIndex: (ref, index, value, handler) => void store.of(ref).listenByIndex(index, value, name, handler),
      },
      resources: () => [],
      random: (stream) => this.random.stream(`${name}/${stream}`),
      send: (event, delayMs) => clock.send(ADDRESS, event, delayMs),
      cancel: (seq) => clock.cancel(seq),
      recordEvent: (about, event) => {
        if (this.isReachable) this.events.push({ ...event, about: about.metadata.name, atMs: clock.nowMs });
      },
      because: () => {},
      cause: 0,
    };
  }

  #client(): Client {
    const { store, clock } = this;
    const when = <T extends KubeObject>(ref: ResourceRef<T>, key: string, action: (old: T) => T): Result<T, never> => {
      const old = store.of(ref).get(key);
      const answer = !this.isReachable
        ? fail(connectionRefused("10.0.0.2:6443"))
        : old === undefined
          ? fail(notFound(ref, key))
          : ok(action(old));
      return answer as Result<T, never>;
    };
    return {
      cache: storeCache(store),
      create: () => refuse("create"),
      update: (ref, object) => when(ref, keyOf(object), () => store.update(ref, object)),
      finalize: () => refuse("finalize"),
      updatePart: () => refuse("updatePart"),
      updateStatus: (ref, object) =>
        when(ref, keyOf(object), (old) => (equalJson(old, object) ? old : store.update(ref, object))),
      delete: (ref, key) =>
        when(ref, key, (old) => {
          if (isRef(ref, PODS)) clock.send("reaper", { key }, this.deletionMs);
          const metadata = { ...old.metadata, deletionTimestamp: this.now, deletionGracePeriodSeconds: 30 };
          return store.update(ref, { ...old, metadata });
        }),
      bind: (key, _uid, nodeName) =>
        when(PODS, key, (old) => {
          const { nominatedNodeName: _, ...status } = old.status;
          const others = (status.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
          const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: this.now };
          return store.update(PODS, {
            ...old,
            spec: { ...old.spec, nodeName },
            status: { ...status, conditions: [scheduled, ...others] },
          });
        }),
    };
  }
}
