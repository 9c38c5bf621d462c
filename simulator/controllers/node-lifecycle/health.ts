import type { Status } from "../../api/errors.ts";
import { LEASES, NODES, type Node } from "../../api/refs.ts";
import type { NodeCondition } from "../../api/schema/generated/types.ts";
import { flat } from "../../base/flat.ts";
import { ok, type Result } from "../../base/result.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";

const GRACE_MS = 50_000;
/** A kubelet renews its lease every 10 s, and leases are looked at every 5. */
const SILENT_MS = 16_000;
const STARTUP_GRACE_MS = 60_000;
/** Conditions that a kubelet writes; NetworkUnavailable is someone else's. */
const KUBELET_CONDITIONS = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** What was last seen of a node, and when by our own clock: times in objects are not compared with it. */
interface Health {
  readonly probedMs: number;
  /** Of the Ready condition; absent when there was none. */
  readonly heartbeat?: string;
  readonly ready: boolean;
  readonly renewTime?: string;
  /** Key of the node's lease: not put together anew at each look at thousands of nodes. */
  readonly leaseKey: string;
}

/** Saved form: node, probedMs, heartbeat, ready, renewTime. */
type SavedHealth = readonly [string, number, string | null, boolean, string | null];

export interface NodeCheck {
  readonly node: Node;
  /** Status of the Ready condition before and after the check; `observed` takes a missing one as Unknown. */
  readonly observed: string;
  readonly current: string | undefined;
}

export function readyConditionOf(node: Node): NodeCondition | undefined {
  for (const condition of node.status.conditions ?? []) if (condition.type === "Ready") return condition;
  return undefined;
}

/** Watches nodes' heartbeats: a node that gave none for the grace period has all its conditions set to Unknown. */
export class HealthMonitor {
  readonly #context: ComponentContext;
  readonly #healths = new Map<string, Health>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  // Models pkg/controller/nodelifecycle tryUpdateNodeHealth
  check(node: Node): Result<NodeCheck, Status> {
    const ready = readyConditionOf(node);
    const known = this.#healths.get(node.metadata.name);
    const health = this.#observe(node, ready, known);
    if (health !== known) this.#healths.set(node.metadata.name, health);
    const observed = ready?.status ?? "Unknown";
    // Not "after": between two looks of a real controller passes a little more than their period.
    const silent = this.#context.nowMs >= health.probedMs + (ready === undefined ? STARTUP_GRACE_MS : GRACE_MS);
    if (!silent || (ready !== undefined && ready.status === "Unknown")) {
      return ok({ node, observed, current: ready?.status });
    }
    const written = this.#context.client.updateStatus(NODES, this.#unknown(node));
    if (!written.ok) return written;
    const now = readyConditionOf(written.value);
    this.#healths.set(node.metadata.name, { ...health, ...seen(now) });
    return ok({ node: written.value, observed, current: now?.status });
  }

  knows(node: string): boolean {
    return this.#healths.has(node);
  }

  /** Until when a node's silence is borne that is well so far; undefined when it is not silent. */
  silence(node: Node): { readonly sinceMs: number; readonly untilMs: number } | undefined {
    const health = this.#healths.get(node.metadata.name);
    const ready = readyConditionOf(node);
    if (health === undefined || ready?.status === "Unknown") return undefined;
    const { probedMs } = health;
    const untilMs = probedMs + (ready === undefined ? STARTUP_GRACE_MS : GRACE_MS);
    return this.#context.nowMs - probedMs > SILENT_MS ? { sinceMs: probedMs, untilMs } : undefined;
  }

  forget(node: string): void {
    this.#healths.delete(node);
  }

  /** As if every node had just given a heartbeat: after all were silent, the fault was not theirs. */
  excuseAll(): void {
    const { nowMs } = this.#context;
    for (const [name, health] of this.#healths) this.#healths.set(name, { ...health, probedMs: nowMs });
  }

  save(): SavedHealth[] {
    return [...this.#healths].map(([name, { probedMs, heartbeat, ready, renewTime }]) => [
      name,
      probedMs,
      heartbeat ?? null,
      ready,
      renewTime ?? null,
    ]);
  }

  load(state: readonly SavedHealth[]): void {
    for (const [name, probedMs, heartbeat, ready, renewTime] of state) {
      this.#healths.set(name, {
        probedMs,
        ready,
        leaseKey: leaseKeyOf(name),
        ...(heartbeat !== null && { heartbeat }),
        ...(renewTime !== null && { renewTime }),
      });
    }
  }

  /** The health with what is new since the last look; the same object when nothing is. */
  #observe({ metadata }: Node, ready: NodeCondition | undefined, known: Health | undefined): Health {
    const { nowMs, cache } = this.#context;
    let health: Health;
    if (known === undefined) {
      const probedMs = ready === undefined ? this.#context.parseMs(metadata.creationTimestamp) : nowMs;
      health = { probedMs, leaseKey: leaseKeyOf(metadata.name), ...seen(ready) };
    } else if (known.ready !== (ready !== undefined)) {
      health = { probedMs: nowMs, leaseKey: known.leaseKey, ...seen(ready) };
    } else if (ready !== undefined && known.heartbeat !== ready.lastHeartbeatTime) {
      const { renewTime, leaseKey } = known;
      health = { probedMs: nowMs, leaseKey, ...seen(ready), ...(renewTime !== undefined && { renewTime }) };
    } else health = known;
    const renewTime = cache.get(LEASES, health.leaseKey)?.spec.renewTime;
    if (renewTime === undefined || renewTime <= (health.renewTime ?? "")) return health;
    return { ...health, probedMs: nowMs, renewTime };
  }

  #unknown(node: Node): Node {
    const { now } = this.#context;
    const conditions = (node.status.conditions ?? []).map((condition) =>
      KUBELET_CONDITIONS.includes(condition.type) && condition.status !== "Unknown"
        ? {
            ...condition,
            status: "Unknown",
            reason: "NodeStatusUnknown",
            message: "Kubelet stopped posting node status.",
            lastTransitionTime: now,
          }
        : condition,
    );
    for (const type of KUBELET_CONDITIONS) {
      if (conditions.some((condition) => condition.type === type)) continue;
      conditions.push({
        type,
        status: "Unknown",
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: now,
        reason: "NodeStatusNeverUpdated",
        message: "Kubelet never posted node status.",
      });
    }
    return { ...node, status: { ...node.status, conditions } };
  }
}

function leaseKeyOf(node: string): string {
  return flat(`kube-node-lease/${node}`);
}

function seen(ready: NodeCondition | undefined): Pick<Health, "ready" | "heartbeat"> {
  const heartbeat = ready?.lastHeartbeatTime;
  return { ready: ready !== undefined, ...(heartbeat !== undefined && { heartbeat }) };
}
