import type { Status } from "../../api/errors.ts";
import { LEASES, type Lease, NODES, type Node } from "../../api/refs.ts";
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
export interface Health {
  probedMs: number;
  /** Of the Ready condition; undefined when there was none. */
  heartbeat: string | undefined;
  ready: boolean;
  renewTime: string | undefined;
  /** The node's lease at the last look: while it is the same object, it says nothing new. */
  lease: Lease | undefined;
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
    const health = this.#observe(node, ready);
    const observed = ready?.status ?? "Unknown";
    // Not "after": between two looks of a real controller passes a little more than their period.
    const silent = this.#context.nowMs >= health.probedMs + (ready === undefined ? STARTUP_GRACE_MS : GRACE_MS);
    if (!silent || (ready !== undefined && ready.status === "Unknown")) {
      return ok({ node, observed, current: ready?.status });
    }
    const written = this.#context.client.updateStatus(NODES, this.#unknown(node));
    if (!written.ok) return written;
    const now = readyConditionOf(written.value);
    see(health, now);
    return ok({ node: written.value, observed, current: now?.status });
  }

  knows(node: string): boolean {
    return this.#healths.has(node);
  }

  of(node: string): Health | undefined {
    return this.#healths.get(node);
  }

  /** A look at the lease of a node that is ready and otherwise as it was: whether it is still heard of. */
  hears(health: Health): boolean {
    this.#readLease(health);
    return this.#context.nowMs < health.probedMs + GRACE_MS;
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
    for (const health of this.#healths.values()) health.probedMs = nowMs;
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
      const health = newHealth(name, probedMs);
      health.ready = ready;
      if (heartbeat !== null) health.heartbeat = heartbeat;
      if (renewTime !== null) health.renewTime = renewTime;
      this.#healths.set(name, health);
    }
  }

  /** The node's health with what is new since the last look. */
  #observe({ metadata }: Node, ready: NodeCondition | undefined): Health {
    const { nowMs } = this.#context;
    let health = this.#healths.get(metadata.name);
    if (health === undefined) {
      health = newHealth(
        metadata.name,
        ready === undefined ? this.#context.parseMs(metadata.creationTimestamp) : nowMs,
      );
      this.#healths.set(metadata.name, health);
      see(health, ready);
    } else if (health.ready !== (ready !== undefined)) {
      health.probedMs = nowMs;
      health.renewTime = undefined;
      health.lease = undefined;
      see(health, ready);
    } else if (ready !== undefined && health.heartbeat !== ready.lastHeartbeatTime) {
      health.probedMs = nowMs;
      see(health, ready);
    }
    this.#readLease(health);
    return health;
  }

  #readLease(health: Health): void {
    const { nowMs, cache } = this.#context;
    const lease = cache.get(LEASES, health.leaseKey);
    if (lease === health.lease) return;
    health.lease = lease;
    const renewTime = lease?.spec.renewTime;
    if (renewTime === undefined || renewTime <= (health.renewTime ?? "")) return;
    health.probedMs = nowMs;
    health.renewTime = renewTime;
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

function newHealth(node: string, probedMs: number): Health {
  return {
    probedMs,
    heartbeat: undefined,
    ready: false,
    renewTime: undefined,
    lease: undefined,
    leaseKey: leaseKeyOf(node),
  };
}

function see(health: Health, ready: NodeCondition | undefined): void {
  health.ready = ready !== undefined;
  health.heartbeat = ready?.lastHeartbeatTime;
}
