import { NODE_GROUP_LABEL, NODE_GROUPS, NODES, type NodeGroup, REMOVE_ANNOTATION } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition, Waiting } from "../controller-runtime/component.ts";
import type { Machine } from "./machine.ts";
import type { Machines } from "./machines.ts";
import { shapeOfGroup } from "./node-group-shape.ts";
import type { NodeShape } from "./node-shape.ts";

const NAME = "node-group-controller";
/** From a change of a group to what follows from it. */
const LATENCY_MS = 1;
const ADDRESSES_BLOCK = 250;

/** How machines come and go: the host adds and takes away their kubelets. */
export interface MachineYard {
  /** Sets up a machine, without power, and its kubelet. */
  install(shape: NodeShape): void;
  remove(name: string): void;
}

/** A machine that is on its way. */
interface Starting {
  readonly name: string;
  readonly group: string;
  readonly nth: number;
  readonly dueMs: number;
}

/**
 * Stands for a cloud: keeps as many machines of each NodeGroup as it asks for. A new one has power after the group's
 * start-up time; one too many loses it at once, and its Node goes with it. No part of the simulated cluster: it reaches
 * the store whatever is broken.
 */
class NodeGroups implements ComponentBody {
  readonly #context: ComponentContext;
  readonly #machines: Machines;
  readonly #yard: MachineYard;
  #starting: readonly Starting[] = [];
  #handled = 0;

  constructor(context: ComponentContext, machines: Machines, yard: MachineYard) {
    this.#context = context;
    this.#machines = machines;
    this.#yard = yard;
  }

  get queued(): number {
    return this.#starting.length;
  }

  get reconciled(): number {
    return this.#handled;
  }

  get activity(): string {
    return this.#starting.length > 0 ? "starting" : "idle";
  }

  start(): void {
    this.#subscribe();
    for (const { metadata } of this.#context.cache.list(NODE_GROUPS)) this.#look(metadata.name);
  }

  resume(state: JsonObject): void {
    this.#subscribe();
    this.#starting = state.starting as unknown as readonly Starting[];
    this.#handled = state.handled as number;
  }

  waits(resource: string, key: string): readonly Waiting[] {
    if (resource !== NODE_GROUPS.id) return [];
    return this.#starting
      .filter(({ group }) => group === key)
      .map(({ name, dueMs }) => ({
        reason: "MachineStart",
        message: `Machine ${name} has power then.`,
        untilMs: dueMs,
      }));
  }

  save(): JsonObject {
    return { starting: this.#starting as unknown as JsonObject[], handled: this.#handled };
  }

  handle(event: JsonObject): void {
    this.#handled++;
    if (typeof event.group === "string") this.#sync(event.group);
    else if (typeof event.start === "string") this.#switchOn(event.start);
  }

  #subscribe(): void {
    this.#context.watcher.watch(NODE_GROUPS, ({ object }) => this.#look(object.metadata.name));
  }

  #look(group: string): void {
    this.#context.send({ group }, LATENCY_MS);
  }

  #machinesOf(group: string): Machine[] {
    return [...this.#machines.all].filter(({ shape }) => shape.labels[NODE_GROUP_LABEL] === group);
  }

  #sync(name: string): void {
    this.#context.because(name);
    const group = this.#context.cache.get(NODE_GROUPS, name);
    const there = this.#machinesOf(name);
    const coming = this.#starting.filter((one) => one.group === name);
    const wanted = group?.spec.desiredSize ?? 0;
    let next = group?.status?.nextIndex ?? 1;
    for (let count = there.length + coming.length; group !== undefined && count < wanted; count++) {
      this.#order(group, next++);
    }
    let surplus = there.length + coming.length - wanted;
    for (const one of [...coming].reverse()) {
      if (surplus <= 0) break;
      this.#starting = this.#starting.filter((each) => each !== one);
      surplus--;
    }
    for (const machine of this.#byUselessness(there).slice(0, Math.max(0, surplus))) this.#remove(machine.name);
    if (group !== undefined) this.#report(group, next);
  }

  /** First those that were said to go, then those that are no use, then the newest. */
  #byUselessness(machines: readonly Machine[]): readonly Machine[] {
    const rank = ({ name }: Machine) => {
      const node = this.#context.cache.get(NODES, name);
      if (node?.metadata.annotations?.[REMOVE_ANNOTATION] !== undefined) return 0;
      const isReady = node?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      return isReady === true ? 2 : 1;
    };
    return [...machines].reverse().sort((a, b) => rank(a) - rank(b));
  }

  #order(group: NodeGroup, nth: number): void {
    const name = `${group.metadata.name}-${nth}`;
    if (this.#machines.get(name) !== undefined) return;
    const delayMs = Math.max(LATENCY_MS, (group.spec.startupSeconds ?? 0) * 1000);
    const dueMs = this.#context.nowMs + delayMs;
    this.#starting = [...this.#starting, { name, group: group.metadata.name, nth, dueMs }];
    this.#context.send({ start: name }, delayMs);
  }

  #switchOn(name: string): void {
    const starting = this.#starting.find((one) => one.name === name);
    const group = starting && this.#context.cache.get(NODE_GROUPS, starting.group);
    this.#starting = this.#starting.filter((one) => one !== starting);
    if (starting === undefined || group === undefined || this.#machines.get(name) !== undefined) return;
    this.#context.because(group.metadata.name);
    this.#yard.install(shapeOfGroup(group, name, this.#freeIndex(), starting.nth - 1));
    this.#machines.power(name, true);
    this.#report(group, group.status?.nextIndex ?? 1);
  }

  /** The lowest number that no machine's addresses are made from. */
  #freeIndex(): number {
    const used = new Set<number>();
    for (const { shape } of this.#machines.all) {
      const [, , block = 0, last = 0] = shape.address.split(".").map(Number);
      used.add(block * ADDRESSES_BLOCK + last - 2);
    }
    let index = 0;
    while (used.has(index)) index++;
    return index;
  }

  // Models staging k8s.io/cloud-provider controllers/nodelifecycle: the Node of an instance that is gone is deleted
  #remove(name: string): void {
    this.#yard.remove(name);
    this.#context.client.delete(NODES, name);
  }

  #report(group: NodeGroup, nextIndex: number): void {
    const { name } = group.metadata;
    const starting = this.#starting.filter((one) => one.group === name).length;
    const status = { machines: this.#machinesOf(name).length, starting, nextIndex };
    const latest = this.#context.cache.get(NODE_GROUPS, name);
    if (latest !== undefined) this.#context.client.updateStatus(NODE_GROUPS, { ...latest, status });
  }
}

/** What keeps the machines of NodeGroups, as a component of the process `simulation`, which is never broken. */
export function nodeGroupComponent(machines: Machines, yard: MachineYard): ComponentDefinition {
  return {
    name: NAME,
    process: "simulation",
    eventSource: NAME,
    create: (context) => new NodeGroups(context, machines, yard),
  };
}
