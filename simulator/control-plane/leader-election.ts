import { LEASES } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition } from "../controller-runtime/component.ts";
import { randomUuid } from "../time/random.ts";

const LEASE_DURATION_MS = 15_000;
const RETRY_PERIOD_MS = 2_000;
const RENEW_DEADLINE_MS = 10_000;

export interface ElectionPort {
  /** Tells the components of the process that they lead, or no longer do. */
  elected(process: string): void;
  lost(process: string): void;
}

/**
 * Takes part in the election of a control-plane process by its Lease in kube-system, under a new identity at each
 * start: after a crash the old lease must run out before anyone leads again.
 * Models client-go tools/leaderelection.
 */
class Election implements ComponentBody {
  readonly queued = 0;
  reconciled = 0;
  readonly #context: ComponentContext;
  readonly #process: string;
  readonly #port: ElectionPort;
  #identity = "";
  #leading = false;
  /** What was last seen of the lease, and when: its age counts by our own clock. */
  #observed = "";
  #observedMs = 0;
  #renewedMs = 0;

  constructor(context: ComponentContext, process: string, port: ElectionPort) {
    this.#context = context;
    this.#process = process;
    this.#port = port;
  }

  get activity(): string {
    return this.#leading ? "leading" : "standby";
  }

  get leading(): boolean {
    return this.#leading;
  }

  start(): void {
    this.#identity = `control-plane_${randomUuid(this.#context.random("identity"))}`;
    this.#context.send({ retry: true }, RETRY_PERIOD_MS / 2);
  }

  resume(state: JsonObject): void {
    this.#identity = state.identity as string;
    this.#leading = state.leading as boolean;
    this.#observed = state.observed as string;
    this.#observedMs = state.observedMs as number;
    this.#renewedMs = state.renewedMs as number;
    this.reconciled = state.reconciled as number;
  }

  save(): JsonObject {
    return {
      identity: this.#identity,
      leading: this.#leading,
      observed: this.#observed,
      observedMs: this.#observedMs,
      renewedMs: this.#renewedMs,
      reconciled: this.reconciled,
    };
  }

  handle(): void {
    this.reconciled++;
    this.#context.send({ retry: true }, RETRY_PERIOD_MS);
    this.#context.because("election");
    const held = this.#acquireOrRenew();
    const { nowMs } = this.#context;
    if (held) this.#renewedMs = nowMs;
    if (held && !this.#leading) {
      this.#leading = true;
      this.#port.elected(this.#process);
    } else if (!held && this.#leading && nowMs - this.#renewedMs >= RENEW_DEADLINE_MS) {
      this.#leading = false;
      this.#port.lost(this.#process);
    }
  }

  #acquireOrRenew(): boolean {
    const { client, cache, nowMs, nowMicro } = this.#context;
    const lease = cache.get(LEASES, `kube-system/${this.#process}`);
    const holding = { holderIdentity: this.#identity, leaseDurationSeconds: LEASE_DURATION_MS / 1000 };
    if (lease === undefined) {
      const spec = { ...holding, acquireTime: nowMicro, renewTime: nowMicro, leaseTransitions: 0 };
      return client.create(LEASES, { metadata: { name: this.#process, namespace: "kube-system" }, spec }).ok;
    }
    const { holderIdentity = "", leaseTransitions = 0, acquireTime } = lease.spec;
    if (lease.metadata.resourceVersion !== this.#observed) {
      this.#observed = lease.metadata.resourceVersion;
      this.#observedMs = nowMs;
    }
    const mine = holderIdentity === this.#identity;
    if (!mine && holderIdentity !== "" && nowMs < this.#observedMs + LEASE_DURATION_MS) return false;
    const taken = mine
      ? { acquireTime, leaseTransitions }
      : { acquireTime: nowMicro, leaseTransitions: leaseTransitions + 1 };
    return client.update(LEASES, { ...lease, spec: { ...lease.spec, ...holding, ...taken, renewTime: nowMicro } }).ok;
  }
}

export function electionComponent(process: string, port: ElectionPort): ComponentDefinition {
  return {
    name: `leader-election/${process}`,
    process,
    eventSource: process,
    create: (context) => new Election(context, process, port),
  };
}

/** Whether a running election component leads. */
export function leads(body: ComponentBody | undefined): boolean {
  return body instanceof Election && body.leading;
}
