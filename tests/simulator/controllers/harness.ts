import { admissionPlugins } from "../../../simulator/api/admission/registry.ts";
import type { Client } from "../../../simulator/api/client.ts";
import { inProcessClient, storeCache } from "../../../simulator/api/in-process-client.ts";
import { formatTime, timeOf } from "../../../simulator/api/meta/time.ts";
import type { KubeObject } from "../../../simulator/api/object.ts";
import { Operations } from "../../../simulator/api/operations.ts";
import { EVENTS, type Event, NAMESPACES, type ResourceRef } from "../../../simulator/api/refs.ts";
import { type Change, Store } from "../../../simulator/api/store.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { ComponentContext } from "../../../simulator/controller-runtime/component.ts";
import type { Controller } from "../../../simulator/controller-runtime/controller.ts";
import { controllerComponent } from "../../../simulator/controller-runtime/controller-component.ts";
import { Host } from "../../../simulator/controller-runtime/host.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { Clock } from "../../../simulator/time/clock.ts";
import { Random } from "../../../simulator/time/random.ts";

const START_EPOCH_MS = 1_767_225_600_000;
const PROCESS = "kube-controller-manager";

/** A change as a line of a recording: its time in seconds, what happened, and to whom. */
export interface Line {
  readonly t: number;
  readonly verb: string;
  readonly kind: string;
  readonly name: string;
  readonly object: KubeObject;
}

/** API and controllers without a control plane around them: no elections, no kubelets, controllers from the first instant. */
export class Cluster {
  readonly clock = new Clock();
  readonly store = new Store();
  readonly random = new Random(7);
  readonly lines: Line[] = [];
  readonly client: Client;
  readonly host: Host;
  readonly #operations: Operations;
  /** False while nobody can write. */
  reachable = true;

  constructor(controllers: readonly Controller[], observe?: (context: ComponentContext) => void) {
    for (const kind of kinds.all) {
      this.store.add(kind.ref, {
        ...(kind.namespaced && { namespace: (object: KubeObject) => object.metadata.namespace }),
        owner: (object: KubeObject) => object.metadata.ownerReferences?.map(({ uid }) => uid),
        ...kind.indexes,
      });
    }
    this.store.onCommit = (change) => this.lines.push(this.#line(change));
    this.#operations = new Operations({
      store: this.store,
      admission: admissionPlugins.all.filter(({ name }) => name !== "ServiceAccount"),
      random: this.random.stream("kube-apiserver"),
      nowMs: () => this.clock.nowMs,
      formatTime: (ms) => formatTime(START_EPOCH_MS + ms),
    });
    this.client = this.#clientFor("test", () => true);
    this.host = new Host({
      clock: this.clock,
      random: this.random,
      store: this.store,
      cache: storeCache(this.store),
      clientFor: (component, reachable) => this.#clientFor(component, reachable),
      reachable: () => this.reachable,
      leads: () => true,
      startEpochMs: START_EPOCH_MS,
      formatTime: (ms) => formatTime(START_EPOCH_MS + ms),
      parseTime: (text) => (timeOf(text) ?? Number.NaN) - START_EPOCH_MS,
      because: () => {},
      onStateChange: () => {},
    });
    for (const controller of controllers) this.addController(controller, PROCESS, observe);
  }

  /** Adds a controller; it starts with its process. */
  addController(controller: Controller, process: string, observe?: (context: ComponentContext) => void): void {
    const definition = controllerComponent(controller, process);
    this.host.add({
      ...definition,
      create: (context) => {
        observe?.(context);
        return definition.create(context);
      },
    });
  }

  static start(controllers: readonly Controller[], observe?: (context: ComponentContext) => void): Cluster {
    const cluster = new Cluster(controllers, observe);
    for (const name of ["default", "kube-system", "kube-node-lease"]) cluster.addNamespace(name);
    cluster.startControllers();
    return cluster;
  }

  startControllers(): void {
    this.host.startProcess(PROCESS);
  }

  stopControllers(): void {
    this.host.stopProcess(PROCESS);
  }

  addNamespace(name: string): void {
    must(this.client.create(NAMESPACES, { metadata: { name }, spec: {} }));
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return this.clock.nowMs / 1000;
  }

  get now(): string {
    return this.time(this.seconds);
  }

  time(seconds: number): string {
    return formatTime(START_EPOCH_MS + seconds * 1000);
  }

  /** Moves on to this many seconds since the beginning. */
  advanceTo(seconds: number): void {
    this.clock.advanceTo(Math.round(seconds * 1000));
  }

  get<T extends KubeObject>(ref: ResourceRef<T>, key: string): T {
    const object = this.store.of(ref).get(key);
    if (object === undefined) throw new Error(`no ${ref.id} ${key} at ${this.seconds} s`);
    return object;
  }

  /** Changes of a kind as `<seconds> <verb> <name>`. */
  changesOf(kind: string, since = 0): string[] {
    return this.lines
      .filter((line) => line.kind === kind && line.t >= since)
      .map(({ t, verb, name }) => `${t.toFixed(1)} ${verb} ${name}`);
  }

  /** Events as `<seconds> <reason> <kind>/<name> <message> [x<count>]`, in the order they were written. */
  events(since = 0): string[] {
    return this.lines
      .filter(({ kind, verb, t }) => kind === "Event" && verb !== "DELETED" && t >= since)
      .map(({ t, object }) => `${t.toFixed(1)} ${eventText(object as Event)}`);
  }

  allEvents(): Event[] {
    return [...this.store.of(EVENTS).values()];
  }

  /** A second cluster that continues from here. */
  restored(controllers: readonly Controller[]): Cluster {
    const text = JSON.stringify({
      store: this.store.save(),
      clock: this.clock.save(),
      random: this.random.save(),
      host: this.host.save(),
    });
    const saved = JSON.parse(text) as JsonObject;
    const copy = new Cluster(controllers);
    copy.store.load(saved.store as never);
    copy.random.load(saved.random as never);
    copy.clock.load(saved.clock as never);
    copy.host.load(saved.host as JsonObject);
    return copy;
  }

  #line({ type, object }: Change): Line {
    const { namespace, name } = object.metadata;
    const shown = namespace === undefined || namespace === "default" ? name : `${namespace}/${name}`;
    return { t: this.clock.nowMs / 1000, verb: type, kind: object.kind, name: shown, object };
  }

  #clientFor(user: string, reachable: () => boolean): Client {
    return inProcessClient({ user, store: this.store, kinds, operations: this.#operations, reachable });
  }
}

function eventText(event: Event): string {
  const { reason, message, involvedObject, count } = event;
  const text = `${reason} ${involvedObject.kind}/${involvedObject.name} ${message}`;
  return count === undefined || count === 1 ? text : `${text} x${count}`;
}

/** The value of a write that must succeed. */
export function must<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
