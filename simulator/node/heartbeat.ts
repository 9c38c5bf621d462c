import { LEASES, type Lease, NODES, type Node } from "../api/refs.ts";
import type { NodeStatus } from "../api/schema/generated/types.ts";
import type { JsonObject } from "../base/json.ts";
import type { Agent } from "./agent.ts";
import { nodeTable } from "./node.machine.ts";
import { hasRebooted, newNode, nodeReport, nodeSubject } from "./node-status.ts";

const LEASE_NAMESPACE = "kube-node-lease";
const LEASE_SECONDS = 40;
const BEAT_MS = 10_000;
/** client-go's JitterUntil with a factor of 0.04. */
const BEAT_SPREAD_MS = 400;
/** Without news, the status is still reported this often. */
const REPORT_MS = 300_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 7000;
/** From registration to a runtime that is ready for pods. */
const READY_AFTER_MS = 400;

/**
 * The node's own life: registration, the lease, the status. Models pkg/kubelet kubelet_node_status.go and
 * component-helpers/apimachinery/lease.
 */
export class Heartbeat {
  readonly #agent: Agent;
  #state = nodeTable.start({ runtimeReady: false }).state;
  #retryMs = FIRST_RETRY_MS;
  #reportedMs = -1;
  #unschedulable = false;
  #ready = false;
  /** Only to spare work: what was read or written last. */
  #lease: Lease | undefined;
  #reported: NodeStatus | undefined;
  #images = -1;
  #pressures = "";

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  get state(): string {
    return this.#state;
  }

  get isRegistered(): boolean {
    return this.#state !== "registering";
  }

  /** Whether the API server answered last time. */
  get isConnected(): boolean {
    return this.isRegistered && this.#state !== "disconnected";
  }

  save(): JsonObject {
    return {
      state: this.#state,
      retryMs: this.#retryMs,
      reportedMs: this.#reportedMs,
      unschedulable: this.#unschedulable,
      ready: this.#ready,
    };
  }

  load(state: JsonObject): void {
    this.#state = state.state as string;
    this.#retryMs = state.retryMs as number;
    this.#reportedMs = state.reportedMs as number;
    this.#unschedulable = state.unschedulable as boolean;
    this.#ready = state.ready as boolean;
  }

  /** Registers the node, renews its lease, reports its status: what is due. Returns the time to the next beat. */
  beat(): number {
    const { context } = this.#agent;
    if (!this.isRegistered && !this.#register()) return this.#backOff();
    const wasLost = this.#state === "disconnected";
    if (!this.#renewLease()) {
      this.#advance("API_LOST");
      return this.#backOff();
    }
    this.#retryMs = FIRST_RETRY_MS;
    if (wasLost) this.#advance("API_BACK");
    this.#report();
    if (!this.#ready) {
      this.#ready = true;
      this.#reported = undefined;
      return READY_AFTER_MS;
    }
    return BEAT_MS + context.random("beat").below(BEAT_SPREAD_MS);
  }

  #advance(event: string): void {
    const outcome = nodeTable.transition(this.#state, event, { runtimeReady: this.#ready });
    if (outcome !== undefined) this.#state = outcome.state;
  }

  #backOff(): number {
    const delayMs = this.#retryMs;
    this.#retryMs = Math.min(2 * delayMs, MAX_RETRY_MS);
    return delayMs;
  }

  #register(): boolean {
    const { context, machine } = this.#agent;
    if (!machine.connected) return false;
    const existing = context.cache.get(NODES, machine.name);
    if (existing === undefined) {
      const created = context.client.create(NODES, newNode(machine, context.now) as unknown as Node);
      if (!created.ok) return false;
      this.#reported = undefined;
      this.#greet();
    } else {
      // A node of that name is taken over; the first report brings it up to date.
      if (!this.#renewLease()) return false;
      this.#ready = true;
      this.#unschedulable = existing.spec.unschedulable === true;
      this.#greet();
    }
    this.#advance("REGISTERED");
    return true;
  }

  // Models pkg/kubelet kubelet_node_status.go initialNode: each start makes the node's first status anew, and what it
  // says of pressures counts as news.
  #greet(): void {
    this.#event("Starting", "Starting kubelet.");
    this.#event("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
    for (const reason of ["NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"]) {
      this.#event(reason, `Node ${this.#agent.machine.name} status is now: ${reason}`);
    }
  }

  #renewLease(): boolean {
    const { context, machine } = this.#agent;
    if (!machine.connected) return false;
    const key = `${LEASE_NAMESPACE}/${machine.name}`;
    const lease = this.#lease ?? context.cache.get(LEASES, key);
    if (lease === undefined) return this.#createLease();
    const spec = { ...lease.spec, holderIdentity: machine.name, renewTime: context.nowMicro };
    const result = context.client.update(LEASES, { ...lease, spec });
    if (result.ok) {
      this.#lease = result.value;
      return true;
    }
    this.#lease = undefined;
    if (result.error.code === 503) return false;
    // Somebody changed it, or took it away: once more, with what is there now.
    const fresh = context.cache.get(LEASES, key);
    if (fresh === undefined) return this.#createLease();
    const again = context.client.update(LEASES, { ...fresh, spec: { ...fresh.spec, renewTime: context.nowMicro } });
    if (again.ok) this.#lease = again.value;
    return again.ok;
  }

  #createLease(): boolean {
    const { context, machine } = this.#agent;
    const node = context.cache.get(NODES, machine.name);
    const owner = node && { apiVersion: "v1", kind: "Node", name: machine.name, uid: node.metadata.uid };
    const result = context.client.create(LEASES, {
      metadata: { name: machine.name, namespace: LEASE_NAMESPACE, ...(owner && { ownerReferences: [owner] }) },
      spec: { holderIdentity: machine.name, leaseDurationSeconds: LEASE_SECONDS, renewTime: context.nowMicro },
    });
    if (result.ok) this.#lease = result.value;
    return result.ok;
  }

  #report(): void {
    const { context, machine, nowMs } = this.#agent;
    const node = context.cache.get(NODES, machine.name);
    // Somebody deleted it: a kubelet registers anew only when it starts anew.
    if (node === undefined) return;
    this.#noticeCordon(node);
    const low = this.#agent.pressures;
    const pressures = low.size === 0 ? "" : [...low.keys()].join();
    const isDue = this.#reportedMs < 0 || nowMs - this.#reportedMs >= REPORT_MS;
    if (
      !isDue &&
      this.#reported === node.status &&
      this.#images === machine.images.size &&
      this.#pressures === pressures
    ) {
      return;
    }
    const bootId = hasRebooted(machine, node);
    const { status, changed, events } = nodeReport(
      machine,
      this.#ready,
      node.status,
      context.now,
      this.#agent.pressures,
    );
    this.#images = machine.images.size;
    this.#pressures = pressures;
    if (changed || isDue) {
      const result = context.client.updateStatus(NODES, { ...node, status });
      if (!result.ok) return;
      this.#reportedMs = nowMs;
      this.#reported = result.value.status;
    } else this.#reported = node.status;
    if (bootId !== undefined) {
      const message = `Node ${machine.name} has been rebooted, boot id: ${bootId}`;
      context.recordEvent(nodeSubject(machine.name), { type: "Warning", reason: "Rebooted", message });
    }
    for (const reason of events) this.#event(reason, `Node ${machine.name} status is now: ${reason}`);
    this.#advance("CHECKED");
  }

  #noticeCordon(node: Node): void {
    const unschedulable = node.spec.unschedulable === true;
    if (unschedulable === this.#unschedulable) return;
    this.#unschedulable = unschedulable;
    const reason = unschedulable ? "NodeNotSchedulable" : "NodeSchedulable";
    this.#event(reason, `Node ${node.metadata.name} status is now: ${reason}`);
  }

  #event(reason: string, message: string): void {
    this.#agent.context.recordEvent(nodeSubject(this.#agent.machine.name), { type: "Normal", reason, message });
  }
}
