import type { Node } from "../../api/refs.ts";
import { present } from "../../base/assert.ts";
import type { JsonObject } from "../../base/json.ts";
import { TaintQueue } from "./taint-queue.ts";

const EVICTION_RATE = 0.1;
const SECONDARY_EVICTION_RATE = 0.01;
const LARGE_ZONE = 50;
const UNHEALTHY_THRESHOLD = 0.55;

export type ZoneState = "Initial" | "Normal" | "FullDisruption" | "PartialDisruption";

/** How many of a zone's nodes there are, and how many are ready. */
export interface ZoneCount {
  ready: number;
  notReady: number;
}

/** What a change of zones means for the nodes: nothing, evict nobody any more, or give all a new chance. */
export type Disruption = "none" | "entered" | "left";

// Models component-helpers/node/topology GetZoneKey
export function zoneOf({ metadata: { labels } }: Node): string {
  const region =
    labels?.["topology.kubernetes.io/region"] ?? labels?.["failure-domain.beta.kubernetes.io/region"] ?? "";
  const zone = labels?.["topology.kubernetes.io/zone"] ?? labels?.["failure-domain.beta.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:\0:${zone}`;
}

// Models pkg/controller/nodelifecycle ComputeZoneState
export function zoneStateOf({ ready, notReady }: ZoneCount): ZoneState {
  if (ready === 0 && notReady > 0) return "FullDisruption";
  const partial = notReady > 2 && notReady / (notReady + ready) >= UNHEALTHY_THRESHOLD;
  return partial ? "PartialDisruption" : "Normal";
}

/**
 * The zones and how fast each may evict: where much of a zone is unready, the fault is rather the network's, and
 * evictions slow down or stop.
 */
export class Zones {
  readonly #states = new Map<string, ZoneState>();
  readonly #queues = new Map<string, TaintQueue>();

  knows(zone: string): boolean {
    return this.#states.has(zone);
  }

  add(zone: string): void {
    if (this.#states.has(zone)) return;
    this.#states.set(zone, "Initial");
    this.#queues.set(zone, new TaintQueue(EVICTION_RATE));
  }

  queueOf(zone: string): TaintQueue {
    return present(this.#queues.get(zone), `zone ${JSON.stringify(zone)} was not added`);
  }

  get queues(): Iterable<TaintQueue> {
    return this.#queues.values();
  }

  // Models pkg/controller/nodelifecycle handleDisruption
  /** Takes in the zones as counted now, and sets the rates. */
  update(counts: ReadonlyMap<string, ZoneCount>, nowMs: number): Disruption {
    for (const zone of counts.keys()) if (!this.#states.has(zone)) this.#states.set(zone, "Initial");
    for (const zone of [...this.#states.keys()]) if (!counts.has(zone)) this.#states.delete(zone);
    const states = [...counts].map(([zone, count]) => [zone, count, zoneStateOf(count)] as const);
    const allDisrupted = states.every(([, , state]) => state === "FullDisruption");
    const allWereDisrupted = [...this.#states.values()].every((state) => state === "FullDisruption");
    if (allDisrupted && allWereDisrupted) return "none";
    for (const [zone, { ready, notReady }, state] of states) {
      if (!allDisrupted && !allWereDisrupted && this.#states.get(zone) === state) continue;
      const rate = allDisrupted ? 0 : rateOf(state, ready + notReady);
      this.queueOf(zone).setRate(rate, nowMs);
      this.#states.set(zone, state);
    }
    return allDisrupted ? "entered" : allWereDisrupted ? "left" : "none";
  }

  save(): JsonObject {
    return {
      states: [...this.#states],
      queues: [...this.#queues].map(([zone, queue]) => [zone, queue.save()]),
    };
  }

  load(state: JsonObject): void {
    for (const [zone, zoneState] of state.states as [string, ZoneState][]) this.#states.set(zone, zoneState);
    for (const [zone, queue] of state.queues as unknown as [string, JsonObject][]) {
      this.#queues.set(zone, TaintQueue.load(queue));
    }
  }
}

function rateOf(state: ZoneState, nodes: number): number {
  if (state !== "PartialDisruption") return EVICTION_RATE;
  return nodes > LARGE_ZONE ? SECONDARY_EVICTION_RATE : 0;
}
