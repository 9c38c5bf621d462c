import { parseDuration } from "../api/meta/duration.ts";
import { FAULTS, type Fault } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { Registry } from "../base/registry.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition } from "../controller-runtime/component.ts";
import { type FaultEvent, faultTable } from "./fault.machine.ts";
import type { FaultDefinition, Target, World } from "./fault.ts";
import { faults } from "./registry.ts";
import { resolveTargets } from "./targets.ts";

const NAME = "fault-controller";
/** From a Fault's creation to its effect. */
const LATENCY_MS = 1;

type FaultStatus = Fault["status"];

/**
 * Does what Fault objects ask for, and undoes it when they end. It is no part of the simulated cluster: it reaches the
 * store whatever is broken. A fault's status says all that must be known to undo it.
 */
class FaultController implements ComponentBody {
  readonly #context: ComponentContext;
  readonly #world: World;
  readonly #definitions: Registry<FaultDefinition>;
  #pending = 0;
  #handled = 0;

  constructor(context: ComponentContext, world: World, definitions: Registry<FaultDefinition>) {
    this.#context = context;
    this.#world = world;
    this.#definitions = definitions;
  }

  get queued(): number {
    return this.#pending;
  }

  get reconciled(): number {
    return this.#handled;
  }

  get activity(): string {
    return this.#pending > 0 ? "applying" : "idle";
  }

  start(): void {
    this.#subscribe();
    for (const fault of this.#context.cache.list(FAULTS)) {
      if (stateOf(fault) === "pending") this.#sendApply(fault);
      else if (stateOf(fault) === "active") this.#sendEnd(fault, fault.status.startTime);
    }
  }

  resume(state: JsonObject): void {
    this.#subscribe();
    this.#pending = state.pending as number;
    this.#handled = state.handled as number;
  }

  save(): JsonObject {
    return { pending: this.#pending, handled: this.#handled };
  }

  handle(event: JsonObject): void {
    this.#handled++;
    if (typeof event.apply === "string") {
      this.#pending--;
      this.#apply(event.apply, event.uid as string);
    } else if (typeof event.end === "string") this.#end(event.end, event.uid as string);
    else if (Array.isArray(event.heal)) this.#heal(event.type as string, event.heal as readonly string[]);
  }

  #subscribe(): void {
    this.#context.watcher.watch(FAULTS, ({ type, object }) => {
      if (type === "ADDED") this.#sendApply(object);
      else if (type === "DELETED" && next(object, "DELETED")?.actions.includes("heal") === true) {
        // The object is gone by then: the message carries what there is to undo.
        this.#context.send({ heal: [...(object.status.hit ?? [])], type: object.spec.type }, LATENCY_MS);
      }
    });
  }

  #sendApply({ metadata: { name, uid } }: Fault): void {
    this.#pending++;
    this.#context.send({ apply: name, uid }, LATENCY_MS);
  }

  #sendEnd({ spec, metadata: { name, uid } }: Fault, startTime: string | undefined): void {
    const duration = parseDuration(spec.duration ?? "");
    if (!duration.ok || startTime === undefined) return;
    const { nowMs } = this.#context;
    const endMs = Math.ceil(this.#context.parseMs(startTime) + duration.value);
    this.#context.send({ end: name, uid }, Math.max(0, endMs - nowMs));
  }

  #apply(name: string, uid: string): void {
    const { cache, nowMicro } = this.#context;
    const fault = cache.get(FAULTS, name);
    if (fault?.metadata.uid !== uid || stateOf(fault) !== "pending") return;
    this.#context.because(name);
    const definition = this.#definitions.get(fault.spec.type);
    const targets = resolveTargets(fault.spec.target, cache, this.#world);
    if (definition === undefined || !targets.ok) {
      const message = targets.ok ? `no fault of type "${fault.spec.type}"` : targets.error;
      this.#write(fault, "MISSED", { phase: "Failed", message, startTime: nowMicro, endTime: nowMicro });
      return;
    }
    const hit = this.#strike(definition, targets.value);
    if (hit.length === 0) {
      const message = `${targets.value.map(targetText).join(", ")}: nothing there to break`;
      this.#write(fault, "MISSED", { phase: "Failed", message, startTime: nowMicro, endTime: nowMicro });
    } else if (definition.heal === undefined) {
      this.#write(fault, "STRUCK", { phase: "Finished", hit, startTime: nowMicro, endTime: nowMicro });
    } else {
      this.#write(fault, "HIT", { phase: "Active", hit, startTime: nowMicro });
      this.#sendEnd(fault, nowMicro);
    }
  }

  #strike(definition: FaultDefinition, targets: readonly Target[]): readonly string[] {
    const hits: string[] = [];
    for (const target of targets) {
      const hit = target.kind === definition.target ? definition.apply(target, this.#world) : undefined;
      if (hit !== undefined) hits.push(hit);
    }
    return hits;
  }

  #end(name: string, uid: string): void {
    const fault = this.#context.cache.get(FAULTS, name);
    if (fault?.metadata.uid !== uid || stateOf(fault) !== "active") return;
    this.#context.because(name);
    this.#write(fault, "EXPIRED", { ...fault.status, phase: "Finished", endTime: this.#context.nowMicro });
    this.#heal(fault.spec.type, fault.status.hit ?? []);
  }

  /** Mends what was hit, save what another fault of the same type still breaks. */
  #heal(type: string, hits: readonly string[]): void {
    const definition = this.#definitions.get(type);
    const broken = new Set<string>();
    for (const other of this.#context.cache.list(FAULTS)) {
      if (other.spec.type === type && stateOf(other) === "active") {
        for (const hit of other.status.hit ?? []) broken.add(hit);
      }
    }
    for (const hit of hits) if (!broken.has(hit)) definition?.heal?.(hit, this.#world);
  }

  #write(fault: Fault, event: FaultEvent["type"], status: FaultStatus): void {
    if (next(fault, event) === undefined) return;
    this.#context.client.updateStatus(FAULTS, { ...fault, status });
  }
}

const STATES = { Active: "active", Finished: "finished", Failed: "failed" } as const;

/** Where a fault's machine stands, from its status. */
function stateOf({ status: { phase } }: Fault): string {
  return phase === undefined ? "pending" : STATES[phase];
}

function next(fault: Fault, event: FaultEvent["type"]) {
  return faultTable.transition(stateOf(fault), event);
}

function targetText(target: Target): string {
  if (target.kind === "Node") return `node "${target.node}"`;
  if (target.kind === "Component") return `component "${target.name}"`;
  return `pod "${target.namespace}/${target.name}"`;
}

/** What carries out Fault objects, as a component of the process `simulation`, which is never broken. */
export function faultComponent(world: World, definitions: Registry<FaultDefinition> = faults): ComponentDefinition {
  return {
    name: NAME,
    process: "simulation",
    eventSource: NAME,
    create: (context) => new FaultController(context, world, definitions),
  };
}
