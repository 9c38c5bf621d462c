import type { Simulation } from "../../simulator/index.ts";
import { isFake, type Recording } from "./recording.ts";

/** The node monitor's period. */
const MONITOR_MS = 5000;
/** A lease may go unseen for this long. */
const GRACE_MS = 50_000;
/** Prime to the periods of the loops, so that they come in other phases. */
const SHIFT_MS = 1700;
/** How far ahead a good moment is looked for. */
const HORIZON_MS = 300_000;
const CRASHED = "/apis/simulation.tabernetes.dev/v1alpha1/faults";

/**
 * When the first action comes, as virtual milliseconds. Where a lease is no longer renewed, it matters how long before
 * that it was renewed, and when the node monitor looks: both as in the recording, as nearly as the run's own times allow.
 * `rank`: 0 for the best such moment, 1 for the second best and so on; elsewhere just later.
 */
export function alignedStart(simulation: Simulation, recording: Recording, rank: number): number {
  const nowMs = simulation.nowMs + 500;
  const noticed = recording.events.find(({ source }) => source === "node-controller");
  const node = recording.actions.map(({ what }) => /^stop \D+ of (\S+)/.exec(what)?.[1]).find(Boolean);
  if (node === undefined || noticed === undefined) return nowMs + rank * SHIFT_MS;
  // The first action at `ms` has the monitor look in the recorded phase when this is 0.
  const phase = (ms: number) => modulo(ms + noticed.t * 1000 - monitorMs, MONITOR_MS);
  const monitorMs = monitorPhase(simulation);
  const looks = nowMs - phase(nowMs) + MONITOR_MS;
  if (isFake(node) || noticed.reason !== "NodeNotReady") return looks + rank * MONITOR_MS;
  const renewal = (recording.leaseRenewals?.[node]?.findLast((t) => t < 0) ?? 0) * 1000;
  const moments = renewals(simulation, node).flatMap((renewedMs) => {
    const wish = renewedMs - renewal;
    const startMs = wish - phase(wish) + (phase(wish) > MONITOR_MS / 2 ? MONITOR_MS : 0);
    // The last look that finds the lease renewed comes its grace before the one that takes the node for lost.
    const foundMs = startMs + noticed.t * 1000 - GRACE_MS;
    const fits = renewedMs <= foundMs && renewedMs > foundMs - MONITOR_MS;
    return fits && startMs > nowMs ? [{ startMs, distance: Math.abs(startMs - wish) }] : [];
  });
  moments.sort((a, b) => a.distance - b.distance);
  return moments[Math.min(rank, moments.length - 1)]?.startMs ?? nowMs;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** When the node monitor looks, modulo its period: tried in a fork in which a machine fails. */
function monitorPhase(simulation: Simulation): number {
  const fork = simulation.fork();
  let atMs = 0;
  fork.onCommit(({ type, object }) => {
    if (type === "ADDED" && object.kind === "Event" && JSON.stringify(object).includes("NodeNotReady")) {
      atMs = atMs || fork.nowMs;
    }
  });
  const spec = { type: "NodeCrash", target: { kind: "Node", name: "node-1" } };
  const apiVersion = "simulation.tabernetes.dev/v1alpha1";
  fork.request({
    method: "POST",
    path: CRASHED,
    body: { apiVersion, kind: "Fault", metadata: { name: "probe" }, spec },
  });
  fork.advanceTo(fork.nowMs + 70_000);
  return atMs % MONITOR_MS;
}

/** When a node's lease will be renewed if nothing happens. */
function renewals(simulation: Simulation, node: string): readonly number[] {
  const fork = simulation.fork();
  const times: number[] = [];
  fork.onCommit(({ object }) => {
    if (object.kind === "Lease" && object.metadata.name === node) times.push(fork.nowMs);
  });
  fork.advanceTo(fork.nowMs + HORIZON_MS);
  return times;
}
